------------------------ MODULE F28_UnparkBeforeClear -------------------------
(* The deliverer unparks the consumer and clears waiting after that.         *)
EXTENDS RelayModels

BadLoadWaiting(p) ==
    /\ pc[p] = "LoadWaiting"
    /\ IF waiting # 0 THEN Step(p, "Unpark", local[p]) ELSE Resume(p)
    /\ UNCHANGED <<words, world>>
BadUnpark(p) ==
    /\ pc[p] = "Unpark"
    /\ permit' = TRUE
    /\ Step(p, "Wake", local[p])
    /\ UNCHANGED <<tail, consumed, slots, waiting, closed, counters, world>>
BadWake(p) ==
    /\ pc[p] = "Wake"
    /\ waiting' = 0
    /\ Resume(p)
    /\ UNCHANGED <<tail, consumed, slots, closed, permit, counters, world>>
===============================================================================
