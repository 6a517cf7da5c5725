-------------------------- MODULE F81_GivesBackOpen ---------------------------
(* The handle is given back with a sub-buffer open.                          *)
EXTENDS RelayHandles

BadStoreSwitchedTail(t) ==
    /\ pc[t] = "StoreSwitchedTail"
    /\ Goto(t, "GiveHandle", Me(t))
    /\ UNCHANGED <<words, books, free>>
===============================================================================
