---------------------------- MODULE F06_NoRecheck -----------------------------
(* A decision made on an old tail is not re-checked.                         *)
EXTENDS RelayModels

BadRecheckOk(t) == TRUE
===============================================================================
