--------------------------- MODULE F79_PauseCounted ---------------------------
(* A pause is counted as a flush is: two pauses make two.                    *)
EXTENDS RelayHandles

BadAsked(t, r) == [r EXCEPT !.paused = IF Me(t).stage = "pause" THEN @ + 1 ELSE 0]
===============================================================================
