------------------------------- MODULE WMSettle -------------------------------
(***************************************************************************)
(* The end of a buffer: the last of those who deliver and close lets go of *)
(* the memory, on the memory of RelayWM.  Whoever delivers stores delivered*)
(* and then looks at closed; close stores closed and then looks at         *)
(* delivered (Dekker); and two who deliver look at each other's.           *)
(*                                                                         *)
(* Action              accessor                                  row       *)
(*   WriteData         plain data of the client                            *)
(*   Deliver           casDelivered                              M11a      *)
(*                     deliveredVolatile(slot, q+1), if passed   M31       *)
(*   LoadClosed        closedVolatile() after the delivery       M16c      *)
(*   Finalize          casTail                                   M2        *)
(*   StoreClosed       closedVolatile(1)                         M16a      *)
(*   LoadTail          tailAcquire: the final tail               M1e       *)
(*   Look              deliveredVolatile(slot) of each slot      M27b      *)
(*                                                                         *)
(* Each slot is delivered by a thread of its own. Passed: the consumer has *)
(* marked the slot before, so its delivery is a store, not a CAS.          *)
(***************************************************************************)
EXTENDS RelayWM

CONSTANTS K, Passed, DlvCas, DlvStore, ClosedLoad, ClosedStore, TailLoad, DlvLook

VARIABLES m, th, freed, err
vars == <<m, th, freed, err>>

TailWord == <<"tail", 0>>
Closed == <<"closed", 0>>
Dlv(s) == <<"delivered", s>>
Dat(s) == <<"data", s>>
Slots == 1 .. K
Closer == K + 1
Threads == Slots \cup {Closer}
Words == {TailWord, Closed} \cup {Dlv(s) : s \in Slots} \cup {Dat(s) : s \in Slots}

Init ==
  /\ m = MemInit(Words, Threads, [l \in Words |-> 0])
  /\ th = [t \in Threads |-> [pc |-> IF t = Closer THEN "finalize" ELSE "write", s |-> 1]]
  /\ freed = FALSE
  /\ err = {}

Go(t, pc) == th' = [th EXCEPT ![t].pc = pc]
Flag(cond, name) == IF cond THEN {} ELSE {name}

WriteData(t) ==
  /\ th[t].pc = "write"
  /\ m' = NaWrite(m, t, Dat(t), 1)
  /\ err' = err \cup Flag(~freed, "late")
  /\ Go(t, "deliver")
  /\ UNCHANGED freed

Deliver(t) ==
  /\ th[t].pc = "deliver"
  /\ m' = IF t \in Passed THEN Store(m, t, Dlv(t), 1, DlvStore) ELSE Rmw(m, t, Dlv(t), 1, DlvCas)
  /\ Go(t, "closed")
  /\ UNCHANGED <<freed, err>>

LoadClosed(t) ==
  /\ th[t].pc = "closed"
  /\ \E i \in Visible(m, t, Closed, ClosedLoad) :
       /\ m' = Load(m, t, Closed, i, ClosedLoad)
       /\ Go(t, IF At(m, Closed, i) = 1 THEN "tail" ELSE "done")
  /\ UNCHANGED <<freed, err>>

Finalize ==
  /\ th[Closer].pc = "finalize"
  /\ m' = Rmw(m, Closer, TailWord, 1, "vol")
  /\ Go(Closer, "store")
  /\ UNCHANGED <<freed, err>>

StoreClosed ==
  /\ th[Closer].pc = "store"
  /\ m' = Store(m, Closer, Closed, 1, ClosedStore)
  /\ Go(Closer, "tail")
  /\ UNCHANGED <<freed, err>>

LoadTail(t) ==
  /\ th[t].pc = "tail"
  /\ \E i \in Visible(m, t, TailWord, TailLoad) :
       /\ m' = Load(m, t, TailWord, i, TailLoad)
       /\ err' = err \cup Flag(At(m, TailWord, i) = 1, "tail")
  /\ Go(t, "look")
  /\ UNCHANGED freed

Look(t) ==
  /\ th[t].pc = "look"
  /\ \E i \in Visible(m, t, Dlv(th[t].s), DlvLook) :
       /\ m' = Load(m, t, Dlv(th[t].s), i, DlvLook)
       /\ th' = [th EXCEPT ![t] =
                  IF At(m, Dlv(th[t].s), i) = 0 THEN [pc |-> "done", s |-> 1]
                  ELSE IF th[t].s = K THEN [pc |-> "free", s |-> 1]
                  ELSE [@ EXCEPT !.s = @ + 1]]
  /\ UNCHANGED <<freed, err>>

(* The memory is unmapped: all accesses to it must come before. *)
Free(t) ==
  /\ th[t].pc = "free"
  /\ freed' = TRUE
  /\ err' = err \cup Flag(KnowsAll(m, t, {Dat(s) : s \in Slots}), "race")
  /\ Go(t, "done")
  /\ UNCHANGED m

Next == \/ \E s \in Slots : WriteData(s) \/ Deliver(s) \/ LoadClosed(s)
        \/ Finalize \/ StoreClosed
        \/ \E t \in Threads : LoadTail(t) \/ Look(t) \/ Free(t)
Spec == Init /\ [][Next]_vars

(* ------------------------------ properties ----------------------------- *)
(* When all have come to rest, somebody has let go of the memory. *)
FreedInTheEnd == (\A t \in Threads : th[t].pc = "done") => freed
(* No data is written after it, not in any thread's view either. *)
NoneLate == "late" \notin err /\ "race" \notin err
(* Who settles knows the final tail. *)
FinalTail == "tail" \notin err
(* Trap, must be violated: a thread that delivers comes last. *)
NeverLast == ~(\E s \in Slots : th[s].pc = "free")
=============================================================================
