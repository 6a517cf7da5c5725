--------------------------- MODULE F43_FreeAtClose ----------------------------
(* Close lets go of the memory at once, whoever holds a reservation: what is *)
(* not written is counted.                                                   *)
EXTENDS RelayModels

BadAfterStoreClosed == "Settle"
===============================================================================
