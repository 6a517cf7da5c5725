------------------------ MODULE F44_SettleBeforeClosed ------------------------
(* Close looks first whether all is delivered, and stores closed then: the   *)
(* last writer has not seen it.                                              *)
EXTENDS RelayModels

BadStoreClosed(p) ==
    /\ pc[p] = "StoreClosed"
    /\ IF local[p].cause = "" THEN Step(p, "SettleLoadTail", [Idle EXCEPT !.cause = "settled"]) /\ UNCHANGED closed
       ELSE closed' = 1 /\ Goto(p, "Done") /\ UNCHANGED local
    /\ UNCHANGED <<tail, consumed, slots, waiting, permit, counters, world>>
BadResumePc(p) == IF p \in Closers THEN "StoreClosed"
                  ELSE IF local[p].own.kind = "record" THEN StartPc(p, local[p].msg + 1) ELSE "LoadTail"
BadResumeLocal(p) == IF p \in Closers THEN [Clear(p) EXCEPT !.cause = local[p].cause]
                     ELSE IF local[p].own.kind = "record" THEN StartLocal(p, local[p].msg + 1) ELSE Clear(p)
===============================================================================
