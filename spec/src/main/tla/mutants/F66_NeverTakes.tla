--------------------------- MODULE F66_NeverTakes -----------------------------
(* A consumer that finds a sub-buffer delivered looks again instead of taking *)
(* it.                                                                       *)
EXTENDS RelayModels

BadCopyPc == "TakeLoadConsumed"
===============================================================================
