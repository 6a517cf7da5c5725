--------------------------- MODULE F85_OwnerOfFinal ---------------------------
(* A new owner does not look whether the buffer has ended.                   *)
EXTENDS RelayHandles

BadToObey(r) == [r EXCEPT !.paused = 0]
BadBeginLoadTail(t) ==
    /\ pc[t] = "BeginLoadTail"
    /\ Goto(t, "BeginLoadRequest", [Me(t) EXCEPT !.q = tail.q, !.open = FALSE])
    /\ UNCHANGED <<words, books, free>>
===============================================================================
