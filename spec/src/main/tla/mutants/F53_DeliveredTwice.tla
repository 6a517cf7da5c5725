------------------------- MODULE F53_DeliveredTwice ---------------------------
(* The deliverer stores its sequence a second time.                          *)
EXTENDS RelayModels

BadDeliver(p) ==
    /\ pc[p] = "Deliver"
    /\ LET q == local[p].own.q IN
       /\ Fault(delivered[Slot(q)] \notin {Lap(q), Passed(Lap(q))}, "Deliver")
       /\ delivered' = [delivered EXCEPT ![Slot(q)] = Add(q, 1)]
       /\ Goto(p, IF NotPassed(q) THEN "Deliver" ELSE AfterDeliver)
    /\ UNCHANGED <<tail, consumed, commitBytes, commitRecords, padding, records, sleep, counters,
                   local, refusals, memory, past>>
===============================================================================
