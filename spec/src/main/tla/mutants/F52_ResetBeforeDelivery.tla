----------------------- MODULE F52_ResetBeforeDelivery ------------------------
(* A reset consumes a sub-buffer as soon as its number of records is there,  *)
(* before it is delivered.                                                   *)
EXTENDS RelayModels

BadResetLoadDelivered(p) ==
    /\ pc[p] = "ResetLoadDelivered"
    /\ LET s == Slot(local[p].seen) IN
       IF records[s] > 0
       THEN Step(p, "ResetCas", [local[p] EXCEPT !.got = [subbufs |-> 1, records |-> records[s],
                                                          bytes |-> S - H - padding[s]]])
       ELSE Step(p, "ResetRecheckConsumed", local[p])
    /\ UNCHANGED <<words, world>>
===============================================================================
