------------------------- MODULE F27_SkipUndelivered --------------------------
(* The consumer jumps ahead over a sub-buffer without looking whether it is  *)
(* delivered.                                                                *)
EXTENDS RelayModels

BadSkippable(q) == TRUE
===============================================================================
