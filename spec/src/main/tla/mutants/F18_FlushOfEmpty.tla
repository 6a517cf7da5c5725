-------------------------- MODULE F18_FlushOfEmpty ----------------------------
(* A flush also switches when the current sub-buffer is empty.               *)
EXTENDS RelayModels

BadNothingToFlush(t) == FALSE
===============================================================================
