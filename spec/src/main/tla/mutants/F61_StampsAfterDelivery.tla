----------------------- MODULE F61_StampsAfterDelivery ------------------------
(* The deliverer completes the header of a sub-buffer after it has delivered *)
(* it.                                                                       *)
EXTENDS RelayModels

BadAfterDeliver == "StampHeader"
StampHeader(p) ==
    /\ pc[p] = "StampHeader"
    /\ Write(local[p].own.q, 0, H, <<local[p].own.q, "count", 0>>)
    /\ Goto(p, "LoadWaiting")
    /\ UNCHANGED <<words, local, refusals, freed, past, faults>>
===============================================================================
