------------------------- MODULE F32_PrefixOfOldLap ---------------------------
(* The prefix of the current sub-buffer is taken without looking whether the *)
(* lap before is delivered.                                                  *)
EXTENDS RelayModels

BadLapBefore(q) == TRUE
===============================================================================
