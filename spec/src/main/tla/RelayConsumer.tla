----------------------------- MODULE RelayConsumer -----------------------------
(* The consumer (take, consume, pass, jump ahead, poll with waiting), the        *)
(* snapshot reader and the reader of the current sub-buffer. Java: Consumer,     *)
(* Window, RelayStream, Waiting, Snapshot.                                       *)
(* A copy is one step here: what makes a copy bad is a byte overwritten before   *)
(* it is read, and the validation after the copy has to find that whenever it    *)
(* happened. A bad copy that passes its validation is the fault "Torn".          *)
EXTENDS RelayControl

-------------------------------------------------------------------------------
(* Decisions, and where they lead, as in RelayWriter.                            *)
Ready(q) == delivered[Slot(q)] = Add(q, 1)
CopyPc == IF Overwrite THEN "CopyData" ELSE "ReadData"
ConsumeValid(q) == ConsumedIs(q)
IsClosed(q, t) == Distance(t.q, q) \in 1..N
StillHeld(q) == delivered[Slot(q)] = Lap(q)     \* success of the passing consumer's CAS
Skippable(q) == Ready(q)
AfterSetWaiting == "TakeLoadConsumed"
NotReopened(q, t) == LET d == Distance(t.q, q) IN d < N \/ (d = N /\ t.off = 0)
SnapshotValid(q) == NotReopened(q, tail)
LapBefore(q) == delivered[Slot(q)] = Lap(q)
ComparesTail == TRUE                            \* several writers: what is committed may have holes
Stable(q, bytes) == tail.q = q /\ tail.off = bytes /\ bytes > 0
PartialValid(r) == IF r \in Partials THEN consumed = local[r].seen ELSE NotReopened(local[r].seen, tail)

-------------------------------------------------------------------------------
(* take *)
TakeLoadConsumed(k) ==
    /\ pc[k] = "TakeLoadConsumed"
    /\ Step(k, "TakeLoadDelivered", [local[k] EXCEPT !.seen = consumed])
    /\ UNCHANGED <<words, world>>

TakeLoadDelivered(k) ==
    /\ pc[k] = "TakeLoadDelivered"
    /\ IF Ready(local[k].seen) THEN Step(k, IF local[k].armed THEN "ClearWaiting" ELSE CopyPc,
                                      [local[k] EXCEPT !.armed = FALSE])
       ELSE IF Passes /\ ~local[k].armed
            THEN IF Overwrite THEN Step(k, "TakeRecheckConsumed", local[k]) ELSE Step(k, "PassLoadConsumed", Idle)
       ELSE IF Waits THEN Step(k, "LoadClosed", local[k])
       ELSE Step(k, "TakeLoadConsumed", Idle)
    /\ UNCHANGED <<words, world>>

TakeRecheckConsumed(k) ==                       \* it was overwritten meanwhile: take what is the oldest now
    /\ pc[k] = "TakeRecheckConsumed"
    /\ Step(k, IF consumed = local[k].seen THEN "PassLoadConsumed" ELSE "TakeLoadConsumed", Idle)
    /\ UNCHANGED <<words, world>>

Copy(k) ==                                      \* padding and records are read first
    LET q == local[k].seen
        pad == padding[Slot(q)]
    IN Step(k, "ConsumeCas", [local[k] EXCEPT !.good = Whole(q, pad),
              !.got = [subbufs |-> 1, records |-> records[Slot(q)], bytes |-> S - H - pad]])
ReadData(k) == pc[k] = "ReadData" /\ Copy(k) /\ UNCHANGED <<words, world>>
CopyData(k) == pc[k] = "CopyData" /\ Copy(k) /\ UNCHANGED <<words, world>>

ConsumeCas(k) ==
    /\ pc[k] = "ConsumeCas"
    /\ IF ConsumeValid(local[k].seen)
       THEN /\ Release(1)
            /\ Fault(~local[k].good, "Torn")
            /\ Step(k, "CountDelivered", [Idle EXCEPT !.got = local[k].got])
       ELSE /\ Step(k, IF Overwrite THEN "SkipLoadConsumed" ELSE "TakeLoadConsumed", Idle)
            /\ UNCHANGED <<consumed, log, data, faults>>
    /\ UNCHANGED <<tail, slots, sleep, counters, refusals, freed, passed>>

CountDelivered(k) ==
    /\ pc[k] = "CountDelivered"
    /\ Count("DELIVERED", local[k].got)
    /\ Step(k, "TakeLoadConsumed", Idle)
    /\ UNCHANGED <<tail, consumed, slots, sleep, world>>

-------------------------------------------------------------------------------
(* pass: the sub-buffer next in order is closed, and a writer holds it. The CAS   *)
(* on delivered takes it from its deliverer, or comes too late: then it can be    *)
(* taken. The deliverer will account for it; until then its slot is not opened.   *)
NotHeld(k) == IF Waits THEN Step(k, "LoadClosed", Idle) ELSE Step(k, "TakeLoadConsumed", Idle)

