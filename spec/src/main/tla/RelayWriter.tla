------------------------------ MODULE RelayWriter ------------------------------
(* reserve, write, commit or abort, the delivery by the last committer, and the *)
(* end: the last delivery after close lets go of the memory.                    *)
(* Java: SharedWriter, SubBufferSwitch.                                         *)
EXTENDS RelayState

-------------------------------------------------------------------------------
(* Decisions, and where they lead: an operator each, so that a mutant can       *)
(* replace exactly one.                                                         *)
Full(q, c) == Distance(q, c) >= N               \* a stale q looks full: RecheckTail sorts it out
SlotFree(q) == delivered[Slot(q)] = Lap(q)      \* the lap before is delivered
Oldest(q) == Add(q, Modulus - N)                \* what the opener of q overwrites
TailIs(t) == tail = t                           \* success of a CAS on the tail
AppendOk(t) == TailIs(t)
RecheckOk(t) == TailIs(t)
FailsAtOnce(t) == t.fin \/ t.paused
FirstLook == "LoadDelivered"
Branch(t, len) == IF t.off = 0 THEN FirstLook
                  ELSE IF t.off + len <= S THEN "AppendCas" ELSE "CloseCas"
AfterAdmit == IF Overwrite THEN "PushConsumed" ELSE "OpenCas"
AfterPush == "CountOverwritten"
AfterPushing == "OpenCas"
AfterOpen(len) == IF H + len = S THEN "StorePadding" ELSE "OnStart"
AfterAppend(t, len) == IF t.off + len = S THEN "StorePadding" ELSE "WriteData"
AfterClose == "StorePadding"
StartPadding(q) == padding                      \* onStart leaves the padding alone
AfterStart == IF H > 0 THEN "CommitHeader" ELSE "WriteData"
AfterHeader == "WriteData"
AfterWrite(r) == IF r \in Aborts THEN "CountAborted" ELSE "Commit"
AfterAbort(w) == "Commit"
CommitSize(own) == own.len
Completes(bytes) == bytes = S
AfterEnd == "StoreRecords"
AfterRecords == "ResetCommit"
Cleared(word) == [word EXCEPT !.bytes = 0, !.records = 0]
NotPassed(q) == delivered[Slot(q)] = Lap(q)     \* success of the deliverer's CAS
IfPassed == "HelpPass"
AfterDeliver == "LoadWaiting"
Settled(q) == delivered[Slot(q)] = Add(q, 1)

-------------------------------------------------------------------------------
(* reserve *)
LoadTail(w) ==
    /\ pc[w] = "LoadTail"
    /\ IF FailsAtOnce(tail)
       THEN Step(w, "CountLost", [local[w] EXCEPT !.cause = IF tail.fin THEN "CLOSED" ELSE "PAUSED",
                                                  !.excuse = TRUE])
       ELSE Step(w, Branch(tail, Message(w)), [local[w] EXCEPT !.loaded = tail])
    /\ UNCHANGED <<words, world>>

(* History: a cause is true if the position (not the flags) is still the loaded *)
(* one; FULL, moreover, only if no writer holds the slot, else it is STALLED.   *)
Recheck(w, cause) ==
    LET q == local[w].loaded.q IN
    Step(w, "RecheckTail", [local[w] EXCEPT !.cause = cause,
            !.excuse = /\ tail.q = q /\ tail.off = local[w].loaded.off
                       /\ cause = "FULL" => delivered[Slot(q)] = Lap(q)])

Admit(w) ==                                     \* the client's predicate
    LET q == local[w].loaded.q IN
    IF q \in DOMAIN refusals /\ refusals[q] > 0
    THEN Recheck(w, "REFUSED") /\ refusals' = [refusals EXCEPT ![q] = @ - 1]
    ELSE Step(w, AfterAdmit, local[w]) /\ UNCHANGED refusals

