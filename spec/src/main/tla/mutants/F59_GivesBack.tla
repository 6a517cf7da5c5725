---------------------------- MODULE F59_GivesBack -----------------------------
(* A writer that aborts gives its range back to the tail, if it is still the *)
(* last one.                                                                 *)
EXTENDS RelayModels

BadCountAborted(w) ==
    /\ pc[w] = "CountAborted"
    /\ IF tail.q = local[w].own.q /\ tail.off = local[w].own.off + local[w].own.len
       THEN /\ tail' = [tail EXCEPT !.off = local[w].own.off]
            /\ log' = [log EXCEPT ![Len(log)].recs = SubSeq(@, 1, Len(@) - 1)]
            /\ Count("REFUSED", [subbufs |-> 0, records |-> 1, bytes |-> Message(w)])
            /\ NextMessage(w)
       ELSE /\ Count("ABORTED", [subbufs |-> 0, records |-> 1, bytes |-> Message(w)])
            /\ Goto(w, AfterAbort(w))
            /\ UNCHANGED <<tail, log, local>>
    /\ UNCHANGED <<consumed, slots, sleep, refusals, memory, passed, faults>>
===============================================================================
