------------------------------- MODULE RelayLease -------------------------------
(* Who uses the memory of a channel: the last one to let go frees it, and      *)
(* nobody uses it after that. Java: Lease.                                     *)
(*
    process user                    a consumer, a snapshot, a tick
      LeaseLoad:          seen := holders; 0: the memory is gone, end
      LeaseCas:           if holders is still seen then it is one more, else goto LeaseLoad; it uses the memory now
      LeaseRelease:       holders is one less; not 0: end
      FreeMemory:         unmaps
    process keeper                  the channel itself, and the writers of each buffer: goto LeaseRelease
*)
EXTENDS Integers, FiniteSets

CONSTANTS Keepers, Users

VARIABLES holders, freed, pc, local
vars == <<holders, freed, pc, local>>

Threads == Keepers \cup Users
Init == /\ holders = Cardinality(Keepers) /\ freed = 0
        /\ pc = [t \in Threads |-> IF t \in Keepers THEN "LeaseRelease" ELSE "LeaseLoad"]
        /\ local = [t \in Threads |-> [seen |-> 0]]

Goto(t, label) == pc' = [pc EXCEPT ![t] = label] /\ UNCHANGED local
LeaseLoad(t) ==
    /\ pc[t] = "LeaseLoad"
    /\ pc' = [pc EXCEPT ![t] = IF holders > 0 THEN "LeaseCas" ELSE "Done"]
    /\ local' = [local EXCEPT ![t].seen = holders]
    /\ UNCHANGED <<holders, freed>>
LeaseCas(t) ==
    /\ pc[t] = "LeaseCas"
    /\ IF holders = local[t].seen THEN holders' = holders + 1 /\ Goto(t, "LeaseRelease")
       ELSE UNCHANGED holders /\ Goto(t, "LeaseLoad")
    /\ UNCHANGED freed
LeaseRelease(t) ==
    /\ pc[t] = "LeaseRelease"
    /\ holders' = holders - 1
    /\ Goto(t, IF holders = 1 THEN "FreeMemory" ELSE "Done")
    /\ UNCHANGED freed
FreeMemory(t) ==
    /\ pc[t] = "FreeMemory"
    /\ freed' = freed + 1
    /\ Goto(t, "Done")
    /\ UNCHANGED holders
Finished == (\A t \in Threads : pc[t] = "Done") /\ UNCHANGED vars
Thread(t) == LeaseLoad(t) \/ LeaseCas(t) \/ LeaseRelease(t) \/ FreeMemory(t)
LeaseNext == (\E t \in Threads : Thread(t)) \/ Finished
LeaseSpec == Init /\ [][LeaseNext]_vars
LeaseFairSpec == LeaseSpec /\ \A t \in Threads : WF_vars(Thread(t))

-------------------------------------------------------------------------------
Uses(t) == pc[t] = "LeaseRelease"               \* until it lets go
(* E1: holders are counted *)
E1_Counted == holders = Cardinality({t \in Threads : Uses(t)})
(* E2: nobody uses memory that is freed *)
E2_NotFreedInUse == freed > 0 => \A t \in Threads : ~Uses(t)
(* E3: it is freed once, E4: and at last *)
E3_FreedOnce == freed <= 1
E4_FreedAtLast == <>(freed = 1)

THEOREM LeaseSpec => [](E1_Counted /\ E2_NotFreedInUse /\ E3_FreedOnce)
THEOREM LeaseFairSpec => E4_FreedAtLast

-------------------------------------------------------------------------------
(* Traps: each must be violated. *)
NeverLostRace == \A t \in Threads : pc[t] = "LeaseCas" => holders = local[t].seen
NeverGoneMeanwhile == \A t \in Threads : pc[t] = "LeaseCas" => freed = 0
NeverFreedByUser == \A t \in Users : pc[t] # "FreeMemory"
===============================================================================
