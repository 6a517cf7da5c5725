---------------------------- MODULE F37_FullFirst -----------------------------
(* The opener looks first whether the buffer is full, and says FULL where a  *)
(* writer holds the slot.                                                    *)
EXTENDS RelayModels

BadFirstLook == IF Overwrite THEN "LoadDelivered" ELSE "LoadConsumed"
BadLoadConsumed(w) ==
    /\ pc[w] = "LoadConsumed"
    /\ IF Full(local[w].loaded.q, consumed) THEN Recheck(w, "FULL") ELSE Step(w, "LoadDelivered", local[w])
    /\ UNCHANGED <<words, world>>
BadLoadDelivered(w) ==
    /\ pc[w] = "LoadDelivered"
    /\ IF ~SlotFree(local[w].loaded.q) THEN Recheck(w, "STALLED") /\ UNCHANGED refusals ELSE Admit(w)
    /\ UNCHANGED <<words, memory, past, faults>>
===============================================================================
