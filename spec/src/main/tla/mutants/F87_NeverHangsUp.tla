--------------------------- MODULE F87_NeverHangsUp ---------------------------
(* The end is not told to consumers.                                         *)
EXTENDS RelayHandles

BadStoreClosed(t) ==
    /\ pc[t] = "StoreClosed"
    /\ Goto(t, "SettleLoadTail", Me(t))
    /\ UNCHANGED <<words, books, free>>
===============================================================================
