------------------------- MODULE F72_RefusedGivesBack -------------------------
(* Who was refused gives back all the same.                                  *)
EXTENDS RelayClaims

BadLoadRival(t) ==
    /\ At(t, "LoadRival")
    /\ Goto(t, "CheckOwner")
    /\ UNCHANGED <<words, world, clock>>
===============================================================================
