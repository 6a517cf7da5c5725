----------------------------- MODULE RelayConsumer -----------------------------
(* The consumer (take, consume, jump ahead, poll with waiting), the snapshot     *)
(* reader and the reader of the current sub-buffer. Java: Consumer.              *)
(* A copy is one step here: what makes a copy bad is a byte overwritten before   *)
(* it is read, and the validation after the copy has to find that whenever it    *)
(* happened. A bad copy that passes its validation is the fault "Torn".          *)
EXTENDS RelayControl

-------------------------------------------------------------------------------
(* take *)
Ready(q) == delivered[Slot(q)] = Add(q, 1)
CopyPc == IF Overwrite THEN "CopyData" ELSE "ReadData"
FirstWaitStep == "SetWaiting"

TakeLoadConsumed(k) ==
    /\ pc[k] = "TakeLoadConsumed"
    /\ Step(k, "TakeLoadDelivered", [Idle EXCEPT !.seen = consumed])
    /\ UNCHANGED <<words, world>>

TakeLoadDelivered(k) ==
    /\ pc[k] = "TakeLoadDelivered"
    /\ IF Ready(local[k].seen) THEN Step(k, CopyPc, local[k])
       ELSE IF Waits THEN Step(k, "LoadClosed", local[k])
       ELSE Step(k, "TakeLoadConsumed", Idle)
    /\ UNCHANGED <<words, world>>

Copy(k) ==                                      \* padding and records are read first
    LET q == local[k].seen
        pad == padding[Slot(q)]
    IN Step(k, "ConsumeCas", [local[k] EXCEPT !.good = Whole(q, pad),
              !.got = [subbufs |-> 1, records |-> records[Slot(q)], bytes |-> S - H - pad]])
ReadData(k) == pc[k] = "ReadData" /\ Copy(k) /\ UNCHANGED <<words, world>>
CopyData(k) == pc[k] = "CopyData" /\ Copy(k) /\ UNCHANGED <<words, world>>

ConsumeValid(q) == ConsumedIs(q)
ConsumeCas(k) ==
    /\ pc[k] = "ConsumeCas"
    /\ IF ConsumeValid(local[k].seen)
       THEN /\ Release(1)
            /\ Fault(~local[k].good, "Torn")
            /\ Step(k, "CountDelivered", [Idle EXCEPT !.got = local[k].got])
       ELSE /\ Step(k, IF Overwrite THEN "SkipLoadConsumed" ELSE "TakeLoadConsumed", Idle)
            /\ UNCHANGED <<consumed, log, data, faults>>
    /\ UNCHANGED <<tail, slots, sleep, counters, refusals>>

CountDelivered(k) ==
    /\ pc[k] = "CountDelivered"
    /\ Count("DELIVERED", local[k].got)
    /\ Step(k, "TakeLoadConsumed", Idle)
    /\ UNCHANGED <<tail, consumed, slots, sleep, world>>

-------------------------------------------------------------------------------
(* jump ahead: to the middle of what is retained, but over delivered ones only *)
SkipLoadConsumed(k) ==
    /\ pc[k] = "SkipLoadConsumed"
    /\ Step(k, "SkipLoadTail", [Idle EXCEPT !.seen = consumed])
    /\ UNCHANGED <<words, world>>

SkipLoadTail(k) ==
    /\ pc[k] = "SkipLoadTail"
    /\ LET ahead == Distance(tail.q, local[k].seen) \div 2 IN
       IF ahead = 0 THEN Step(k, "TakeLoadConsumed", Idle)
       ELSE Step(k, "SkipLoadDelivered", [local[k] EXCEPT !.bound = Add(local[k].seen, ahead)])
    /\ UNCHANGED <<words, world>>

