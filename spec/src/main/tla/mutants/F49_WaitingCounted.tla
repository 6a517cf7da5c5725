------------------------- MODULE F49_WaitingCounted ---------------------------
(* The consumer counts in waiting how often it has announced that it sleeps. *)
EXTENDS RelayModels

BadSetWaiting(k) ==
    /\ pc[k] = "SetWaiting"
    /\ waiting' = waiting + 1
    /\ Step(k, AfterSetWaiting, [local[k] EXCEPT !.armed = TRUE])
    /\ UNCHANGED <<tail, consumed, slots, closed, permit, counters, world>>
===============================================================================
