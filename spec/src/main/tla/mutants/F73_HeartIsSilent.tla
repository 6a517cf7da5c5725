-------------------------- MODULE F73_HeartIsSilent ---------------------------
(* The heart does not beat for the consumer.                                 *)
EXTENDS RelayClaims

BadBeatOwner(t) ==
    /\ At(t, "BeatOwner")
    /\ Goto(t, "Rest")
    /\ ReadsClock(t)
    /\ UNCHANGED <<words, world>>
===============================================================================
