----------------------------- MODULE RelayRefines -----------------------------
(* RelayProtocol implements RelayLog. A record joins the log at the successful *)
(* CAS on the tail, a sub-buffer is settled by the CAS on delivered, leaves by  *)
(* the CAS on consumed, and a write is lost at the add to its loss counter.    *)
EXTENDS RelayProps

CountPc == [DELIVERED |-> "CountDelivered", OVERWRITTEN |-> "CountOverwritten",
            SKIPPED |-> "CountSkipped"]
CountPcs == {CountPc[f] : f \in Fates}
CountedSoon(f) ==       \* what has left the log and is still to be added to counter f
    LET late == {p \in Procs : pc[p] = CountPc[f]}
    IN  IF late = {} THEN Zero ELSE Sum([p \in late |-> local[p].got], late)

IsOpen == tail.off # 0
IsPaused == tail.paused
IsFinal == tail.fin
NextToOpen == IF tail.off = 0 THEN tail.q ELSE Add(tail.q, 1)

Abstract == INSTANCE RelayLog WITH
    Capacity <- MaxLength,
    log <- [k \in 1..Len(log) |->
                LET q == Add(consumed, k - 1)
                IN  [recs |-> log[k].recs, settled |-> delivered[Slot(q)] = Add(q, 1)]],
    passed <- {[recs |-> passed[Slot(q)].recs, back |-> Distance(NextToOpen, q)] : q \in OutOfOrder},
    open <- IsOpen,
    pending <- {Record(w) : w \in {v \in Writers : Holds(v) /\ Outstanding(v)}},
    decided <- [w \in Writers |-> Attempts(w)],
    counts <- [k \in Causes \cup Fates |-> IF k \in Causes THEN counters[k]
                                            ELSE Plus(counters[k], CountedSoon(k))],
    excuse <- [w \in Writers |-> IF local[w].excuse /\ local[w].cause # "TOO_LARGE"
                                 THEN local[w].cause ELSE ""],
    paused <- IsPaused,
    finalized <- IsFinal

(* What is claimed. TLC checks it for each configuration, RelayInductive one    *)
(* step from every state of an invariant.                                      *)
THEOREM Refinement == Spec => Abstract!Spec

(* Abstract!Spec in two parts, so that TLC reports them by name and looks at   *)
(* stuttering, the common case, first. Most steps change nothing that the      *)
(* mapping reads: to see that is cheaper than to evaluate the mapping twice.   *)
Quiet ==
    /\ UNCHANGED <<IsOpen, IsPaused, IsFinal, NextToOpen, consumed, delivered, counters, log, passed>>
    /\ \A p \in Procs :
        \/ pc'[p] = pc[p] /\ local'[p] = local[p]
        \/ LET old == local[p]
               new == local'[p]
           IN  /\ pc[p] \notin CountPcs /\ pc'[p] \notin CountPcs
               /\ (pc[p] \in PreCommit) = (pc'[p] \in PreCommit)
               /\ old.msg = new.msg /\ old.own.kind = new.own.kind
               /\ old.excuse = new.excuse /\ old.cause = new.cause
QuietStutters == [][Quiet => UNCHANGED Abstract!vars]_vars
RefinesInit == Abstract!Init
RefinesLog == [][Quiet \/ UNCHANGED Abstract!vars \/ Abstract!Next]_vars
THEOREM RefinesInit /\ RefinesLog => Abstract!Spec
===============================================================================
