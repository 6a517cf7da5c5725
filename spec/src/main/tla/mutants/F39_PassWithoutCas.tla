-------------------------- MODULE F39_PassWithoutCas --------------------------
(* The consumer stores its mark instead of comparing and swapping it.        *)
EXTENDS RelayModels

BadStillHeld(q) == TRUE
===============================================================================
