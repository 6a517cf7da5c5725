------------------------- MODULE F31_PrefixWithHoles --------------------------
(* The prefix of the current sub-buffer is taken without comparing committed *)
(* and reserved bytes.                                                       *)
EXTENDS RelayModels

BadStable(q, bytes) == tail.q = q /\ bytes > 0
===============================================================================
