--------------------------- MODULE F91_CountsTwice ----------------------------
(* Who acquires counts twice.                                                *)
EXTENDS RelayLease

BadLeaseCas(t) ==
    /\ pc[t] = "LeaseCas"
    /\ IF holders = local[t].seen THEN holders' = holders + 2 /\ Goto(t, "LeaseRelease")
       ELSE UNCHANGED holders /\ Goto(t, "LeaseLoad")
    /\ UNCHANGED freed
===============================================================================
