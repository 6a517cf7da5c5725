--------------------------- MODULE F89_AsksBlindly ----------------------------
(* A request takes its failed CAS for done.                                  *)
EXTENDS RelayHandles

BadAskCas(t) ==
    /\ pc[t] = "AskCas"
    /\ request' = IF request = Me(t).loaded THEN Asked(t, request) ELSE request
    /\ HasAsked(t)
    /\ free' = IF request'.paused = 0 THEN Owners ELSE free
    /\ UNCHANGED <<claimed, tail, closed, freed, books>>
===============================================================================
