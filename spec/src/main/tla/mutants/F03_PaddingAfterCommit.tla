----------------------- MODULE F03_PaddingAfterCommit -------------------------
(* The closer stores its padding after its commit.                           *)
EXTENDS RelayModels

BadAfterClose == "CommitPadding"
BadResumePc(p) == IF local[p].own.kind = "padding" THEN "StorePadding"
                  ELSE StartPc(p, local[p].msg + 1)
BadResumeLocal(p) == IF local[p].own.kind = "padding" THEN local[p]
                     ELSE StartLocal(p, local[p].msg + 1)
BadStorePadding(p) ==
    /\ pc[p] = "StorePadding"
    /\ padding' = [padding EXCEPT ![Slot(local[p].own.q)] = local[p].own.len]
    /\ Step(p, "LoadTail", Clear(p))
    /\ UNCHANGED <<tail, consumed, commitBytes, commitRecords, records, delivered, sleep, counters, world>>
===============================================================================
