------------------------- MODULE F50_FlushOfNothing ---------------------------
(* A flush moves on from a sub-buffer that holds nothing.                    *)
EXTENDS RelayModels

BadNothingToFlush(t) == FALSE
BadFlushCas(p) ==
    /\ pc[p] = "FlushCas"
    /\ IF TailIs(local[p].loaded)
       THEN tail' = MoveTo(tail, tail.q, S) /\ Step(p, "Done", Idle)
       ELSE Step(p, "FlushLoadTail", Idle) /\ UNCHANGED tail
    /\ UNCHANGED <<consumed, slots, sleep, counters, world>>
===============================================================================
