----------------------- MODULE F23_OpenerIgnoresPause -------------------------
(* The opener does not look at the PAUSED flag.                              *)
EXTENDS RelayModels

BadFailsAtOnce(t) == t.fin \/ (t.paused /\ t.off # 0)
===============================================================================
