----------------------- MODULE F76_ClaimsBeforeItBeats ------------------------
(* The claim comes before the beat.                                          *)
EXTENDS RelayClaims

BadLoadBeat(t) ==
    /\ At(t, "LoadBeat")
    /\ LET seen == local[t].owner IN
       IF IsVoid(t, seen, age[local[t].place]) THEN Goto(t, "ClaimCas") ELSE Refused(t, seen # Nobody)
    /\ UNCHANGED <<words, world, clock>>
BadClaimCas(t) ==
    /\ At(t, "ClaimCas")
    /\ LET e == local[t].place IN
       IF owner[e] = local[t].owner
       THEN owner' = [owner EXCEPT ![e] = Of(t)] /\ Goto(t, "StoreBeat")
       ELSE UNCHANGED owner /\ Refused(t, TRUE)
    /\ UNCHANGED <<age, world, clock>>
BadStoreBeat(t) ==
    /\ At(t, "StoreBeat")
    /\ age' = [age EXCEPT ![local[t].place] = clock[t]]
    /\ Goto(t, "CheckOwner")
    /\ ReadsClock(t)
    /\ UNCHANGED <<owner, world>>
===============================================================================
