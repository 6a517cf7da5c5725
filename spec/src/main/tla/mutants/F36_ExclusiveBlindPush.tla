------------------------ MODULE F36_ExclusiveBlindPush ------------------------
(* The owner stores the consumer position instead of comparing and swapping  *)
(* it.                                                                       *)
EXTENDS RelayExclusive

BadPushConsumed(w) ==
    /\ pc[w] = "PushConsumed"
    /\ LET q == Me.loaded.q IN
       IF q # FirstSequence
       THEN /\ consumed' = Add(Oldest(q), 1)
            /\ log' = SubSeq(log, Distance(consumed', consumed) + 1, Len(log))
            /\ Step(w, "CountOverwritten", [Me EXCEPT !.got =
                [subbufs |-> 1, records |-> records[Slot(q)], bytes |-> S - H - padding[Slot(q)]]])
       ELSE Step(w, "OpenStore", Me) /\ UNCHANGED <<consumed, log>>
    /\ UNCHANGED <<tail, slots, sleep, counters, refusals, memory, passed, faults>>
===============================================================================