LoadDelivered(w) ==                             \* in overwrite mode then admit
    /\ pc[w] = "LoadDelivered"
    /\ IF ~SlotFree(local[w].loaded.q) THEN Recheck(w, "STALLED") /\ UNCHANGED refusals
       ELSE IF Overwrite THEN Admit(w)
       ELSE Step(w, "LoadConsumed", local[w]) /\ UNCHANGED refusals
    /\ UNCHANGED <<words, memory, past, faults>>

LoadConsumed(w) ==                              \* no-overwrite only, then admit
    /\ pc[w] = "LoadConsumed"
    /\ IF Full(local[w].loaded.q, consumed) THEN Recheck(w, "FULL") /\ UNCHANGED refusals
       ELSE Admit(w)
    /\ UNCHANGED <<words, memory, past, faults>>

(* Overwrite only, like the next: the position is compared with q - n, nothing  *)
(* else. A test "distance >= n" would be true for a stale q, behind consumed.  *)
(* Padding and records are read just before: if the CAS succeeds they are q-n's. *)
PushConsumed(w) ==
    /\ pc[w] = "PushConsumed"
    /\ LET q == local[w].loaded.q
           s == Slot(q)
       IN
       IF consumed = Oldest(q)
       THEN /\ Release(1)
            /\ Step(w, AfterPush, [local[w] EXCEPT
                    !.got = [subbufs |-> 1, records |-> records[s], bytes |-> S - H - padding[s]]])
       ELSE /\ Step(w, AfterPushing, local[w])
            /\ UNCHANGED <<consumed, log, data>>
    /\ UNCHANGED <<tail, slots, sleep, counters, refusals, freed, passed, faults>>

CountOverwritten(w) ==
    /\ pc[w] = "CountOverwritten"
    /\ Count("OVERWRITTEN", local[w].got)
    /\ Step(w, AfterPushing, [local[w] EXCEPT !.got = Zero])
    /\ UNCHANGED <<tail, consumed, slots, sleep, world>>

Restart(w) == Step(w, "LoadTail", Clear(w)) /\ UNCHANGED <<tail, log, data>>

OpenCas(w) ==                                   \* opening makes the old content undefined
    /\ pc[w] = "OpenCas"
    /\ LET t == local[w].loaded IN
       IF TailIs(t)
       THEN /\ tail' = MoveTo(t, t.q, H + Message(w))
            /\ log' = Append(log, [recs |-> <<Record(w)>>, started |-> FALSE, ended |-> FALSE])
            /\ data' = [data EXCEPT ![Slot(t.q)] = Blank]
            /\ Step(w, AfterOpen(Message(w)), [Clear(w) EXCEPT
                        !.own = [q |-> t.q, off |-> H, len |-> Message(w), head |-> H,
                                 kind |-> "record"]])
       ELSE Restart(w)
    /\ UNCHANGED <<consumed, slots, sleep, counters, refusals, freed, passed, faults>>

AppendCas(w) ==
    /\ pc[w] = "AppendCas"
    /\ LET t == local[w].loaded IN
       IF AppendOk(t)
       THEN /\ tail' = MoveTo(t, t.q, t.off + Message(w))
            /\ log' = [log EXCEPT ![Len(log)].recs = Append(@, Record(w))]
            /\ Step(w, AfterAppend(t, Message(w)), [Clear(w) EXCEPT
                        !.own = [q |-> t.q, off |-> t.off, len |-> Message(w), head |-> 0,
                                 kind |-> "record"]])
            /\ UNCHANGED data
       ELSE Restart(w)
    /\ UNCHANGED <<consumed, slots, sleep, counters, refusals, freed, passed, faults>>

Padding(t) == [q |-> t.q, off |-> t.off, len |-> S - t.off, head |-> 0, kind |-> "padding"]

CloseCas(w) ==
    /\ pc[w] = "CloseCas"
    /\ LET t == local[w].loaded IN
       IF TailIs(t)
       THEN /\ tail' = MoveTo(t, t.q, S)
            /\ Step(w, AfterClose, [Clear(w) EXCEPT !.own = Padding(t)])
            /\ UNCHANGED <<log, data>>
       ELSE Restart(w)
    /\ UNCHANGED <<consumed, slots, sleep, counters, refusals, freed, passed, faults>>

RecheckTail(w) ==
    /\ pc[w] = "RecheckTail"
    /\ IF RecheckOk(local[w].loaded)
       THEN Step(w, "CountLost", [local[w] EXCEPT !.loaded = NoTail])
       ELSE Step(w, "LoadTail", Clear(w))
    /\ UNCHANGED <<words, world>>

NextMessage(w) == Step(w, StartPc(w, local[w].msg + 1), StartLocal(w, local[w].msg + 1))

CountLost(w) ==
    /\ pc[w] = "CountLost"
    /\ IF local[w].cause \in Retry
       THEN Step(w, "LoadTail", Clear(w)) /\ UNCHANGED counters
       ELSE /\ Count(local[w].cause, [subbufs |-> 0, records |-> 1, bytes |-> Message(w)])
            /\ NextMessage(w)
    /\ UNCHANGED <<tail, consumed, slots, sleep, world>>

-------------------------------------------------------------------------------
(* the closer's padding, the client's two writes *)
StorePadding(p) ==
    /\ pc[p] = "StorePadding"
    /\ LET own == local[p].own IN
       /\ padding' = [padding EXCEPT ![Slot(own.q)] = IF own.kind = "padding" THEN own.len ELSE 0]
       /\ Goto(p, IF own.kind = "padding" THEN "CommitPadding"
                  ELSE IF own.off = H THEN "OnStart" ELSE "WriteData")
    /\ UNCHANGED <<tail, consumed, commitBytes, commitRecords, records, delivered, sleep, counters,
                   local, world>>

Write(q, from, to, cell) ==                     \* what is freed cannot be written
    data' = IF freed THEN data ELSE [data EXCEPT ![Slot(q)] = [o \in 0..S-1 |-> IF o >= from /\ o < to THEN cell ELSE @[o]]]

OnStart(w) ==
    /\ pc[w] = "OnStart"
    /\ LET q == local[w].own.q IN
       /\ Write(q, 0, H, <<q, "header", 0>>)
       /\ Fault(~(Retained(q) \/ Held(q)) \/ Entry(q).started \/ Entry(q).ended, "OnStart")
       /\ Note(q, "started")
       /\ padding' = StartPadding(q)
    /\ Goto(w, AfterStart)
    /\ UNCHANGED <<tail, consumed, commitBytes, commitRecords, records, delivered, sleep, counters,
                   local, refusals, freed>>

CommitHeader(w) ==                              \* completes nothing: the opener's own record is still out
    /\ pc[w] = "CommitHeader"
    /\ commitBytes' = [commitBytes EXCEPT ![Slot(local[w].own.q)] = @ + H]
    /\ Step(w, AfterHeader, [local[w] EXCEPT !.own.head = 0])
    /\ UNCHANGED <<tail, consumed, commitRecords, padding, records, delivered, sleep, counters, world>>

WriteData(w) ==
    /\ pc[w] = "WriteData"
    /\ LET own == local[w].own IN
       Write(own.q, own.off, own.off + own.len, <<own.q, w, local[w].msg>>)
    /\ Goto(w, AfterWrite(Record(w)))
    /\ UNCHANGED <<words, local, refusals, freed, past, faults>>

-------------------------------------------------------------------------------
(* commit and delivery; p may also be a flusher, closer or resetter *)
ResumePc(p) ==          \* where p goes on after its commit and perhaps its delivery
    CASE local[p].own.kind = "record" -> StartPc(p, local[p].msg + 1)
      [] local[p].own.kind = "padding" ->
            (CASE p \in Writers -> "LoadTail" [] p \in Resetters -> "ResetLoadBound"
               [] p \in Closers -> "StoreClosed" [] OTHER -> "Done")
      [] OTHER -> "Done"
ResumeLocal(p) ==
    IF local[p].own.kind = "record" THEN StartLocal(p, local[p].msg + 1) ELSE Clear(p)
Resume(p) == Step(p, ResumePc(p), ResumeLocal(p))

AddCommit(p, count) ==
    LET own == local[p].own
        s == Slot(own.q)
        bytes == commitBytes[s] + CommitSize(own)
    IN  /\ commitBytes' = [commitBytes EXCEPT ![s] = bytes]
        /\ commitRecords' = [commitRecords EXCEPT ![s] = @ + count]
        /\ IF Completes(bytes)
           THEN Step(p, "OnEnd", [local[p] EXCEPT !.got =
                        [subbufs |-> 0, records |-> commitRecords[s] + count, bytes |-> 0]])
           ELSE Resume(p)
        /\ UNCHANGED <<tail, consumed, padding, records, delivered, sleep, counters, world>>

Commit(w) == pc[w] = "Commit" /\ AddCommit(w, IF Record(w) \in Aborts THEN 0 ELSE 1)
CommitPadding(p) == pc[p] = "CommitPadding" /\ AddCommit(p, 0)

CountAborted(w) ==                              \* abort: its bytes are zeroed, then counted, then committed
    /\ pc[w] = "CountAborted"
    /\ Count("ABORTED", [subbufs |-> 0, records |-> 1, bytes |-> Message(w)])
    /\ Goto(w, AfterAbort(w))
    /\ UNCHANGED <<tail, consumed, slots, sleep, local, world>>

OnEnd(p) ==                                     \* onEnd(q, padding, records), whole sub-buffer written
    /\ pc[p] = "OnEnd"
    /\ LET q == local[p].own.q IN
       /\ Fault(\/ ~(Retained(q) \/ Held(q))
                \/ ~Entry(q).started
                \/ Entry(q).ended
                \/ ~Whole(q, padding[Slot(q)]), "OnEnd")
       /\ Note(q, "ended")
    /\ Goto(p, AfterEnd)
    /\ UNCHANGED <<words, local, refusals, memory>>

StoreRecords(p) ==
    /\ pc[p] = "StoreRecords"
    /\ records' = [records EXCEPT ![Slot(local[p].own.q)] = local[p].got.records]
    /\ Goto(p, AfterRecords)
    /\ UNCHANGED <<tail, consumed, commitBytes, commitRecords, padding, delivered, sleep, counters,
                   local, world>>

ResetCommit(p) ==
    /\ pc[p] = "ResetCommit"
    /\ LET s == Slot(local[p].own.q)
           new == Cleared([bytes |-> commitBytes[s], records |-> commitRecords[s]])
       IN  /\ commitBytes' = [commitBytes EXCEPT ![s] = new.bytes]
           /\ commitRecords' = [commitRecords EXCEPT ![s] = new.records]
    /\ Goto(p, "Deliver")
    /\ UNCHANGED <<tail, consumed, padding, records, delivered, sleep, counters, local, world>>

Deliver(p) ==                                   \* its failure says that the consumer has passed q
    /\ pc[p] = "Deliver"
    /\ LET q == local[p].own.q IN
       /\ Fault(delivered[Slot(q)] \notin {Lap(q), Passed(Lap(q))}, "Deliver")
       /\ IF NotPassed(q)
          THEN delivered' = [delivered EXCEPT ![Slot(q)] = Add(q, 1)] /\ Goto(p, AfterDeliver)
          ELSE Goto(p, IfPassed) /\ UNCHANGED delivered
    /\ UNCHANGED <<tail, consumed, commitBytes, commitRecords, padding, records, sleep, counters,
                   local, refusals, memory, past>>

(* Passed: the deliverer accounts for q. First it makes sure that consumed is    *)
(* beyond q, as the one who passed it may not have come so far: once delivered   *)
(* says q + 1, whoever finds consumed at q would account for it, too.            *)
HelpPass(p) ==
    /\ pc[p] = "HelpPass"
    /\ LET q == local[p].own.q IN
       IF consumed = q THEN PassOver(q) ELSE UNCHANGED <<consumed, past>>
    /\ Goto(p, "CountPassed")
    /\ UNCHANGED <<tail, slots, sleep, counters, local, refusals, memory, faults>>

CountPassed(p) ==
    /\ pc[p] = "CountPassed"
    /\ LET s == Slot(local[p].own.q) IN
       /\ Count("SKIPPED", [subbufs |-> 1, records |-> local[p].got.records,
                            bytes |-> S - H - padding[s]])
       /\ passed' = [passed EXCEPT ![s].recs = <<>>]
    /\ Goto(p, "DeliverPassed")
    /\ UNCHANGED <<tail, consumed, slots, sleep, local, refusals, memory, log, faults>>

DeliverPassed(p) ==                             \* now the slot may be opened again
    /\ pc[p] = "DeliverPassed"
    /\ LET q == local[p].own.q IN
       /\ delivered' = [delivered EXCEPT ![Slot(q)] = Add(q, 1)]
       /\ passed' = [passed EXCEPT ![Slot(q)] = Nothing]
    /\ Goto(p, AfterDeliver)
    /\ UNCHANGED <<tail, consumed, commitBytes, commitRecords, padding, records, sleep, counters,
                   local, refusals, memory, log, faults>>

(* After a delivery, and after closed is stored: wake the consumer, then settle. *)
AfterWake(p) == Step(p, IF local[p].own.kind = "none" THEN "SettleLoadTail"
                        ELSE "SettleLoadClosed", local[p])

LoadWaiting(p) ==
    /\ pc[p] = "LoadWaiting"
    /\ IF waiting # 0 THEN Step(p, "Wake", local[p]) ELSE AfterWake(p)
    /\ UNCHANGED <<words, world>>

Wake(p) ==                                      \* waiting is cleared before the unpark, never after
    /\ pc[p] = "Wake"
    /\ waiting' = 0
    /\ Step(p, "Unpark", local[p])
    /\ UNCHANGED <<tail, consumed, slots, closed, permit, counters, world>>

Unpark(p) ==
    /\ pc[p] = "Unpark"
    /\ permit' = TRUE
    /\ AfterWake(p)
    /\ UNCHANGED <<tail, consumed, slots, waiting, closed, counters, world>>

-------------------------------------------------------------------------------
(* settle: once closed, and all sub-buffers before the final tail delivered, no  *)
(* reservation is open and none will be: the writers' memory is let go of. The   *)
(* last of those who deliver and close sees that all others have.                *)
SettleLoadClosed(p) ==
    /\ pc[p] = "SettleLoadClosed"
    /\ IF closed = 1 THEN Step(p, "SettleLoadTail", local[p]) ELSE Resume(p)
    /\ UNCHANGED <<words, world>>

SettleLoadTail(p) ==                            \* it is final
    /\ pc[p] = "SettleLoadTail"
    /\ Step(p, "SettleLoadDelivered", [local[p] EXCEPT !.bound = tail.q, !.rounds = N])
    /\ UNCHANGED <<words, world>>

SettleLoadDelivered(p) ==                       \* once for each slot
    /\ pc[p] = "SettleLoadDelivered"
    /\ LET me == local[p] IN
       IF ~Settled(Add(me.bound, Modulus - me.rounds)) THEN Resume(p)
       ELSE IF me.rounds > 1 THEN Step(p, "SettleLoadDelivered", [me EXCEPT !.rounds = @ - 1])
       ELSE Step(p, "Settle", [me EXCEPT !.bound = NoSequence, !.rounds = 0])
    /\ UNCHANGED <<words, world>>

Settle(p) ==                                    \* once, whoever comes first
    /\ pc[p] = "Settle"
    /\ freed' = TRUE
    /\ Resume(p)
    /\ UNCHANGED <<words, refusals, data, past, faults>>

-------------------------------------------------------------------------------
Crash(w) ==                                     \* the writer stops for good, holding a reservation
    /\ w \in Crashers
    /\ pc[w] \in {"StorePadding", "OnStart", "CommitHeader", "WriteData", "Commit"}
    /\ local[w].own.kind = "record"
    /\ Goto(w, "Crashed")
    /\ UNCHANGED <<words, local, world>>
===============================================================================
