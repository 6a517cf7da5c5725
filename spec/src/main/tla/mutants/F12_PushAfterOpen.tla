-------------------------- MODULE F12_PushAfterOpen ---------------------------
(* The opener pushes the consumer after its CAS on the tail.                 *)
EXTENDS RelayModels

BadAfterAdmit == "OpenCas"
BadOpenCas(w) ==
    /\ pc[w] = "OpenCas"
    /\ LET t == local[w].loaded IN
       IF TailIs(t)
       THEN /\ tail' = MoveTo(t, t.q, H + Message(w))
            /\ log' = Append(log, [recs |-> <<Record(w)>>, started |-> FALSE, ended |-> FALSE])
            /\ data' = [data EXCEPT ![Slot(t.q)] = Blank]
            /\ Step(w, "PushConsumed", [local[w] EXCEPT
                        !.own = [q |-> t.q, off |-> H, len |-> Message(w), head |-> H,
                                 kind |-> "record"]])
       ELSE Restart(w)
    /\ UNCHANGED <<consumed, slots, sleep, counters, refusals, freed, passed, faults>>
BadAfterPushing == "StorePadding"
===============================================================================
