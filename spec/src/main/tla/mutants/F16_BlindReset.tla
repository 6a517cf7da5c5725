--------------------------- MODULE F16_BlindReset -----------------------------
(* A reset stores the consumer position instead of comparing and swapping it. *)
EXTENDS RelayModels

BadResetCas(p) ==
    /\ pc[p] = "ResetCas"
    /\ consumed' = Add(local[p].seen, 1)
    /\ log' = SubSeq(log, Distance(consumed', consumed) + 1, Len(log))
    /\ Step(p, "CountSkipped", [local[p] EXCEPT !.seen = NoSequence])
    /\ UNCHANGED <<tail, slots, sleep, counters, refusals, memory, passed, faults>>
===============================================================================
