------------------------ MODULE F95_AcquireInTwoSteps -------------------------
(* Who acquires adds to what it has seen.                                    *)
EXTENDS RelayLease

BadLeaseCas(t) ==
    /\ pc[t] = "LeaseCas"
    /\ holders' = local[t].seen + 1 /\ Goto(t, "LeaseRelease")
    /\ UNCHANGED freed
===============================================================================
