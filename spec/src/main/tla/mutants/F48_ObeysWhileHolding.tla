------------------------ MODULE F48_ObeysWhileHolding -------------------------
(* The owner obeys a flush while it holds a reservation.                     *)
EXTENDS RelayExclusive

BadHoldRequest(w) ==
    /\ pc[w] = "HoldRequest"
    /\ IF Request = Obeyed THEN Goto(w, XAfterWrite(Record(w))) /\ UNCHANGED local
       ELSE Closes([Me EXCEPT !.loaded.off = Me.own.off, !.seen = Request.flushes, !.got.records = @ - 1], "room")
    /\ UNCHANGED <<words, world>>
===============================================================================
