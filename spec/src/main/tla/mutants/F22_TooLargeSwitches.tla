------------------------ MODULE F22_TooLargeSwitches --------------------------
(* A message that is too large is rejected only after it has closed a sub-   *)
(* buffer, as in relayfs.                                                    *)
EXTENDS RelayModels

BadStartPc(w, i) == IF i > Len(Lengths[w]) THEN "Done" ELSE "LoadTail"
===============================================================================
