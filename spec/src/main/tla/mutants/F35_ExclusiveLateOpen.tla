------------------------ MODULE F35_ExclusiveLateOpen -------------------------
(* The owner writes into a sub-buffer before its tail says that this one is  *)
(* open.                                                                     *)
EXTENDS RelayExclusive

BadOpenStore(w) ==
    /\ pc[w] = "OpenStore"
    /\ tail' = [tail EXCEPT !.off = OpenMark]
    /\ Goto(w, "StoreOwnPadding")
    /\ UNCHANGED <<consumed, slots, sleep, counters, local, world>>
BadAfterPushing == "OnStart"
BadOnStart(w) ==
    /\ pc[w] = "OnStart"
    /\ log' = Append(log, [recs |-> <<Record(w)>>, started |-> TRUE, ended |-> FALSE])
    /\ data' = [data EXCEPT ![Slot(Me.loaded.q)] = Blank]
    /\ Step(w, "WriteData", Reserved(Me, H))
    /\ UNCHANGED <<words, refusals, freed, passed, faults>>
BadAfterWrite(r) == "OpenStore"
===============================================================================