PassLoadConsumed(k) ==
    /\ pc[k] = "PassLoadConsumed"
    /\ Step(k, "PassLoadTail", [Idle EXCEPT !.seen = consumed])
    /\ UNCHANGED <<words, world>>

PassLoadTail(k) ==
    /\ pc[k] = "PassLoadTail"
    /\ IF IsClosed(local[k].seen, tail) THEN Step(k, "PassLoadDelivered", local[k]) ELSE NotHeld(k)
    /\ UNCHANGED <<words, world>>

PassLoadDelivered(k) ==                         \* or an earlier consumer has died in mid-pass
    /\ pc[k] = "PassLoadDelivered"
    /\ LET q == local[k].seen IN
       IF delivered[Slot(q)] = Lap(q) THEN Step(k, "PassCas", local[k])
       ELSE IF delivered[Slot(q)] = Passed(Lap(q)) THEN Step(k, "PassConsumeCas", local[k])
       ELSE NotHeld(k)
    /\ UNCHANGED <<words, world>>

PassCas(k) ==
    /\ pc[k] = "PassCas"
    /\ LET q == local[k].seen IN
       IF StillHeld(q)
       THEN /\ delivered' = [delivered EXCEPT ![Slot(q)] = Passed(Lap(q))]
            /\ Step(k, "PassConsumeCas", local[k])
       ELSE NotHeld(k) /\ UNCHANGED delivered
    /\ UNCHANGED <<tail, consumed, commitBytes, commitRecords, padding, records, sleep, counters, world>>

PassConsumeCas(k) ==                            \* it fails if the deliverer has helped
    /\ pc[k] = "PassConsumeCas"
    /\ IF ConsumedIs(local[k].seen) THEN PassOver(local[k].seen) ELSE UNCHANGED <<consumed, past>>
    /\ Step(k, "TakeLoadConsumed", Idle)
    /\ UNCHANGED <<tail, slots, sleep, counters, refusals, memory, faults>>

CrashPassing(k) ==                              \* the consumer dies in mid-pass, the next one begins
    /\ k \in Crashers
    /\ pc[k] = "PassConsumeCas"
    /\ Step(k, "TakeLoadConsumed", Idle)
    /\ UNCHANGED <<words, world>>

-------------------------------------------------------------------------------
(* jump ahead: to the middle of what is retained, but over delivered ones only *)
SkipLoadConsumed(k) ==
    /\ pc[k] = "SkipLoadConsumed"
    /\ Step(k, "SkipLoadTail", [Idle EXCEPT !.seen = consumed])
    /\ UNCHANGED <<words, world>>

SkipLoadTail(k) ==
    /\ pc[k] = "SkipLoadTail"
    /\ LET retained == Distance(tail.q, local[k].seen)
           ahead == (IF retained < N THEN retained ELSE N) \div 2 IN
       IF ahead = 0 THEN Step(k, "TakeLoadConsumed", Idle)
       ELSE Step(k, "SkipLoadDelivered", [local[k] EXCEPT !.bound = Add(local[k].seen, ahead)])
    /\ UNCHANGED <<words, world>>

SkipLoadDelivered(k) ==                         \* once per sub-buffer, up to the first undelivered
    /\ pc[k] = "SkipLoadDelivered"
    /\ LET me == local[k]
           q == Add(me.seen, me.got.subbufs)
           sum == Plus(me.got, [subbufs |-> 1, records |-> records[Slot(q)],
                                bytes |-> S - H - padding[Slot(q)]])
       IN IF Skippable(q)
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
    /\ UNCHANGED <<tail, slots, sleep, counters, refusals, freed, passed, faults>>

-------------------------------------------------------------------------------
(* poll: nothing is ready. Look, set waiting, look again, sleep, set waiting,   *)
(* look again, and so on. A look is: consumed, delivered, closed and, if closed, *)
(* tail and consumed. It starts from a fresh consumer position each time.       *)
NotFound(k) == IF local[k].armed THEN Step(k, "Sleep", [Idle EXCEPT !.armed = TRUE])
               ELSE Step(k, "SetWaiting", Idle)

LoadClosed(k) ==
    /\ pc[k] = "LoadClosed"
    /\ IF closed = 1 THEN Step(k, "HangupLoadTail", local[k]) ELSE NotFound(k)
    /\ UNCHANGED <<words, world>>

HangupLoadTail(k) ==                            \* the tail is final now
    /\ pc[k] = "HangupLoadTail"
    /\ IF tail.fin /\ tail.off = 0 THEN Step(k, "HangupLoadConsumed", [local[k] EXCEPT !.bound = tail.q])
       ELSE NotFound(k)
    /\ UNCHANGED <<words, world>>

