------------------------- MODULE F78_GivesBackBlindly -------------------------
(* The word is cleared whoever is in it.                                     *)
EXTENDS RelayClaims

BadReleaseCas(t) ==
    /\ At(t, "ReleaseCas")
    /\ owner' = [owner EXCEPT ![local[t].place] = Nobody]
    /\ Again(t)
    /\ UNCHANGED <<age, world, clock>>
===============================================================================
