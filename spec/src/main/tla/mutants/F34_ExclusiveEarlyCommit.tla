----------------------- MODULE F34_ExclusiveEarlyCommit -----------------------
(* The owner publishes a record before it has written it.                    *)
EXTENDS RelayExclusive

BadAfterStart == "StoreCommit"
BadRoom(me) ==
    /\ log' = IF Appends(me) THEN [log EXCEPT ![Len(log)].recs = Append(@, <<Owner, me.msg>>)] ELSE log
    /\ IF Appends(me) THEN Step(Owner, "StoreCommit", Reserved(me, me.loaded.off))
       ELSE IF HasMessage(me) THEN Step(Owner, FirstLook, me)
       ELSE Step(Owner, "Done", me)
BadStoreCommit(w) ==
    /\ pc[w] = "StoreCommit"
    /\ LET s == Slot(Me.loaded.q) IN
       /\ commitBytes' = [commitBytes EXCEPT ![s] = Me.loaded.off]
       /\ commitRecords' = [commitRecords EXCEPT ![s] = Me.got.records]
    /\ Goto(w, "WriteData")
    /\ UNCHANGED <<tail, consumed, padding, records, delivered, sleep, counters, local, world>>
BadWriteData(w) ==
    /\ pc[w] = "WriteData"
    /\ LET own == local[w].own IN Write(own.q, own.off, own.off + own.len, <<own.q, w, local[w].msg>>)
    /\ NextMessage(w)
    /\ UNCHANGED <<words, refusals, freed, past, faults>>
===============================================================================
