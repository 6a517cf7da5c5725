----------------------------- MODULE RelayControl -----------------------------
(* flush, close, pause and resume, reset. Java: SubBufferSwitch, Window.         *)
(* Each goes on with StorePadding and CommitPadding of RelayWriter when its CAS *)
(* on the tail has closed a sub-buffer.                                         *)
EXTENDS RelayWriter

(* For mutants *)
NothingToFlush(t) == t.off = 0
AfterStoreClosed == "LoadWaiting"
ConsumedIs(q) == consumed = q                   \* success of a CAS on the consumer position

-------------------------------------------------------------------------------
(* flush: also the first part of reset *)
AfterFlush(p) == IF p \in Resetters THEN "ResetLoadBound" ELSE "Done"

FlushLoadTail(p) ==
    /\ pc[p] = "FlushLoadTail"
    /\ IF NothingToFlush(tail) THEN Step(p, AfterFlush(p), Idle)
       ELSE Step(p, "FlushCas", [Idle EXCEPT !.loaded = tail])
    /\ UNCHANGED <<words, world>>

FlushCas(p) ==
    /\ pc[p] = "FlushCas"
    /\ LET t == local[p].loaded IN
       IF TailIs(t)
       THEN /\ tail' = MoveTo(t, t.q, S)
            /\ Step(p, AfterClose, [Idle EXCEPT !.own = Padding(t)])
       ELSE Step(p, "FlushLoadTail", Idle) /\ UNCHANGED tail
    /\ UNCHANGED <<consumed, slots, sleep, counters, world>>

-------------------------------------------------------------------------------
(* close *)
CloseLoadTail(p) ==
    /\ pc[p] = "CloseLoadTail"
    /\ IF tail.fin THEN Step(p, "Done", Idle)
       ELSE Step(p, "FinalizeCas", [Idle EXCEPT !.loaded = tail])
    /\ UNCHANGED <<words, world>>

Finalized(t) == [(IF t.off = 0 THEN t ELSE MoveTo(t, t.q, S)) EXCEPT !.fin = TRUE]
FinalizeCas(p) ==
    /\ pc[p] = "FinalizeCas"
    /\ LET t == local[p].loaded IN
       IF TailIs(t)
       THEN /\ tail' = Finalized(t)
            /\ IF t.off = 0 THEN Step(p, "StoreClosed", Idle)
               ELSE Step(p, AfterClose, [Idle EXCEPT !.own = Padding(t)])
       ELSE Step(p, "CloseLoadTail", Idle) /\ UNCHANGED tail
    /\ UNCHANGED <<consumed, slots, sleep, counters, world>>

StoreClosed(p) ==
    /\ pc[p] = "StoreClosed"
    /\ closed' = 1
    /\ Step(p, AfterStoreClosed, Idle)
    /\ UNCHANGED <<tail, consumed, slots, waiting, permit, counters, world>>

-------------------------------------------------------------------------------
(* pause, then resume *)
LoadForFlag(p, to, then, value) ==
    /\ IF tail.fin \/ tail.paused = value THEN Step(p, then, Idle)
       ELSE Step(p, to, [Idle EXCEPT !.loaded = tail])
    /\ UNCHANGED <<words, world>>
CasFlag(p, again, then, value) ==
    /\ IF TailIs(local[p].loaded)
       THEN tail' = [tail EXCEPT !.paused = value] /\ Step(p, then, Idle)
       ELSE Step(p, again, Idle) /\ UNCHANGED tail
    /\ UNCHANGED <<consumed, slots, sleep, counters, world>>

PauseLoadTail(p)  == pc[p] = "PauseLoadTail" /\ LoadForFlag(p, "PauseCas", "ResumeLoadTail", TRUE)
PauseCas(p)       == pc[p] = "PauseCas" /\ CasFlag(p, "PauseLoadTail", "ResumeLoadTail", TRUE)
ResumeLoadTail(p) == pc[p] = "ResumeLoadTail" /\ LoadForFlag(p, "ResumeCas", "Done", FALSE)
ResumeCas(p)      == pc[p] = "ResumeCas" /\ CasFlag(p, "ResumeLoadTail", "Done", FALSE)

-------------------------------------------------------------------------------
(* reset: flush, then consume everything before the bound *)
ResetLoadBound(p) ==
    /\ pc[p] = "ResetLoadBound"
    /\ Step(p, "ResetLoadConsumed", [Idle EXCEPT !.bound = tail.q, !.rounds = N])
    /\ UNCHANGED <<words, world>>

Round(p) ==             \* the next of at most n: each has moved consumed, or has seen it moved
    IF local[p].rounds = 1 THEN Step(p, "Done", Idle)
    ELSE Step(p, "ResetLoadConsumed",
              [Idle EXCEPT !.bound = local[p].bound, !.rounds = local[p].rounds - 1])

ResetLoadConsumed(p) ==                         \* others may have gone past the bound
    /\ pc[p] = "ResetLoadConsumed"
    /\ IF Distance(local[p].bound, consumed) \in 1..N
       THEN Step(p, "ResetLoadDelivered", [local[p] EXCEPT !.seen = consumed])
       ELSE Step(p, "Done", Idle)
    /\ UNCHANGED <<words, world>>

ResetLoadDelivered(p) ==                        \* padding and records are read just after
    /\ pc[p] = "ResetLoadDelivered"
    /\ LET q == local[p].seen IN
       IF delivered[Slot(q)] = Add(q, 1)
       THEN Step(p, "ResetCas", [local[p] EXCEPT !.got = [subbufs |-> 1, records |-> records[Slot(q)],
                                                          bytes |-> S - H - padding[Slot(q)]]])
       ELSE Step(p, "ResetRecheckConsumed", local[p])
    /\ UNCHANGED <<words, world>>

ResetRecheckConsumed(p) ==                      \* unchanged: a writer still holds it, give up
    /\ pc[p] = "ResetRecheckConsumed"
    /\ IF consumed = local[p].seen THEN Step(p, "Done", Idle) ELSE Round(p)
    /\ UNCHANGED <<words, world>>

ResetCas(p) ==
    /\ pc[p] = "ResetCas"
    /\ IF ConsumedIs(local[p].seen)
       THEN Release(1) /\ Step(p, "CountSkipped", [local[p] EXCEPT !.seen = NoSequence])
       ELSE Round(p) /\ UNCHANGED <<consumed, log, data>>
    /\ UNCHANGED <<tail, slots, sleep, counters, refusals, freed, passed, faults>>

CountSkipped(p) ==                              \* a resetter, or a consumer that jumps ahead
    /\ pc[p] = "CountSkipped"
    /\ Count("SKIPPED", local[p].got)
    /\ IF p \in Resetters THEN Round(p)
       ELSE Step(p, "TakeLoadConsumed", Idle)
    /\ UNCHANGED <<tail, consumed, slots, sleep, world>>
===============================================================================
