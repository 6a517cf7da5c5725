------------------------- MODULE F09_BlindTailStore ---------------------------
(* An append stores the tail instead of comparing and swapping it.           *)
EXTENDS RelayModels

BadAppendOk(t) == TRUE
===============================================================================
