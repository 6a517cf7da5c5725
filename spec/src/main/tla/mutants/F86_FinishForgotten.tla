------------------------- MODULE F86_FinishForgotten --------------------------
(* Who gives the handle back does not look for a finish.                     *)
EXTENDS RelayHandles

BadGiveHandle(t) ==
    /\ pc[t] = "GiveHandle"
    /\ claimed' = FALSE
    /\ Ends(t)
    /\ UNCHANGED <<request, tail, closed, freed, books, free>>
===============================================================================
