-------------------------- MODULE F19_TwoDeliverers ---------------------------
(* A committer adds, and then reads the commit word again to see whether it is *)
(* full.                                                                     *)
EXTENDS RelayModels

BadAddCommit(p, count) ==
    LET own == local[p].own
        s == Slot(own.q)
    IN  /\ commitBytes' = [commitBytes EXCEPT ![s] = @ + CommitSize(own)]
        /\ commitRecords' = [commitRecords EXCEPT ![s] = @ + count]
        /\ Goto(p, "LoadCommit")
        /\ UNCHANGED <<tail, consumed, padding, records, delivered, sleep, counters, local, world>>
LoadCommit(p) ==
    /\ pc[p] = "LoadCommit"
    /\ LET s == Slot(local[p].own.q) IN
       IF commitBytes[s] = S
       THEN Step(p, "OnEnd", [local[p] EXCEPT !.got = [Zero EXCEPT !.records = commitRecords[s]]])
       ELSE Resume(p)
    /\ UNCHANGED <<words, world>>
===============================================================================
