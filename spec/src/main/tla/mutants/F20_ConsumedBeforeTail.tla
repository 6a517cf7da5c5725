----------------------- MODULE F20_ConsumedBeforeTail -------------------------
(* The consumer position is loaded before the tail.                          *)
EXTENDS RelayModels

BadLoadTail(w) ==
    /\ pc[w] = "LoadTail"
    /\ IF local[w].seen = NoSequence THEN Step(w, "LoadTail", [local[w] EXCEPT !.seen = consumed])
       ELSE IF tail.off = 0
       THEN IF Full(tail.q, local[w].seen)
            THEN Step(w, "RecheckTail", [local[w] EXCEPT !.loaded = tail, !.cause = "FULL",
                         !.seen = NoSequence, !.excuse = Full(tail.q, consumed)])
            ELSE Step(w, "LoadDelivered", [local[w] EXCEPT !.loaded = tail, !.seen = NoSequence])
       ELSE Step(w, Branch(tail, Message(w)), [local[w] EXCEPT !.loaded = tail, !.seen = NoSequence])
    /\ UNCHANGED <<words, world>>
===============================================================================
