-------------------------------- MODULE WMWake --------------------------------
(***************************************************************************)
(* The wake-up: poll() of the consumer against deliverers and close(), on  *)
(* the memory of RelayWM.  Each side stores its own word and then loads the*)
(* word of the other (Dekker).  That needs store-load order, which no      *)
(* release/acquire pair gives: all four accesses are volatile.             *)
(*                                                                         *)
(* Action              accessor                                  row       *)
(*   Deliver           casDelivered; if it was passed,                     *)
(*                     deliveredVolatile(slot, q+1)              M11a, M31 *)
(*   StoreClosed       closedVolatile(1)                         M16a      *)
(*   LoadWaiting       waitingVolatile() of deliverer, close     M15a      *)
(*   ClearWaiting      waitingVolatile(0), then Unpark           M15b      *)
(*   SetWaiting        waitingVolatile(1) of the consumer        M15c      *)
(*   Unset             waitingVolatile(0) of the consumer        M15d      *)
(*   Look, Recheck     delivered, re-checked after SetWaiting    M10e      *)
(*                     closed, re-checked after SetWaiting       M16b      *)
(*                                                                         *)
(* Deliverer d publishes sub-buffer d (deliverers of one buffer are ordered*)
(* by the protocol only per slot: here each has its own slot).  park and   *)
(* unpark are LockSupport's: one permit, kept when nobody sleeps.          *)
(***************************************************************************)
EXTENDS RelayWM

CONSTANTS K, Closing, DlvStore, ClosedStore, WaitLoad, ClearStore, SetStore, UnsetStore, DlvRecheck, ClosedRecheck

VARIABLES m, de, co, permit
vars == <<m, de, co, permit>>

Waiting == <<"waiting", 0>>
Closed == <<"closed", 0>>
Dlv(d) == <<"delivered", d>>
Deliverers == 1 .. K
Closer == K + 1
C == 0
Wakers == IF Closing THEN Deliverers \cup {Closer} ELSE Deliverers
Words == {Waiting, Closed} \cup {Dlv(d) : d \in Deliverers}

Init ==
  /\ m = MemInit(Words, Wakers \cup {C}, [l \in Words |-> 0])
  /\ de = [d \in Wakers |-> "store"]
  /\ co = [pc |-> "look", q |-> 1]        \* waits for sub-buffer q, then for closed when q = K + 1
  /\ permit = FALSE

StoreWord(d) ==
  /\ de[d] = "store"
  \* with a closing thread the last deliveries come first: hang-up needs all sub-buffers consumed
  /\ m' = IF d = Closer THEN Store(m, d, Closed, 1, ClosedStore) ELSE Store(m, d, Dlv(d), 1, DlvStore)
  /\ de' = [de EXCEPT ![d] = "look"]
  /\ UNCHANGED <<co, permit>>

LoadWaiting(d) ==
  /\ de[d] = "look"
  /\ \E i \in Visible(m, d, Waiting, WaitLoad) :
       /\ m' = Load(m, d, Waiting, i, WaitLoad)
       /\ de' = [de EXCEPT ![d] = IF At(m, Waiting, i) = 0 THEN "done" ELSE "clear"]
  /\ UNCHANGED <<co, permit>>

(* Only a volatile store is certain to come before the unpark: a weaker one may be late. *)
ClearWaiting(d) ==
  /\ de[d] \in {"clear", "clearlate"}
  /\ m' = Store(m, d, Waiting, 0, ClearStore)
  /\ de' = [de EXCEPT ![d] = IF de[d] = "clear" THEN "unpark" ELSE "done"]
  /\ UNCHANGED <<co, permit>>

Unpark(d) ==
  /\ \/ de[d] = "unpark"
     \/ de[d] = "clear" /\ ClearStore # "vol"
  /\ permit' = TRUE
  /\ de' = [de EXCEPT ![d] = IF de[d] = "clear" THEN "clearlate" ELSE "done"]
  /\ UNCHANGED <<m, co>>

(* What the consumer waits for: the next sub-buffer; after the last one the closed word. *)
Target == IF co.q <= K THEN Dlv(co.q) ELSE Closed
Goal == IF Closing THEN K + 2 ELSE K + 1
LoadMode == IF co.q <= K THEN DlvRecheck ELSE ClosedRecheck

(* First look, before it thinks of sleeping. *)
Look ==
  /\ co.pc = "look"
  /\ co.q < Goal
  /\ \E i \in Visible(m, C, Target, LoadMode) :
       /\ m' = Load(m, C, Target, i, LoadMode)
       /\ co' = IF At(m, Target, i) = 1 THEN [co EXCEPT !.q = @ + 1] ELSE [co EXCEPT !.pc = "set"]
  /\ UNCHANGED <<de, permit>>

SetWaiting ==
  /\ co.pc = "set"
  /\ m' = Store(m, C, Waiting, 1, SetStore)
  /\ co' = [co EXCEPT !.pc = "recheck"]
  /\ UNCHANGED <<de, permit>>

Recheck ==
  /\ co.pc = "recheck"
  /\ \E i \in Visible(m, C, Target, LoadMode) :
       /\ m' = Load(m, C, Target, i, LoadMode)
       /\ co' = [co EXCEPT !.pc = IF At(m, Target, i) = 1 THEN "unset" ELSE "park"]
  /\ UNCHANGED <<de, permit>>

Park ==
  /\ co.pc = "park"
  /\ permit
  /\ permit' = FALSE
  /\ co' = [co EXCEPT !.pc = "unset"]
  /\ UNCHANGED <<m, de>>

Unset ==
  /\ co.pc = "unset"
  /\ m' = Store(m, C, Waiting, 0, UnsetStore)
  /\ co' = [co EXCEPT !.pc = "look"]
  /\ UNCHANGED <<de, permit>>

Next == \/ \E d \in Wakers : StoreWord(d) \/ LoadWaiting(d) \/ ClearWaiting(d) \/ Unpark(d)
        \/ Look \/ SetWaiting \/ Recheck \/ Park \/ Unset
Spec == Init /\ [][Next]_vars

(* ------------------------------ properties ----------------------------- *)
(* When all who could wake have finished, nobody sleeps on something that has happened. *)
NoLostWakeup ==
  ~ /\ \A d \in Wakers : de[d] = "done"
    /\ co.pc = "park"
    /\ ~permit
(* Traps, must be violated. *)
NeverSlept == ~(co.pc = "park" /\ ~permit /\ \E d \in Wakers : de[d] = "clear")
=============================================================================
