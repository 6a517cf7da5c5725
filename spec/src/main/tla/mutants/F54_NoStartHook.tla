--------------------------- MODULE F54_NoStartHook ----------------------------
(* The opener does not call onStart.                                         *)
EXTENDS RelayModels

BadAfterOpen(len) == "WriteData"
===============================================================================
