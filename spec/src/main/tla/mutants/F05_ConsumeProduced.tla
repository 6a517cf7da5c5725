------------------------- MODULE F05_ConsumeProduced --------------------------
(* The consumer clamps to what is closed, not to what is delivered.          *)
EXTENDS RelayModels

BadReady(q) == Distance(tail.q, q) \in 1..N
===============================================================================
