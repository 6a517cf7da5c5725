-------------------------- MODULE F84_FlushForgotten --------------------------
(* The owner does not close when it is asked to flush.                       *)
EXTENDS RelayHandles

BadReloadRequest(t) ==
    /\ pc[t] = "ReloadRequest"
    /\ UNCHANGED words
    /\ Proceed(t, [Me(t) EXCEPT !.obeyed = request])
===============================================================================
