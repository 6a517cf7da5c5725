-------------------------- MODULE F75_BeatsForOthers --------------------------
(* A heart beats whoever the consumer is.                                    *)
EXTENDS RelayClaims

BadBeatOwner(t) ==
    /\ At(t, "BeatOwner")
    /\ Goto(t, "StoreOwnBeat")
    /\ ReadsClock(t)
    /\ UNCHANGED <<words, world>>
===============================================================================
