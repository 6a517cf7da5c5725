------------------------- MODULE F77_ClaimInTwoSteps --------------------------
(* The claim is a store.                                                     *)
EXTENDS RelayClaims

BadClaimCas(t) ==
    /\ At(t, "ClaimCas")
    /\ owner' = [owner EXCEPT ![local[t].place] = Of(t)]
    /\ Goto(t, "CheckOwner")
    /\ UNCHANGED <<age, world, clock>>
===============================================================================
