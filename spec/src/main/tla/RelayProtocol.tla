---------------------------- MODULE RelayProtocol ----------------------------
(* The sub-buffer protocol of one buffer with several writers, at the grain of *)
(* single accesses to shared words. In the manner of PlusCal, where a label    *)
(* begins a step; each step is an action of that name in the modules below:    *)
(*
    process writer w                          each of its records, len bytes; q is t.q, s is Slot(q)
      LoadTail:         t := tail; if fin or paused: cause := CLOSED, PAUSED; goto CountLost
                        if t.off # 0: goto AppendCas if t.off + len <= S, else CloseCas
      LoadDelivered:    if delivered[s] # Lap(q): cause := STALLED; goto RecheckTail
      LoadConsumed:     if q - consumed >= N: cause := FULL; goto RecheckTail       no-overwrite mode
                        if the client does not admit q: cause := REFUSED; goto RecheckTail
      PushConsumed:     if CAS(consumed, q - N, q - N + 1):                            overwrite mode
      CountOverwritten:     add records[s] and the bytes of q - N to OVERWRITTEN
      OpenCas:          if not CAS(tail, t, (q, H + len)): goto LoadTail
                        own := [H, H + len) of q; goto StorePadding if that fills q, else OnStart
      AppendCas:        if not CAS(tail, t, (q, t.off + len)): goto LoadTail
                        own := [t.off, t.off + len) of q; goto StorePadding if that fills q, else WriteData
      CloseCas:         if not CAS(tail, t, (q + 1, 0)): goto LoadTail
                        own := the padding [t.off, S) of q; call Close; goto LoadTail
      RecheckTail:      if tail # t: goto LoadTail               a decision on an old tail is void
      CountLost:        add 1 record, len bytes to cause; next record
      StorePadding:     padding[s] := 0                                        who fills q exactly
      OnStart:          the client's hook, once for q, by its opener
      CommitHeader:     commit[s] += H bytes                                           if H is not 0
      WriteData:        data[s][own] := the record; if it is to be aborted: zeros, and
      CountAborted:     add 1 record, len bytes to ABORTED
      Commit:           commit[s] += len bytes, and 1 record if it is not aborted
                        if that makes S bytes: call Deliver; next record
    procedure Close                                  whoever moved the tail onto a boundary
      StorePadding:     padding[s] := length of own
      CommitPadding:    commit[s] += length of own; if that makes S bytes: call Deliver
    procedure Deliver                     the one thread whose commit made the bytes of q complete
      OnEnd:            the client's hook, once for q
      StoreRecords:     records[s] := records of commit[s]
      ResetCommit:      commit[s] := 0
      Deliver:          if not CAS(delivered[s], Lap(q), q + 1):                 the consumer passed q
      HelpPass:             CAS(consumed, q, q + 1)
      CountPassed:          add q to SKIPPED
      DeliverPassed:        delivered[s] := q + 1
      LoadWaiting:      if waiting # 0:
      Wake:                 waiting := 0
      Unpark:               permit := TRUE
      SettleLoadClosed:     if closed = 0: return                      call Settle otherwise
    procedure Settle                    who delivers after close, and who closes: the last one frees
      SettleLoadTail:       end := tail.q
      SettleLoadDelivered:  for the N sequences q before end: if delivered[Slot(q)] # q + 1: return
      Settle:               freed := TRUE, once

    process flusher                     also the beginning of a reset
      FlushLoadTail:    t := tail; if t.off = 0: done
      FlushCas:         if CAS(tail, t, (q + 1, 0)): call Close; else goto FlushLoadTail
    process closer
      CloseLoadTail:    t := tail; if t.fin: done
      FinalizeCas:      if not CAS(tail, t, fin and, if t.off # 0, (q + 1, 0)): goto CloseLoadTail
                        if t.off # 0: call Close
      StoreClosed:      closed := 1; wake as Deliver does from LoadWaiting on; call Settle
    process pauser                      if final or paused already, or resumed: the next but one
      PauseLoadTail:    t := tail
      PauseCas:         if not CAS(tail, t, paused): goto PauseLoadTail
      ResumeLoadTail:   t := tail
      ResumeCas:        if not CAS(tail, t, not paused): goto ResumeLoadTail
    process resetter                    flushes; then at most N times
      ResetLoadBound:       bound := tail.q
      ResetLoadConsumed:    q := consumed; if not 1 <= bound - q <= N: done
      ResetLoadDelivered:   if delivered[s] = q + 1:
      ResetCas:                 if CAS(consumed, q, q + 1):
      CountSkipped:                 add q to SKIPPED
      ResetRecheckConsumed: else if consumed = q: done                        a writer holds q

    process consumer
      TakeLoadConsumed:    q := consumed
      TakeLoadDelivered:   if delivered[s] # q + 1: pass if it may, else look for the end, else again
      TakeRecheckConsumed: before it passes, in overwrite mode: if consumed # q: again
      ReadData:            read padding[s], records[s] and in place S - padding bytes;
      CopyData:                in overwrite mode copy them
      ConsumeCas:          if CAS(consumed, q, q + 1):
      CountDelivered:          add q to DELIVERED
                           else drop the copy, and in overwrite mode jump ahead:
      SkipLoadConsumed:        q := consumed
      SkipLoadTail:            half := min(tail.q - q, N) / 2
      SkipLoadDelivered:       k := how many of the half from q on are delivered
      SkipCas:                 if k > 0 and CAS(consumed, q, q + k): CountSkipped
      PassLoadConsumed:    q := consumed
      PassLoadTail:        if not 1 <= tail.q - q <= N: again                     it is not closed
      PassLoadDelivered:   if delivered[s] = Lap(q): PassCas; if Passed(Lap(q)): PassConsumeCas
      PassCas:             if CAS(delivered[s], Lap(q), Passed(Lap(q))):
      PassConsumeCas:          CAS(consumed, q, q + 1)
      LoadClosed:          if closed = 1:
      HangupLoadTail:          end := tail.q
      HangupLoadConsumed:      if consumed = end: done, after ClearWaiting
      SetWaiting:          waiting := 1; look again, from TakeLoadConsumed to HangupLoadConsumed
      Sleep:               await permit; permit := FALSE; again from SetWaiting
      Timeout:             or, if it may pass, do not sleep for ever
      ClearWaiting:        waiting := 0
    process snapshot                    consumes nothing
      SnapLoadConsumed:    from := consumed
      SnapLoadTail:        end := tail.q; from := max(from, end - N); for q in from .. end - 1:
      SnapLoadDelivered:       if delivered[s] = q + 1:
      SnapCopy:                    copy
      SnapValidate:                fence; keep the copy if q + N is not opened in tail
                           then the beginning of the current sub-buffer, q = end, as partial does
    process partial                     the beginning of the sub-buffer at consumed
      PartialLoadConsumed:  q := consumed
      PartialLoadDelivered: if delivered[s] # Lap(q): again
      PartialLoadCommit:    bytes := bytes of commit[s]
      PartialRecheckTail:   if tail # (q, bytes): again                  the prefix has holes
      PartialCopy:          copy
      PartialValidate:      fence; keep the copy if consumed = q (a snapshot: as SnapValidate)
*)
(* Each action is one accessor call of the Java class ControlWords by process  *)
(* p and p's local work up to its next one; pc[p] names that next one. A       *)
(* process has exactly one next step, so an edge of TLC's graph is replayed by *)
(* the process whose pc or local has changed.                                  *)
(*                                                                             *)
(*   RelayState     words, process state, arithmetic     ControlWords, Geometry *)
(*   RelayWriter    reserve, commit, deliver, settle     SharedWriter,          *)
(*                                                       SubBufferSwitch        *)
(*   RelayControl   flush, close, pause, reset           SubBufferSwitch, Window *)
(*   RelayConsumer  take, pass, jump ahead, poll,        Consumer, Window,      *)
(*                  snapshots                            RelayStream, Waiting   *)
EXTENDS RelayConsumer

Extra(p) == FALSE                               \* a mutant's further steps

Reserving(w) == \/ LoadTail(w) \/ LoadConsumed(w) \/ LoadDelivered(w)
                \/ PushConsumed(w) \/ CountOverwritten(w) \/ OpenCas(w) \/ AppendCas(w)
                \/ CloseCas(w) \/ RecheckTail(w) \/ CountLost(w)
Committing(w) == OnStart(w) \/ CommitHeader(w) \/ WriteData(w) \/ Commit(w) \/ CountAborted(w)
Switching(p) == \/ StorePadding(p) \/ CommitPadding(p) \/ OnEnd(p) \/ StoreRecords(p)
                \/ ResetCommit(p) \/ Deliver(p) \/ HelpPass(p) \/ CountPassed(p) \/ DeliverPassed(p)
                \/ LoadWaiting(p) \/ Wake(p) \/ Unpark(p)
                \/ SettleLoadClosed(p) \/ SettleLoadTail(p) \/ SettleLoadDelivered(p) \/ Settle(p)
                \/ Extra(p)
Flushing(p) == FlushLoadTail(p) \/ FlushCas(p)
Closing(p) == CloseLoadTail(p) \/ FinalizeCas(p) \/ StoreClosed(p)
Pausing(p) == PauseLoadTail(p) \/ PauseCas(p) \/ ResumeLoadTail(p) \/ ResumeCas(p)
Resetting(p) == \/ ResetLoadBound(p) \/ ResetLoadConsumed(p) \/ ResetLoadDelivered(p)
                \/ ResetRecheckConsumed(p) \/ ResetCas(p) \/ CountSkipped(p)
Taking(k) == \/ TakeLoadConsumed(k) \/ TakeLoadDelivered(k) \/ TakeRecheckConsumed(k)
             \/ ReadData(k) \/ CopyData(k) \/ ConsumeCas(k) \/ CountDelivered(k)
Skipping(k) == \/ SkipLoadConsumed(k) \/ SkipLoadTail(k) \/ SkipLoadDelivered(k) \/ SkipCas(k)
               \/ CountSkipped(k)
Passing(k) == \/ PassLoadConsumed(k) \/ PassLoadTail(k) \/ PassLoadDelivered(k) \/ PassCas(k)
              \/ PassConsumeCas(k)
Polling(k) == \/ LoadClosed(k) \/ HangupLoadTail(k) \/ HangupLoadConsumed(k)
              \/ SetWaiting(k) \/ Sleep(k) \/ Timeout(k) \/ ClearWaiting(k)
Snapshot(s) == \/ SnapLoadConsumed(s) \/ SnapLoadTail(s) \/ SnapLoadDelivered(s) \/ SnapCopy(s)
               \/ SnapValidate(s)
Partial(r) == \/ PartialLoadConsumed(r) \/ PartialLoadDelivered(r) \/ PartialLoadCommit(r)
              \/ PartialRecheckTail(r) \/ PartialCopy(r) \/ PartialValidate(r)

Writing(w) == Reserving(w) \/ Committing(w) \/ Switching(w)
Flush(p) == Flushing(p) \/ Switching(p)
Close(p) == Closing(p) \/ Switching(p)
ResetAll(p) == Flushing(p) \/ Switching(p) \/ Resetting(p)
Consume(k) == Taking(k) \/ Passing(k) \/ Skipping(k) \/ Polling(k)

(* Everybody has come to his end; a consumer may be asleep for good reason.    *)
Rests(k) == \/ pc[k] = "Done"
            \/ pc[k] = "Sleep" /\ ~permit /\ ~Ready(consumed) /\ closed = 0
Finished == /\ \A p \in Procs \ (Consumers \cup Partials) : pc[p] \in {"Done", "Crashed"}
            /\ \A k \in Consumers : Rests(k)
            /\ UNCHANGED vars

Next == \/ \E w \in Writers : Writing(w)
        \/ \E w \in Writers : Crash(w)
        \/ \E k \in Consumers : CrashPassing(k)
        \/ \E p \in Flushers : Flush(p)
        \/ \E p \in Closers : Close(p)
        \/ \E p \in Pausers : Pausing(p)
        \/ \E p \in Resetters : ResetAll(p)
        \/ \E k \in Consumers : Consume(k)
        \/ \E s \in Snapshots : Snapshot(s)
        \/ \E r \in Readers : Partial(r)
        \/ Finished

Spec == Init /\ [][Next]_vars
(* Every live thread goes on: \A p : WF_vars(the steps of p), written as what it *)
(* means, with predicates that take TLC less time. MovesWhenItCan compares them. *)
Fair == Procs \ Readers
CanMove(p) == pc[p] \notin {"Done", "Crashed"} /\ (pc[p] = "Sleep" => permit \/ Passes)
Moves(p) == pc'[p] # pc[p] \/ local'[p] # local[p]
FairSpec == Spec /\ \A p \in Fair : []<>~CanMove(p) \/ []<><<Moves(p)>>_vars
MovesWhenItCan ==
    \A p \in Fair : CanMove(p) = CASE p \in Writers   -> ENABLED Writing(p)
                                   [] p \in Flushers  -> ENABLED Flush(p)
                                   [] p \in Closers   -> ENABLED Close(p)
                                   [] p \in Pausers   -> ENABLED Pausing(p)
                                   [] p \in Resetters -> ENABLED ResetAll(p)
                                   [] p \in Consumers -> ENABLED Consume(p)
LockFreeSpec == Spec /\ WF_vars(Next)           \* somebody goes on, nobody in particular
===============================================================================
