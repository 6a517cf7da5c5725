-------------------------- MODULE F65_NeverHangsUp ----------------------------
(* A consumer looks at what is closed for ever.                              *)
EXTENDS RelayModels

BadLoadClosed(k) ==
    /\ pc[k] = "LoadClosed"
    /\ IF closed = 1 THEN Step(k, "TakeLoadConsumed", [Idle EXCEPT !.armed = local[k].armed]) ELSE NotFound(k)
    /\ UNCHANGED <<words, world>>
===============================================================================
