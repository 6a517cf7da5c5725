----------------------- MODULE F17_CloseWithoutSwitch -------------------------
(* Close sets FINALIZED and leaves the current sub-buffer open.              *)
EXTENDS RelayModels

BadFinalizeCas(p) ==
    /\ pc[p] = "FinalizeCas"
    /\ IF TailIs(local[p].loaded)
       THEN tail' = [tail EXCEPT !.fin = TRUE] /\ Step(p, "StoreClosed", Idle)
       ELSE Step(p, "CloseLoadTail", Idle) /\ UNCHANGED tail
    /\ UNCHANGED <<consumed, slots, sleep, counters, world>>
===============================================================================