SkipLoadDelivered(k) ==                         \* once per sub-buffer, up to the first undelivered
    /\ pc[k] = "SkipLoadDelivered"
    /\ LET me == local[k]
           q == Add(me.seen, me.got.subbufs)
           sum == Plus(me.got, [subbufs |-> 1, records |-> records[Slot(q)],
                                bytes |-> S - H - padding[Slot(q)]])
       IN IF Ready(q)
          THEN IF Add(q, 1) = me.bound
               THEN Step(k, "SkipCas", [me EXCEPT !.bound = NoSequence, !.got = sum])
               ELSE Step(k, "SkipLoadDelivered", [me EXCEPT !.got = sum])
          ELSE IF me.got.subbufs > 0 THEN Step(k, "SkipCas", [me EXCEPT !.bound = NoSequence])
          ELSE Step(k, "TakeLoadConsumed", Idle)
    /\ UNCHANGED <<words, world>>

SkipCas(k) ==
    /\ pc[k] = "SkipCas"
    /\ IF ConsumedIs(local[k].seen)
       THEN /\ Release(local[k].got.subbufs)
            /\ Step(k, "CountSkipped", [Idle EXCEPT !.got = local[k].got])
       ELSE /\ Step(k, "TakeLoadConsumed", Idle)
            /\ UNCHANGED <<consumed, log, data>>
    /\ UNCHANGED <<tail, slots, sleep, counters, refusals, faults>>

-------------------------------------------------------------------------------
(* poll: nothing is ready *)
LoadClosed(k) ==
    /\ pc[k] = "LoadClosed"
    /\ IF closed = 1 THEN Step(k, "HangupLoadTail", [local[k] EXCEPT !.hangs = TRUE])
       ELSE Step(k, FirstWaitStep, local[k])
    /\ UNCHANGED <<words, world>>

HangupLoadTail(k) ==                            \* the tail is final: consumed = tail means drained
    /\ pc[k] = "HangupLoadTail"
    /\ IF tail.q = local[k].seen /\ tail.off = 0 THEN Step(k, "Done", Idle)
       ELSE Step(k, FirstWaitStep, local[k])
    /\ UNCHANGED <<words, world>>

AfterSetWaiting == "RecheckDelivered"
AfterRecheck == "Sleep"
StillEmpty(q) == delivered[Slot(q)] = Lap(q)    \* not "# q+1": others may have moved past q

SetWaiting(k) ==
    /\ pc[k] = "SetWaiting"
    /\ waiting' = 1
    /\ Goto(k, AfterSetWaiting)
    /\ UNCHANGED <<tail, consumed, slots, closed, permit, counters, local, world>>

RecheckDelivered(k) ==
    /\ pc[k] = "RecheckDelivered"
    /\ IF ~StillEmpty(local[k].seen) THEN Step(k, "ClearWaiting", Idle)
       ELSE IF local[k].hangs THEN Step(k, AfterRecheck, Idle)
       ELSE Step(k, "RecheckClosed", local[k])
    /\ UNCHANGED <<words, world>>

RecheckClosed(k) ==                             \* only if it was open when we last looked
    /\ pc[k] = "RecheckClosed"
    /\ Step(k, IF closed = 1 THEN "ClearWaiting" ELSE AfterRecheck, Idle)
    /\ UNCHANGED <<words, world>>

Sleep(k) ==                                     \* park: blocks until there is a permit
    /\ pc[k] = "Sleep"
    /\ permit
    /\ permit' = FALSE
    /\ Step(k, "ClearWaiting", Idle)
    /\ UNCHANGED <<tail, consumed, slots, waiting, closed, counters, world>>

ClearWaiting(k) ==
    /\ pc[k] = "ClearWaiting"
    /\ waiting' = 0
    /\ Goto(k, "TakeLoadConsumed")
    /\ UNCHANGED <<tail, consumed, slots, closed, permit, counters, local, world>>

-------------------------------------------------------------------------------
(* snapshot: copies what is retained, consumes nothing, validates on the tail *)
NotReopened(q, t) == LET d == Distance(t.q, q) IN d < N \/ (d = N /\ t.off = 0)
SnapshotValid(q) == NotReopened(q, tail)

