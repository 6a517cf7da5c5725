---------------------------- MODULE RelayProtocol ----------------------------
(* The sub-buffer protocol of one buffer with several writers, at the grain of *)
(* single accesses to shared words. Each action is one accessor call of the    *)
(* Java class ControlWords by process p and p's local work up to its next one; *)
(* pc[p] names that next one. A process has exactly one next step, so an edge  *)
(* of TLC's graph is replayed by the process whose pc or local has changed.    *)
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
FairSpec == /\ Spec                             \* every live thread goes on
            /\ \A w \in Writers : WF_vars(Writing(w))
            /\ \A p \in Flushers : WF_vars(Flush(p))
            /\ \A p \in Closers : WF_vars(Close(p))
            /\ \A p \in Pausers : WF_vars(Pausing(p))
            /\ \A p \in Resetters : WF_vars(ResetAll(p))
            /\ \A k \in Consumers : WF_vars(Consume(k))
LockFreeSpec == Spec /\ WF_vars(Next)           \* somebody goes on, nobody in particular
===============================================================================
