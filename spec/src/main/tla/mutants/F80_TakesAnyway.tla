--------------------------- MODULE F80_TakesAnyway ----------------------------
(* The handle is given to whoever wants it.                                  *)
EXTENDS RelayHandles

BadTakeHandle(t) ==
    /\ pc[t] = "TakeHandle"
    /\ claimed' = TRUE /\ Goto(t, "BeginLoadTail", Me(t))
    /\ UNCHANGED <<request, tail, closed, freed, books, free>>
===============================================================================
