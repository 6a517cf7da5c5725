-------------------------- MODULE F57_HangsUpEarly ----------------------------
(* A consumer of a closed buffer hangs up without looking whether it has     *)
(* taken everything.                                                         *)
EXTENDS RelayModels

BadHangupLoadConsumed(k) ==
    /\ pc[k] = "HangupLoadConsumed"
    /\ Step(k, IF local[k].armed THEN "ClearWaiting" ELSE "Done", [Idle EXCEPT !.armed = local[k].armed])
    /\ UNCHANGED <<words, world>>
===============================================================================
