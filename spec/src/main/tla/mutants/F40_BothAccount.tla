--------------------------- MODULE F40_BothAccount ----------------------------
(* The consumer counts what it has passed, and its deliverer does, too.      *)
EXTENDS RelayModels

BadPassConsumeCas(k) ==
    /\ pc[k] = "PassConsumeCas"
    /\ LET q == local[k].seen IN
       IF consumed = q
       THEN /\ PassOver(q)
            /\ Step(k, "CountSkipped", [Idle EXCEPT !.got = [subbufs |-> 1, records |-> commitRecords[Slot(q)],
                                                            bytes |-> commitBytes[Slot(q)]]])
       ELSE Step(k, "TakeLoadConsumed", Idle) /\ UNCHANGED <<consumed, past>>
    /\ UNCHANGED <<tail, slots, sleep, counters, refusals, memory, faults>>
===============================================================================
