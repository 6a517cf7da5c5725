---------------------------- MODULE F63_SleepsOn ------------------------------
(* A consumer that sleeps does not wake up.                                  *)
EXTENDS RelayModels

BadSleep(k) == FALSE
BadCanMove(p) == pc[p] \notin {"Done", "Crashed", "Sleep"}
===============================================================================
