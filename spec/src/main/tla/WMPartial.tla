------------------------------- MODULE WMPartial ------------------------------
(***************************************************************************)
(* The partial reader (the stable prefix of a sub-buffer that is still     *)
(* being written) beside the overwriting writers of WMOverwrite.           *)
(*                                                                         *)
(* Action              accessor                                  row       *)
(*   PartDelivered     deliveredAcquire: == q - n + 1            M10d      *)
(*   PartCommit        commitAcquire: c committed bytes          M6        *)
(*   PartTail          tailAcquire: still in q, offset == c      M1d       *)
(*   PartCopy          copy c bytes, then acquireFence           M14b      *)
(*   PartValidate      tailAcquire: q + n not opened             M1c       *)
(*   PartValidateConsumed   consumedAcquire: q not passed        M12e      *)
(*                                                                         *)
(* The three first loads must execute in this order.  Order: a permutation *)
(* of <<"d", "c", "t">>; the sequence q is any one (the reader may have    *)
(* learnt it from wherever).                                               *)
(***************************************************************************)
EXTENDS WMOverwrite

CONSTANTS PartDlv, PartCommit, PartTail, PartFence, Order, MaxQ, ByConsumed, ConsRecheck

VARIABLE pa
pvars == <<m, wr, co, sn, err, pa>>

OrderDCT == <<"d", "c", "t">>
OrderDTC == <<"d", "t", "c">>
OrderCDT == <<"c", "d", "t">>
OrderCT  == <<"c", "t">>

PInit == Init /\ pa = [pc |-> "start", i |-> 1, q |-> 0, c |-> 0, off |-> 0, ok |-> TRUE]

Quit == [pa EXCEPT !.pc = "done", !.i = 1, !.q = 0, !.c = 0, !.off = 0, !.ok = TRUE]
Step == [pa EXCEPT !.i = @ + 1, !.pc = IF pa.i = Len(Order) THEN "copy" ELSE "load"]

PartStart ==
  /\ pa.pc = "start"
  /\ \E q \in N .. MaxQ : pa' = [pa EXCEPT !.pc = "load", !.q = q]
  /\ UNCHANGED m

PartDelivered ==
  /\ pa.pc = "load" /\ Order[pa.i] = "d"
  /\ LET l == Dlv(Slot(pa.q))
     IN \E i \in Visible(m, P, l, PartDlv) :
       /\ m' = Load(m, P, l, i, PartDlv)
       /\ pa' = IF At(m, l, i) = pa.q - N + 1 THEN Step ELSE Quit

(* Whichever of commit and tail comes second compares them. *)
PartCommitted ==
  /\ pa.pc = "load" /\ Order[pa.i] = "c"
  /\ LET l == Cmt(Slot(pa.q))
     IN \E i \in Visible(m, P, l, PartCommit) :
       LET c == At(m, l, i)
       IN  /\ m' = Load(m, P, l, i, PartCommit)
           /\ pa' = IF pa.i = Len(Order) /\ c # pa.off THEN Quit ELSE [Step EXCEPT !.c = c]

PartTailLoad ==
  /\ pa.pc = "load" /\ Order[pa.i] = "t"
  /\ \E i \in Visible(m, P, TailWord, PartTail) :
       LET t == At(m, TailWord, i)
       IN  /\ m' = Load(m, P, TailWord, i, PartTail)
           /\ pa' = IF t[1] # pa.q \/ (pa.i = Len(Order) /\ t[2] # pa.c) THEN Quit
                    ELSE [Step EXCEPT !.off = t[2]]

PartCopy ==
  /\ pa.pc = "copy"
  /\ LET s  == Slot(pa.q)
         ls == {Dat(s, o) : o \in 0 .. pa.c - 1}
     IN \E x \in Copies(m, P, ls, pa.q) :
       /\ m' = IF PartFence THEN AcquireFence(x[1], P) ELSE x[1]
       /\ pa' = [pa EXCEPT !.pc = "check", !.ok = x[2]]

(* read() of the consumer re-checks consumed instead: q was not pushed or consumed. *)
PartValidateConsumed ==
  /\ ByConsumed
  /\ pa.pc = "check"
  /\ \E i \in Visible(m, P, ConsWord, ConsRecheck) :
       /\ m' = Load(m, P, ConsWord, i, ConsRecheck)
       /\ pa' = IF At(m, ConsWord, i) <= pa.q THEN [pa EXCEPT !.pc = "valid"] ELSE Quit

PartValidate ==
  /\ ~ByConsumed
  /\ pa.pc = "check"
  /\ \E i \in Visible(m, P, TailWord, PartTail) :
       LET t == At(m, TailWord, i)
       IN  /\ m' = Load(m, P, TailWord, i, PartTail)
           /\ pa' = IF t[1] < pa.q + N \/ t = <<pa.q + N, 0>>
                    THEN [pa EXCEPT !.pc = "valid"] ELSE Quit

PNext == \/ Next /\ UNCHANGED pa
         \/ /\ \/ PartStart \/ PartDelivered \/ PartCommitted \/ PartTailLoad \/ PartCopy
               \/ PartValidate \/ PartValidateConsumed
            /\ UNCHANGED <<wr, co, sn, err>>
PSpec == PInit /\ [][PNext]_pvars

(* A prefix that passes all tests is written, and belongs to q. *)
NoTornPrefix == pa.pc = "valid" => pa.ok
(* Trap, must be violated: a prefix of a later lap is found valid. *)
NeverPrefix == ~(pa.pc = "valid" /\ pa.c > 0 /\ pa.q > N)
=============================================================================
