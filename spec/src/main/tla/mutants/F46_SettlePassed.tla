--------------------------- MODULE F46_SettlePassed ---------------------------
(* Settling takes a sub-buffer that was passed for one that is delivered.    *)
EXTENDS RelayModels

BadSettled(q) == delivered[Slot(q)] \in {Add(q, 1), Passed(Lap(q))}
===============================================================================
