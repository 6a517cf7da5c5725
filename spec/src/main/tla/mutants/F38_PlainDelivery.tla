-------------------------- MODULE F38_PlainDelivery ---------------------------
(* The deliverer stores its delivery over the mark of the consumer that has  *)
(* passed it.                                                                *)
EXTENDS RelayModels

BadDeliver(p) ==
    /\ pc[p] = "Deliver"
    /\ LET q == local[p].own.q IN
       /\ delivered' = [delivered EXCEPT ![Slot(q)] = Add(q, 1)]
       /\ passed' = [passed EXCEPT ![Slot(q)] = Nothing]
    /\ Goto(p, AfterDeliver)
    /\ UNCHANGED <<tail, consumed, commitBytes, commitRecords, padding, records, sleep, counters,
                   local, refusals, memory, log, faults>>
===============================================================================
