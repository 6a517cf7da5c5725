----------------------- MODULE F45_DeliverWithoutSettle -----------------------
(* A delivery after close does not look whether it was the last one.         *)
EXTENDS RelayModels

BadSettleLoadClosed(p) == pc[p] = "SettleLoadClosed" /\ Resume(p) /\ UNCHANGED <<words, world>>
===============================================================================
