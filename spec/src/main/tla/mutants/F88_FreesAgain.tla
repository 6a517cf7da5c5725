---------------------------- MODULE F88_FreesAgain ----------------------------
(* Who comes too late frees the memory again.                                *)
EXTENDS RelayLease

BadLeaseLoad(t) ==
    /\ pc[t] = "LeaseLoad"
    /\ pc' = [pc EXCEPT ![t] = IF holders > 0 THEN "LeaseCas" ELSE "FreeMemory"]
    /\ local' = [local EXCEPT ![t].seen = holders]
    /\ UNCHANGED <<holders, freed>>
===============================================================================
