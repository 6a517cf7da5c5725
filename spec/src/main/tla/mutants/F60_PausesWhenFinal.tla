------------------------- MODULE F60_PausesWhenFinal --------------------------
(* A pause does not look whether the tail is final.                          *)
EXTENDS RelayModels

BadLoadForFlag(p, to, then, value) ==
    /\ IF tail.paused = value THEN Step(p, then, Idle)
       ELSE Step(p, to, [Idle EXCEPT !.loaded = tail])
    /\ UNCHANGED <<words, world>>
===============================================================================
