------------------------ MODULE F07_WaitingAfterCheck -------------------------
(* The consumer looks first and sets waiting then, just before it sleeps.    *)
EXTENDS RelayModels

BadAfterSetWaiting == "Sleep"
===============================================================================
