------------------------- MODULE F33_FreeBeforeRead ---------------------------
(* The consumer consumes a sub-buffer before it has read it.                 *)
EXTENDS RelayModels

BadCopyPc == "ConsumeCas"
===============================================================================
