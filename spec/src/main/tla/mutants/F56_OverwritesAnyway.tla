------------------------ MODULE F56_OverwritesAnyway --------------------------
(* No-overwrite mode overwrites.                                             *)
EXTENDS RelayModels

BadFull(q, c) == FALSE
BadAfterAdmit == "PushConsumed"
===============================================================================
