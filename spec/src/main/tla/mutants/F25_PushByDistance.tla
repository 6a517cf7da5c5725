------------------------- MODULE F25_PushByDistance ---------------------------
(* The opener loads the consumer position and pushes if the masked distance to *)
(* it is at least n, which is so, too, when others have gone past q.         *)
EXTENDS RelayModels

BadAfterAdmit == "LoadConsumedPush"
LoadConsumedPush(w) ==
    /\ pc[w] = "LoadConsumedPush"
    /\ IF Distance(local[w].loaded.q, consumed) >= N
       THEN Step(w, "PushConsumed", [local[w] EXCEPT !.seen = consumed])
       ELSE Step(w, "OpenCas", local[w])
    /\ UNCHANGED <<words, world>>
BadPushConsumed(w) ==
    /\ pc[w] = "PushConsumed"
    /\ IF consumed = local[w].seen
       THEN Release(Distance(Lap(local[w].loaded.q), consumed))
       ELSE UNCHANGED <<consumed, log, data>>
    /\ Step(w, "OpenCas", [local[w] EXCEPT !.seen = NoSequence])
    /\ UNCHANGED <<tail, slots, sleep, counters, refusals, freed, passed, faults>>
===============================================================================
