-------------------------- MODULE F58_SettleByTail ----------------------------
(* Who delivers lets go of the memory when the tail is final, before closed  *)
(* is stored.                                                                *)
EXTENDS RelayModels

BadSettleLoadClosed(p) ==
    /\ pc[p] = "SettleLoadClosed"
    /\ IF tail.fin THEN Step(p, "SettleLoadTail", local[p]) ELSE Resume(p)
    /\ UNCHANGED <<words, world>>
===============================================================================
