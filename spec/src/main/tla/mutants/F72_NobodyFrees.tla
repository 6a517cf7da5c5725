--------------------------- MODULE F72_NobodyFrees ----------------------------
(* The last one does not free.                                               *)
EXTENDS RelayLease

BadLeaseRelease(t) ==
    /\ pc[t] = "LeaseRelease"
    /\ holders' = holders - 1
    /\ Goto(t, "Done")
    /\ UNCHANGED freed
===============================================================================
