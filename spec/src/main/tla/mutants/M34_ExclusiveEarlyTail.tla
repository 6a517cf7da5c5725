----------------------- MODULE M34_ExclusiveEarlyTail -------------------------
(* The owner publishes the tail before it writes the record.                 *)
EXTENDS RelayExclusive

BadOwnStart(w) ==
    /\ pc[w] = "OnStart"
    /\ tail' = [tail EXCEPT !.off = H + Size(Me)]
    /\ Step(w, "WriteData", [Me EXCEPT !.loaded.off = H])
    /\ UNCHANGED <<consumed, slots, sleep, counters, world>>
===============================================================================
