------------------------ MODULE F82_LooksBeforeItTakes ------------------------
(* The tail is loaded before the handle is taken.                            *)
EXTENDS RelayHandles

BadTakeHandle(t) ==
    /\ pc[t] = "TakeHandle"
    /\ Me(t).kind = ""
    /\ Goto(t, "TakeHandle", [Me(t) EXCEPT !.q = tail.q, !.kind = "looked"])
    /\ UNCHANGED <<words, books, free>>
BadBeginLoadTail(t) ==
    /\ pc[t] = "TakeHandle"
    /\ Me(t).kind = "looked"
    /\ IF claimed THEN Ends(t) /\ UNCHANGED claimed
       ELSE claimed' = TRUE /\ Goto(t, "BeginLoadRequest", [Me(t) EXCEPT !.kind = ""])
    /\ UNCHANGED <<request, tail, closed, freed, books, free>>
===============================================================================