HangupLoadConsumed(k) ==
    /\ pc[k] = "HangupLoadConsumed"
    /\ IF local[k].bound # consumed THEN NotFound(k)
       ELSE Step(k, IF local[k].armed THEN "ClearWaiting" ELSE "Done", [Idle EXCEPT !.armed = local[k].armed])
    /\ UNCHANGED <<words, world>>

SetWaiting(k) ==
    /\ pc[k] = "SetWaiting"
    /\ waiting' = 1
    /\ Step(k, AfterSetWaiting, [local[k] EXCEPT !.armed = TRUE])
    /\ UNCHANGED <<tail, consumed, slots, closed, permit, counters, world>>

Sleep(k) ==                                     \* park: blocks until there is a permit
    /\ pc[k] = "Sleep"
    /\ permit
    /\ permit' = FALSE
    /\ Step(k, "SetWaiting", Idle)
    /\ UNCHANGED <<tail, consumed, slots, waiting, closed, counters, world>>

Timeout(k) ==                                   \* who may pass does not sleep for ever
    /\ Passes
    /\ pc[k] = "Sleep"
    /\ Step(k, "ClearWaiting", Idle)
    /\ UNCHANGED <<words, world>>

ClearWaiting(k) ==                              \* still armed: at the end
    /\ pc[k] = "ClearWaiting"
    /\ waiting' = 0
    /\ Step(k, IF local[k].armed THEN "Done" ELSE "TakeLoadConsumed", Idle)
    /\ UNCHANGED <<tail, consumed, slots, closed, permit, counters, world>>

-------------------------------------------------------------------------------
(* snapshot: copies what is retained, consumes nothing, validates on the tail *)

SnapLoadConsumed(s) ==                          \* before the tail, so that it is not ahead of it
    /\ pc[s] = "SnapLoadConsumed"
    /\ Step(s, "SnapLoadTail", [Idle EXCEPT !.seen = consumed])
    /\ UNCHANGED <<words, world>>

Onwards(s, q, me) == IF q = me.bound THEN Step(s, "PartialLoadDelivered", [Idle EXCEPT !.seen = q])
                     ELSE Step(s, "SnapLoadDelivered", [Idle EXCEPT !.seen = q, !.bound = me.bound])
SnapLoadTail(s) ==
    /\ pc[s] = "SnapLoadTail"
    /\ LET c == local[s].seen
           oldest == IF Distance(tail.q, c) >= N THEN Oldest(tail.q) ELSE c
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
    /\ UNCHANGED <<words, refusals, memory, past>>

-------------------------------------------------------------------------------
(* partial: the committed prefix of the sub-buffer at the consumer position     *)
(* (read), or of the current one (the end of a snapshot, one attempt). The      *)
(* former validates on consumed, the latter on the tail.                        *)
Again(r) == Step(r, IF r \in Partials THEN "PartialLoadConsumed" ELSE "Done", Idle)

PartialLoadConsumed(r) ==
    /\ pc[r] = "PartialLoadConsumed"
    /\ Step(r, "PartialLoadDelivered", [Idle EXCEPT !.seen = consumed])
    /\ UNCHANGED <<words, world>>

PartialLoadDelivered(r) ==
    /\ pc[r] = "PartialLoadDelivered"
    /\ IF LapBefore(local[r].seen) THEN Step(r, "PartialLoadCommit", local[r]) ELSE Again(r)
    /\ UNCHANGED <<words, world>>

PartialLoadCommit(r) ==
    /\ pc[r] = "PartialLoadCommit"
    /\ LET s == Slot(local[r].seen)
           me == [local[r] EXCEPT !.got =
                    [subbufs |-> 0, records |-> commitRecords[s], bytes |-> commitBytes[s]]]
       IN  IF ComparesTail THEN Step(r, "PartialRecheckTail", me)
           ELSE IF me.got.bytes > 0 THEN Step(r, "PartialCopy", me)
           ELSE Again(r)
    /\ UNCHANGED <<words, world>>

PartialRecheckTail(r) ==
    /\ pc[r] = "PartialRecheckTail"
    /\ IF Stable(local[r].seen, local[r].got.bytes) THEN Step(r, "PartialCopy", local[r]) ELSE Again(r)
    /\ UNCHANGED <<words, world>>

PartialCopy(r) ==
    /\ pc[r] = "PartialCopy"
    /\ Step(r, "PartialValidate", [local[r] EXCEPT !.good = OneLap(local[r].seen, local[r].got.bytes)])
    /\ UNCHANGED <<words, world>>

PartialValidate(r) ==
    /\ pc[r] = "PartialValidate"
    /\ IF PartialValid(r)
       THEN Step(r, "Done", Idle) /\ Fault(~local[r].good, "Torn")
       ELSE Again(r) /\ UNCHANGED faults
    /\ UNCHANGED <<words, refusals, memory, past>>
===============================================================================
