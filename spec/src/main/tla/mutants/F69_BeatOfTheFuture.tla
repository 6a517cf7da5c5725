------------------------- MODULE F69_BeatOfTheFuture --------------------------
(* Who gives a place back leaves a beat there that no clock can have shown.  *)
EXTENDS RelayClaims

BadReleaseCas(t) ==
    /\ At(t, "ReleaseCas")
    /\ LET e == local[t].place IN owner' = IF owner[e] = Of(t) THEN [owner EXCEPT ![e] = Nobody] ELSE owner
    /\ age' = [age EXCEPT ![local[t].place] = 0 - 1]
    /\ Again(t)
    /\ UNCHANGED <<world, clock>>
===============================================================================
