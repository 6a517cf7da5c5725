---------------------------- MODULE F90_FreesEarly ----------------------------
(* The memory is freed while somebody has it.                                *)
EXTENDS RelayLease

BadLeaseRelease(t) ==
    /\ pc[t] = "LeaseRelease"
    /\ holders' = holders - 1
    /\ Goto(t, IF holders = 2 THEN "FreeMemory" ELSE "Done")
    /\ UNCHANGED freed
===============================================================================
