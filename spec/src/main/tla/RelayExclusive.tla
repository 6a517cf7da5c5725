---------------------------- MODULE RelayExclusive ----------------------------
(* Exclusive buffers: one writer, the owner, no atomic read-modify-write but   *)
(* the push. Layout, consumer, delivery and loss counters are those of the     *)
(* shared protocol. Java: ExclusiveWriter.                                     *)
(*                                                                             *)
(* The owner's plain fields are local[w].loaded (its q, off and what bars it)  *)
(* and local[w].got.records; local[w].seen is the number of flushes obeyed.    *)
(* The request word follows from how far the requesting processes are: one     *)
(* atomic update each. A configuration has one writer and overrides StartPc,   *)
(* StartLocal, ResumePc, ResumeLocal, NotReopened and AfterPushing.            *)
EXTENDS RelayModels

Owner == CHOOSE w \in Writers : TRUE
Me == local[Owner]
Request == [flushes |-> Cardinality({p \in Flushers : pc[p] = "Done"}),
            paused |-> \E p \in Pausers : pc[p] = "ResumeLoadTail",
            fin |-> \E p \in Closers : pc[p] = "Done"]
Obeyed == [flushes |-> Me.seen, paused |-> Me.loaded.paused, fin |-> Me.loaded.fin]
Requesting(p) ==                    \* flush, pause and resume, close by another thread
    /\ pc[p] \in {"FlushLoadTail", "CloseLoadTail", "PauseLoadTail", "ResumeLoadTail"}
    /\ Goto(p, IF pc[p] = "PauseLoadTail" THEN "ResumeLoadTail" ELSE "Done")
    /\ UNCHANGED <<words, local, world>>

XStartPc(w, i) == "LoadRequest"     \* after the last message: the owner closes its handle
XStartLocal(w, i) ==
    IF i = 1 THEN [Idle EXCEPT !.seen = 0, !.loaded = [NoTail EXCEPT !.q = FirstSequence]]
    ELSE [Me EXCEPT !.msg = i, !.own = NoRange, !.cause = "", !.excuse = FALSE,
                    !.got = IF Me.loaded.off = 0 THEN Zero ELSE Me.got]
HasMessage(me) == me.msg <= Len(Lengths[Owner])
Size(me) == Lengths[Owner][me.msg]

-------------------------------------------------------------------------------
(* Where the owner goes once it has obeyed: makeRoom of Java. "me" are its     *)
(* fields then.                                                                *)
Fails(me, cause) == Step(Owner, "CountLost", [me EXCEPT !.cause = cause, !.excuse = TRUE])
Closes(me, then) ==                 \* padding and delivery of its current sub-buffer
    Step(Owner, "StoreOwnPadding", [me EXCEPT !.own =
            [q |-> me.loaded.q, off |-> me.loaded.off, len |-> S - me.loaded.off, kind |-> then]])
Room(me) ==
    IF ~HasMessage(me)
    THEN IF me.loaded.off # 0 THEN Closes(me, "room")
         ELSE Step(Owner, IF Closers # {} /\ ~me.loaded.fin THEN "LoadRequest" ELSE "Done", me)
    ELSE IF Size(me) > MaxLength THEN Fails(me, "TOO_LARGE")
    ELSE IF me.loaded.fin THEN Fails(me, "CLOSED")
    ELSE IF me.loaded.paused THEN Fails(me, "PAUSED")
    ELSE IF me.loaded.off = 0
    THEN Step(Owner, IF Overwrite THEN "LoadDelivered" ELSE "LoadConsumed", me)
    ELSE IF me.loaded.off + Size(me) <= S THEN Step(Owner, "WriteData", me) ELSE Closes(me, "room")

LoadRequest(w) ==
    /\ pc[w] = "LoadRequest"
    /\ HasMessage(Me) \/ Closers = {} \/ Request.fin          \* else it would only spin
    /\ IF Request # Obeyed THEN Step(w, "ReloadRequest", Me) ELSE Room(Me)
    /\ UNCHANGED <<words, world>>
ReloadRequest(w) ==                 \* obey
    /\ pc[w] = "ReloadRequest"
    /\ LET t == [Me.loaded EXCEPT !.fin = Request.fin, !.paused = Request.paused]
           me == [Me EXCEPT !.loaded = t, !.seen = Request.flushes]
       IN  IF t.fin /\ ~Me.loaded.fin
           THEN IF t.off # 0 THEN Closes(me, "finish") ELSE Step(w, "StoreFinalTail", me)
           ELSE IF Request.flushes # Me.seen /\ t.off # 0 THEN Closes(me, "room") ELSE Room(me)
    /\ UNCHANGED <<words, world>>

OwnLoadConsumed(w) ==
    /\ pc[w] = "LoadConsumed"
    /\ IF Full(Me.loaded.q, consumed) THEN Fails(Me, "FULL") ELSE Step(w, "LoadDelivered", Me)
    /\ UNCHANGED <<words, world>>
OwnLoadDelivered(w) ==              \* and then admit
    /\ pc[w] = "LoadDelivered"
    /\ LET q == Me.loaded.q IN
       IF ~SlotFree(q) THEN Fails(Me, "STALLED") /\ UNCHANGED refusals
       ELSE IF q \in DOMAIN refusals /\ refusals[q] > 0
       THEN Fails(Me, "REFUSED") /\ refusals' = [refusals EXCEPT ![q] = @ - 1]
       ELSE Step(w, IF Overwrite THEN "PushConsumed" ELSE "OnStart", Me) /\ UNCHANGED refusals
    /\ UNCHANGED <<words, data, log, faults>>
XAfterPushing == "OnStart"          \* nothing is published at the opening
OwnCountOverwritten(w) ==
    /\ pc[w] = "CountOverwritten"
    /\ Count("OVERWRITTEN", Me.got)
    /\ Step(w, XAfterPushing, [Me EXCEPT !.got = Zero])
    /\ UNCHANGED <<tail, consumed, slots, sleep, world>>

OwnStart(w) ==
    /\ pc[w] = "OnStart"
    /\ LET q == Me.loaded.q IN
       /\ data' = [data EXCEPT ![Slot(q)] = [o \in 0..S-1 |-> IF o < H THEN <<q, "header", 0>> ELSE NoCell]]
       /\ Step(w, "WriteData", [Me EXCEPT !.loaded.off = H])
    /\ UNCHANGED <<words, refusals, log, faults>>

AfterOwnWrite(off) == IF off = S THEN "StoreOwnPadding" ELSE "StoreCommit"
OwnWrite(w) ==                      \* the record joins the log; its commit publishes it
    /\ pc[w] = "WriteData"
    /\ LET t == Me.loaded
           off == t.off + Size(Me)
       IN  /\ Write(t.q, t.off, off, <<t.q, w, Me.msg>>)
           /\ log' = IF t.off = H
                     THEN Append(log, [recs |-> <<Record(w)>>, started |-> TRUE, ended |-> FALSE])
                     ELSE [log EXCEPT ![Len(log)].recs = Append(@, Record(w))]
           /\ Step(w, AfterOwnWrite(off),
                   [Me EXCEPT !.loaded.off = off, !.got.records = @ + 1,
                              !.own = [q |-> t.q, off |-> t.off, len |-> Size(Me), kind |-> "record"]])
    /\ UNCHANGED <<words, refusals, faults>>
StoreCommit(w) ==
    /\ pc[w] = "StoreCommit"
    /\ LET s == Slot(Me.loaded.q) IN
       /\ commitBytes' = [commitBytes EXCEPT ![s] = Me.loaded.off]
       /\ commitRecords' = [commitRecords EXCEPT ![s] = Me.got.records]
    /\ Step(w, "StoreTail", Me)
    /\ UNCHANGED <<tail, consumed, padding, records, delivered, sleep, counters, world>>
StoreTail(w) ==
    /\ pc[w] = "StoreTail"
    /\ tail' = [tail EXCEPT !.off = Me.loaded.off]
    /\ NextMessage(w)
    /\ UNCHANGED <<consumed, slots, sleep, counters, world>>

(* The switch; OnEnd and the rest of the delivery are those of RelayWriter.    *)
StoreOwnPadding(w) ==
    /\ pc[w] = "StoreOwnPadding"
    /\ padding' = [padding EXCEPT ![Slot(Me.own.q)] = S - Me.loaded.off]
    /\ Goto(w, "StoreSwitchedTail")
    /\ UNCHANGED <<tail, consumed, commitBytes, commitRecords, records, delivered, sleep, counters,
                   local, world>>
StoreSwitchedTail(w) ==
    /\ pc[w] = "StoreSwitchedTail"
    /\ tail' = [tail EXCEPT !.q = Add(Me.own.q, 1), !.off = 0, !.fin = (Me.own.kind = "finish")]
    /\ Step(w, "OnEnd", [Me EXCEPT !.loaded.q = Add(Me.own.q, 1), !.loaded.off = 0])
    /\ UNCHANGED <<consumed, slots, sleep, counters, world>>
StoreFinalTail(w) ==
    /\ pc[w] = "StoreFinalTail"
    /\ tail' = [tail EXCEPT !.fin = TRUE]
    /\ Step(w, "StoreClosed", Me)
    /\ UNCHANGED <<consumed, slots, sleep, counters, world>>
OwnStoreClosed(w) ==
    /\ pc[w] = "StoreClosed"
    /\ closed' = 1
    /\ Step(w, "LoadWaiting", [Me EXCEPT !.own = [NoRange EXCEPT !.kind = "hungup"]])
    /\ UNCHANGED <<tail, consumed, slots, waiting, permit, counters, world>>

(* After a delivery. Room decides pc and local together; here apart.           *)
Fresh == [Me EXCEPT !.own = NoRange, !.got = Zero]
RoomPc(me) ==
    IF ~HasMessage(me) THEN IF Closers # {} /\ ~me.loaded.fin THEN "LoadRequest" ELSE "Done"
    ELSE IF Size(me) > MaxLength \/ me.loaded.fin \/ me.loaded.paused THEN "CountLost"
    ELSE IF Overwrite THEN "LoadDelivered" ELSE "LoadConsumed"
RoomLocal(me) ==
    IF RoomPc(me) # "CountLost" THEN me
    ELSE [me EXCEPT !.excuse = TRUE, !.cause = IF Size(me) > MaxLength THEN "TOO_LARGE"
                                               ELSE IF me.loaded.fin THEN "CLOSED" ELSE "PAUSED"]
XResumePc(p) == CASE Me.own.kind = "record" -> "LoadRequest"
                  [] Me.own.kind = "finish" -> "StoreClosed"
                  [] OTHER -> RoomPc(Fresh)
XResumeLocal(p) == CASE Me.own.kind = "record" -> XStartLocal(p, Me.msg + 1)
                     [] Me.own.kind = "finish" -> Fresh
                     [] OTHER -> RoomLocal(Fresh)
XNotReopened(q, t) == Distance(t.q, q) < N      \* nothing is published at the opening of q + n

Owning(w) == \/ LoadRequest(w) \/ ReloadRequest(w) \/ OwnLoadConsumed(w) \/ OwnLoadDelivered(w)
             \/ PushConsumed(w) \/ OwnCountOverwritten(w) \/ OwnStart(w) \/ OwnWrite(w)
             \/ StoreCommit(w) \/ StoreTail(w) \/ StoreOwnPadding(w) \/ StoreSwitchedTail(w)
             \/ StoreFinalTail(w) \/ OwnStoreClosed(w) \/ CountLost(w)
             \/ OnEnd(w) \/ StoreRecords(w) \/ ResetCommit(w) \/ Deliver(w)
             \/ LoadWaiting(w) \/ Wake(w) \/ Unpark(w)
XNext == \/ \E w \in Writers : Owning(w)
         \/ \E p \in Flushers \cup Closers \cup Pausers : Requesting(p)
         \/ \E k \in Consumers : Consume(k)
         \/ \E s \in Snapshots : Snapshot(s)
         \/ \E r \in Readers : Partial(r)
         \/ Finished
XSpec == Init /\ [][XNext]_vars
XFairSpec == /\ XSpec /\ \A w \in Writers : WF_vars(Owning(w))
             /\ \A p \in Flushers \cup Closers \cup Pausers : WF_vars(Requesting(p))
             /\ \A k \in Consumers : WF_vars(Consume(k))

-------------------------------------------------------------------------------
(* I2 and I4 in the owner's terms *)
X2_Window ==
    LET used == Distance(Me.loaded.q, consumed) + (IF Me.loaded.off > H THEN 1 ELSE 0)
    IN  used <= N /\ Len(log) = used
X4_PublishedIsCommitted ==          \* nothing is published that is not written and counted
    tail.off # 0 => /\ tail.off <= commitBytes[Slot(tail.q)]
                    /\ OneLap(tail.q, tail.off)
X12_NeverStalled == counters["STALLED"] = Zero

(* Refinement, without pause and close: there the owner bars itself and fails  *)
(* in one step, where RelayLog takes two.                                      *)
XAbstract == INSTANCE RelayLog WITH
    Capacity <- MaxLength,
    log <- [k \in 1..Len(log) |->
                LET q == Add(consumed, k - 1)
                IN  [recs |-> log[k].recs, settled |-> delivered[Slot(q)] = Add(q, 1)]],
    open <- Me.loaded.off \in (H+1)..(S-1),
    pending <- IF Me.own.kind = "record" /\ pc[Owner] \in
                    {"StoreCommit", "StoreTail", "StoreOwnPadding", "StoreSwitchedTail"}
               THEN {Record(Owner)} ELSE {},
    decided <- [w \in Writers |-> Attempts(w)],
    counts <- [k \in Causes \cup Fates |-> IF k \in Causes THEN counters[k]
                                            ELSE Plus(counters[k], CountedSoon(k))],
    excuse <- [w \in Writers |-> IF local[w].excuse /\ local[w].cause # "TOO_LARGE"
                                 THEN local[w].cause ELSE ""],
    paused <- Me.loaded.paused,
    finalized <- Me.loaded.fin
XRefinesInit == XAbstract!Init
XRefinesLog == [][UNCHANGED XAbstract!vars \/ XAbstract!Next]_vars
===============================================================================
