-------------------------- MODULE F64_TriesForEver ----------------------------
(* A writer that finds no room does not give up.                             *)
EXTENDS RelayModels

BadCountLost(w) ==
    /\ pc[w] = "CountLost"
    /\ Step(w, "LoadTail", Clear(w))
    /\ UNCHANGED <<words, world>>
===============================================================================
