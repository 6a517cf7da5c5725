---------------------------- MODULE RelayExclusive ----------------------------
(* Exclusive buffers: one writer, the owner, no atomic read-modify-write but   *)
(* the push and the delivery. Layout, consumer, delivery, settling and loss    *)
(* counters are those of the shared protocol. Java: ExclusiveWriter.           *)
(*                                                                             *)
(* A record is published by one store of the commit word. The tail says which  *)
(* sub-buffer is open, no more: it moves at the opening, at the switch and at  *)
(* the end, and its offset is some mark that is not 0.                         *)
(*                                                                             *)
(* The owner's plain fields are local[w].loaded (its q, off and what bars it)  *)
(* and local[w].got.records; local[w].seen is the number of flushes obeyed.    *)
(* The request word is not in the control block: other threads of the process  *)
(* ask by one atomic update each, so it follows from how far they are.         *)
(* A configuration has one writer and puts each operator X.. of this module in *)
(* place of the one without the X.                                             *)
(*
    process owner                   its own t = (q, off, fin, paused) and records; s is Slot(q)
      LoadRequest:        before each record, and at the end: if the request is as it was obeyed: goto room
      ReloadRequest:      obey: a close: close q if it is open, goto StoreFinalTail; a flush: close q; a pause
      room:               too long, fin or paused: goto CountLost
                          off # 0 and off + len <= S: goto WriteData; off # 0: close q
                          LoadDelivered, LoadConsumed, PushConsumed as a writer of RelayProtocol
      OpenStore:          tail.off := a mark that is not 0; fence; OnStart; own := [H, H + len) of q
                          WriteData, CountAborted as there
      HoldRequest:        the owner's own flush between reserve and commit: looks at the request, no more
      StoreCommit:        commit[s] := all bytes and records of q so far; if that makes S bytes: close q
    close q
      StoreOwnPadding:    padding[s] := S - off
      StoreSwitchedTail:  tail := (q + 1, 0), and fin if that is asked; Deliver from OnEnd on
    at the end
      StoreFinalTail:     tail.fin := TRUE, then StoreClosed and Settle
    process flusher, closer, pauser
      Requesting:         change the request word by one CAS
*)
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
(* fields then. A reserved record joins the log; its commit publishes it.      *)
Fails(me, cause) == Step(Owner, "CountLost", [me EXCEPT !.cause = cause, !.excuse = TRUE])
Closes(me, then) ==                 \* padding and delivery of its current sub-buffer
    Step(Owner, "StoreOwnPadding", [me EXCEPT !.own =
            [NoRange EXCEPT !.q = me.loaded.q, !.off = me.loaded.off, !.len = S - me.loaded.off,
                            !.kind = then]])
Reserved(me, off) ==
    [me EXCEPT !.loaded.off = off + Size(me),
               !.got.records = @ + (IF <<Owner, me.msg>> \in Aborts THEN 0 ELSE 1),
               !.own = [q |-> me.loaded.q, off |-> off, len |-> Size(me),
                        head |-> IF off = H THEN H ELSE 0, kind |-> "record"]]
Appends(me) == HasMessage(me) /\ me.loaded.off # 0 /\ me.loaded.off + Size(me) <= S /\
               ~me.loaded.fin /\ ~me.loaded.paused
Room(me) ==
    /\ log' = IF Appends(me) THEN [log EXCEPT ![Len(log)].recs = Append(@, <<Owner, me.msg>>)] ELSE log
    /\ IF ~HasMessage(me)
       THEN IF me.loaded.off # 0 THEN Closes(me, "room")
            ELSE Step(Owner, IF Closers # {} /\ ~me.loaded.fin THEN "LoadRequest" ELSE "Done", me)
       ELSE IF Size(me) > MaxLength THEN Fails(me, "TOO_LARGE")
       ELSE IF me.loaded.fin THEN Fails(me, "CLOSED")
       ELSE IF me.loaded.paused THEN Fails(me, "PAUSED")
       ELSE IF Appends(me) THEN Step(Owner, "WriteData", Reserved(me, me.loaded.off))
       ELSE IF me.loaded.off # 0 THEN Closes(me, "room")
       ELSE Step(Owner, FirstLook, me)

LoadRequest(w) ==
    /\ pc[w] = "LoadRequest"
    /\ HasMessage(Me) \/ Closers = {} \/ Request.fin          \* else it would only spin
    /\ IF Request # Obeyed THEN Step(w, "ReloadRequest", Me) /\ UNCHANGED log ELSE Room(Me)
    /\ UNCHANGED <<words, refusals, memory, passed, faults>>
ReloadRequest(w) ==                 \* obey
    /\ pc[w] = "ReloadRequest"
    /\ LET t == [Me.loaded EXCEPT !.fin = Request.fin, !.paused = Request.paused]
           me == [Me EXCEPT !.loaded = t, !.seen = Request.flushes]
       IN  IF t.fin /\ ~Me.loaded.fin
           THEN /\ UNCHANGED log
                /\ IF t.off # 0 THEN Closes(me, "finish") ELSE Step(w, "StoreFinalTail", me)
           ELSE IF Request.flushes # Me.seen /\ t.off # 0 THEN Closes(me, "room") /\ UNCHANGED log
           ELSE Room(me)
    /\ UNCHANGED <<words, refusals, memory, passed, faults>>

(* The opening: what hinders it is looked at in RelayWriter; nobody else moves *)
(* the tail, so that a refusal needs no second look.                           *)
XRecheck(w, cause) ==
    Step(w, "CountLost", [Me EXCEPT !.cause = cause,
            !.excuse = (cause = "FULL" => delivered[Slot(Me.loaded.q)] = Lap(Me.loaded.q))])
XAfterAdmit == IF Overwrite THEN "PushConsumed" ELSE "OpenStore"
XAfterPushing == "OpenStore"
OpenMark == IF H = 0 THEN 1 ELSE H
XOffsets == {0, OpenMark}
OpenStore(w) ==                     \* then a fence: the tail before the data of the next lap
    /\ pc[w] = "OpenStore"
    /\ tail' = [tail EXCEPT !.off = OpenMark]
    /\ log' = Append(log, [recs |-> <<Record(w)>>, started |-> FALSE, ended |-> FALSE])
    /\ data' = [data EXCEPT ![Slot(Me.loaded.q)] = Blank]
    /\ Step(w, "OnStart", Reserved(Me, H))
    /\ UNCHANGED <<consumed, slots, sleep, counters, refusals, freed, passed, faults>>

XAfterStart == "WriteData"          \* the header is published with the first record
XAfterAbort(w) == IF Me.loaded.off = S THEN "StoreOwnPadding" ELSE "StoreCommit"
XAfterWrite(r) == IF r \in Aborts THEN "CountAborted" ELSE XAfterAbort(Owner)
StoreCommit(w) ==                   \* publishes the record
    /\ pc[w] = "StoreCommit"
    /\ LET s == Slot(Me.loaded.q) IN
       /\ commitBytes' = [commitBytes EXCEPT ![s] = Me.loaded.off]
       /\ commitRecords' = [commitRecords EXCEPT ![s] = Me.got.records]
    /\ NextMessage(w)
    /\ UNCHANGED <<tail, consumed, padding, records, delivered, sleep, counters, world>>

(* In place of AfterWrite: between reserve and commit the owner looks at the   *)
(* request word, as its flush() does. Nothing is obeyed then.                  *)
HoldAfterWrite(r) == "HoldRequest"
HoldRequest(w) ==
    /\ pc[w] = "HoldRequest"
    /\ Goto(w, XAfterWrite(Record(w)))
    /\ UNCHANGED <<words, local, world>>

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
    /\ Step(w, "LoadWaiting", [Me EXCEPT !.own = NoRange])
    /\ UNCHANGED <<tail, consumed, slots, waiting, permit, counters, world>>

(* After a delivery, or the hang-up. Room decides pc and local together; here apart. *)
Fresh == [Me EXCEPT !.own = NoRange, !.got = Zero, !.bound = NoSequence, !.rounds = 0]
RoomPc(me) ==
    IF ~HasMessage(me) THEN IF Closers # {} /\ ~me.loaded.fin THEN "LoadRequest" ELSE "Done"
    ELSE IF Size(me) > MaxLength \/ me.loaded.fin \/ me.loaded.paused THEN "CountLost"
    ELSE FirstLook
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
XComparesTail == FALSE              \* one writer: what is committed has no holes

Owning(w) == \/ LoadRequest(w) \/ ReloadRequest(w) \/ LoadDelivered(w) \/ LoadConsumed(w)
             \/ PushConsumed(w) \/ CountOverwritten(w) \/ OpenStore(w) \/ OnStart(w) \/ WriteData(w)
             \/ HoldRequest(w) \/ CountAborted(w) \/ StoreCommit(w) \/ StoreOwnPadding(w)
             \/ StoreSwitchedTail(w) \/ StoreFinalTail(w) \/ OwnStoreClosed(w) \/ CountLost(w)
             \/ OnEnd(w) \/ StoreRecords(w) \/ ResetCommit(w)
             \/ Deliver(w) \/ HelpPass(w) \/ CountPassed(w) \/ DeliverPassed(w)
             \/ LoadWaiting(w) \/ Wake(w) \/ Unpark(w)
             \/ SettleLoadTail(w) \/ SettleLoadClosed(w) \/ SettleLoadDelivered(w) \/ Settle(w)
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
(* The properties of RelayProps and RelayRefines hold as they are, but for the *)
(* commit word, which lags behind an exact fill, and for what the owner knows  *)
(* before the tail says it.                                                    *)
XPreCommit == {"OnStart", "WriteData", "HoldRequest", "CountAborted", "StoreCommit", "StoreOwnPadding",
               "StoreSwitchedTail"}
XIsOpen == Me.loaded.off # 0 /\ Me.loaded.off < S
XIsPaused == Me.loaded.paused
XIsFinal == Me.loaded.fin
XNextToOpen == IF Me.loaded.off = 0 THEN Me.loaded.q ELSE Add(Me.loaded.q, 1)
X4_PublishedIsWritten ==            \* the tail is moved first, then bytes are written, then counted
    LET q == Me.loaded.q
        bytes == commitBytes[Slot(q)]
    IN  bytes > 0 /\ delivered[Slot(q)] = Lap(q) => tail.q = q /\ tail.off # 0 /\ OneLap(q, bytes)
X12_NeverStalled == counters["STALLED"] = Zero
(* Traps *)
NeverHeldRequest == pc[Owner] = "HoldRequest" => Request = Obeyed
NeverWrittenUnpublished == pc[Owner] = "StoreCommit" => commitBytes[Slot(Me.loaded.q)] = 0
NeverFullOfOwn == pc[Owner] = "CountLost" => Me.cause # "FULL"
===============================================================================