SnapLoadConsumed(s) ==                          \* before the tail, so that it is not ahead of it
    /\ pc[s] = "SnapLoadConsumed"
    /\ Step(s, "SnapLoadTail", [Idle EXCEPT !.seen = consumed])
    /\ UNCHANGED <<words, world>>

Onwards(s, q, me) == IF q = me.bound THEN Step(s, "Done", Idle)
                     ELSE Step(s, "SnapLoadDelivered", [Idle EXCEPT !.seen = q, !.bound = me.bound])
SnapLoadTail(s) ==
    /\ pc[s] = "SnapLoadTail"
    /\ LET c == local[s].seen
           oldest == IF Distance(tail.q, c) >= N THEN Add(tail.q, 1 - N) ELSE c
       IN Onwards(s, oldest, [Idle EXCEPT !.bound = tail.q])
    /\ UNCHANGED <<words, world>>

SnapLoadDelivered(s) ==
    /\ pc[s] = "SnapLoadDelivered"
    /\ IF Ready(local[s].seen) THEN Step(s, "SnapCopy", local[s])
       ELSE Onwards(s, Add(local[s].seen, 1), local[s])
    /\ UNCHANGED <<words, world>>

SnapCopy(s) ==
    /\ pc[s] = "SnapCopy"
    /\ LET q == local[s].seen IN
       Step(s, "SnapValidate", [local[s] EXCEPT !.good = OneLap(q, S - padding[Slot(q)])])
    /\ UNCHANGED <<words, world>>

SnapValidate(s) ==
    /\ pc[s] = "SnapValidate"
    /\ Fault(SnapshotValid(local[s].seen) /\ ~local[s].good, "Torn")
    /\ Onwards(s, Add(local[s].seen, 1), local[s])
    /\ UNCHANGED <<words, refusals, data, log>>

-------------------------------------------------------------------------------
(* partial: the committed prefix of the current sub-buffer *)
Again(r) == Step(r, "PartialLoadTail", Idle)

PartialLoadTail(r) ==
    /\ pc[r] = "PartialLoadTail"
    /\ tail.off # 0                             \* else it would only spin
    /\ Step(r, "PartialLoadDelivered", [Idle EXCEPT !.seen = tail.q])
    /\ UNCHANGED <<words, world>>

LapBefore(q) == delivered[Slot(q)] = Lap(q)
PartialLoadDelivered(r) ==
    /\ pc[r] = "PartialLoadDelivered"
    /\ IF LapBefore(local[r].seen) THEN Step(r, "PartialLoadCommit", local[r]) ELSE Again(r)
    /\ UNCHANGED <<words, world>>

PartialLoadCommit(r) ==
    /\ pc[r] = "PartialLoadCommit"
    /\ LET s == Slot(local[r].seen) IN
       Step(r, "PartialRecheckTail", [local[r] EXCEPT !.got =
                [subbufs |-> 0, records |-> commitRecords[s], bytes |-> commitBytes[s]]])
    /\ UNCHANGED <<words, world>>

Stable(q, bytes) == tail.q = q /\ tail.off = bytes
PartialRecheckTail(r) ==
    /\ pc[r] = "PartialRecheckTail"
    /\ IF Stable(local[r].seen, local[r].got.bytes) THEN Step(r, "PartialCopy", local[r]) ELSE Again(r)
    /\ UNCHANGED <<words, world>>

PartialCopy(r) ==
    /\ pc[r] = "PartialCopy"
    /\ Step(r, "PartialValidate", [local[r] EXCEPT !.good = OneLap(local[r].seen, local[r].got.bytes)])
    /\ UNCHANGED <<words, world>>

PartialValidate(r) ==                           \* in both modes: somebody else may consume
    /\ pc[r] = "PartialValidate"
    /\ IF NotReopened(local[r].seen, tail)
       THEN Step(r, "Done", Idle) /\ Fault(~local[r].good, "Torn")
       ELSE Again(r) /\ UNCHANGED faults
    /\ UNCHANGED <<words, refusals, data, log>>
===============================================================================
