--------------------------- MODULE F01_NoLapCheck -----------------------------
(* The opener does not look whether the lap before is delivered.             *)
EXTENDS RelayModels

BadSlotFree(q) == TRUE
===============================================================================
