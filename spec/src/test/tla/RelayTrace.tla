------------------------------ MODULE RelayTrace ------------------------------
(* Validates runs of free threads on the real kernel. A trace is the sequence  *)
(* of their steps in the one order that the values in their logs allow (the    *)
(* test finds it without search). Each line is conjoined to the step of that   *)
(* process in RelayProtocol or RelayExclusive and to what was really read and   *)
(* written. A trace that is no behaviour of the model gets stuck: TLC finds a   *)
(* deadlock, and its last state says which trace (tr) and which line (l). By    *)
(* its form each step of RelayTrace is one of the model.                       *)
(* TraceData is written by the test: many traces, which are initial states of  *)
(* one run, and whether they are of an exclusive buffer.                       *)
EXTENDS RelayExclusive, TraceConstants, TraceData

VARIABLES tr, l
traceVars == <<vars, tr, l>>

Line == Traces[tr][l]
Code(t) == (t.q * 64 + t.off) * 4 + (IF t.fin THEN 2 ELSE 0) + (IF t.paused THEN 1 ELSE 0)
Bit(condition) == IF condition THEN 1 ELSE 0
Amount(s, r, b) == [subbufs |-> s, records |-> r, bytes |-> b]

(* The step of process p, whichever it is. *)
Others(p) == \/ p \in Flushers /\ Flush(p)
             \/ p \in Closers /\ Close(p)
             \/ p \in Resetters /\ ResetAll(p)
             \/ p \in Pausers /\ Pausing(p)
StepOf(p) == \/ p \in Consumers /\ Consume(p)
             \/ p \in Writers /\ IF IsExclusive THEN Owning(p) ELSE Writing(p)
             \/ p \in Snapshots /\ Snapshot(p)
             \/ p \in Readers /\ Partial(p)
             \/ p \notin Writers \cup Consumers \cup Readers /\ IF IsExclusive THEN Requesting(p) ELSE Others(p)

(* What line e says of the step. *)
Loads(e) == CASE e[2] = "tail"     -> Code(tail) = e[3]
              [] e[2] = "consumed" -> consumed = e[3]
              [] e[2] = "ready"    -> delivered[e[3]] = e[4]
              [] e[2] = "waiting"  -> waiting = e[3]
              [] e[2] = "isClosed" -> closed = e[3]
              [] e[2] = "loadCommit" -> commitBytes[e[3]] = e[4] /\ commitRecords[e[3]] = e[5]
              [] e[2] = "loadRequest" ->
                    Request.flushes = e[3] /\ Bit(Request.paused) = e[4] /\ Bit(Request.fin) = e[5]
              [] e[2] \in {"copy", "request"} -> TRUE
              [] OTHER -> FALSE
Cas(e) == CASE e[2] = "casTail" ->
                IF e[5] = 1 THEN Code(tail) = e[3] /\ Code(tail') = e[4] ELSE Code(tail) # e[3] /\ tail' = tail
            [] e[2] = "casConsumed" ->
                IF e[5] = 1 THEN consumed = e[3] /\ consumed' = e[4] ELSE consumed # e[3] /\ consumed' = consumed
            [] e[2] = "casDelivered" ->
                IF e[6] = 1 THEN delivered[e[3]] = e[4] /\ delivered'[e[3]] = e[5]
                ELSE delivered[e[3]] # e[4] /\ delivered' = delivered
            [] e[2] = "settle" -> freed' /\ e[3] = Bit(~freed)
            [] OTHER -> FALSE
Stores(e) == CASE e[2] = "deliver" -> delivered'[e[3]] = e[4]
               [] e[2] = "commit"  -> /\ commitBytes[e[3]] = e[4] /\ commitRecords[e[3]] = e[5]
                                      /\ commitBytes'[e[3]] = e[4] + e[6] /\ commitRecords'[e[3]] = e[5] + e[7]
               [] e[2] = "own"     -> commitBytes'[e[3]] = e[4] /\ commitRecords'[e[3]] = e[5]
               [] e[2] = "storeTail" -> Code(tail') = e[3]
               [] e[2] = "reset"   -> e[4] = 0 /\ commitBytes'[e[3]] = 0 /\ commitRecords'[e[3]] = 0
               [] e[2] = "padding" -> padding'[e[3]] = e[4]
               [] e[2] = "records" -> records'[e[3]] = e[4]
               [] e[2] = "closed"  -> closed' = e[3]
               [] e[2] = "count"   -> counters'[e[3]] = Plus(counters[e[3]], Amount(e[4], e[5], e[6]))
               [] OTHER -> FALSE
Client(e) == CASE e[2] = "write"   -> LET own == local[e[1]].own IN (own.q * 64 + own.off) * 4 = e[3] /\ own.len = e[4]
               [] e[2] = "onStart" -> local[e[1]].own.q = e[3]
               [] e[2] = "onEnd"   -> /\ local[e[1]].own.q = e[3] /\ padding[Slot(e[3])] = e[4]
                                      /\ local[e[1]].got.records = e[5]
               [] e[2] = "read"    -> local[e[1]].seen = e[3] /\ padding[Slot(e[3])] = e[4] /\ records[Slot(e[3])] = e[5]
               [] OTHER -> FALSE

(* Which action a kind of line may be: the accessor of the step, not only its values. *)
KindOf(p, label) ==
    CASE label = "PartialValidate" -> IF p \in Partials THEN "consumed" ELSE "tail"
      [] label \in {"FlushLoadTail", "CloseLoadTail", "PauseLoadTail", "ResumeLoadTail"} -> IF IsExclusive THEN "request" ELSE "tail"
      [] label \in {"LoadTail", "RecheckTail", "ResetLoadBound", "SkipLoadTail", "PassLoadTail",
                    "SettleLoadTail", "SnapLoadTail", "SnapValidate", "PartialRecheckTail"} -> "tail"
      [] label \in {"OpenCas", "AppendCas", "CloseCas", "FlushCas", "FinalizeCas", "PauseCas",
                    "ResumeCas"} -> "casTail"
      [] label \in {"OpenStore", "StoreSwitchedTail", "StoreFinalTail"} -> "storeTail"
      [] label \in {"LoadConsumed", "TakeLoadConsumed", "TakeRecheckConsumed", "SkipLoadConsumed",
                    "PassLoadConsumed", "ResetLoadConsumed", "ResetRecheckConsumed", "SnapLoadConsumed",
                    "PartialLoadConsumed"} -> "consumed"
      [] label \in {"PushConsumed", "ConsumeCas", "SkipCas", "ResetCas", "PassConsumeCas",
                    "HelpPass"} -> "casConsumed"
      [] label \in {"LoadDelivered", "TakeLoadDelivered", "SkipLoadDelivered", "ResetLoadDelivered",
                    "PassLoadDelivered", "SettleLoadDelivered", "SnapLoadDelivered",
                    "PartialLoadDelivered"} -> "ready"
      [] label = "PartialLoadCommit" -> "loadCommit"
      [] label \in {"CountLost", "CountOverwritten", "CountSkipped", "CountAborted", "CountPassed",
                    "CountDelivered"} -> "count"
      [] label \in {"Commit", "CommitPadding", "CommitHeader"} -> "commit"
      [] label \in {"Deliver", "PassCas"} -> "casDelivered"
      [] label = "DeliverPassed" -> "deliver"
      [] label \in {"StorePadding", "StoreOwnPadding"} -> "padding"
      [] label \in {"LoadRequest", "ReloadRequest", "HoldRequest"} -> "loadRequest"
      [] label = "StoreCommit" -> "own"
      [] label = "StoreRecords" -> "records"      [] label = "ResetCommit" -> "reset"
      [] label = "LoadWaiting" -> "waiting"       [] label = "SettleLoadClosed" -> "isClosed"
      [] label = "StoreClosed" -> "closed"        [] label = "Settle" -> "settle"
      [] label \in {"CopyData", "SnapCopy", "PartialCopy"} -> "copy"
      [] label = "ReadData"  -> "read"
      [] label = "WriteData" -> "write"
      [] label = "OnStart" -> "onStart"           [] label = "OnEnd" -> "onEnd"
      [] OTHER -> "none"

Follows == LET e == Line IN
    /\ l < Len(Traces[tr])
    /\ KindOf(e[1], pc[e[1]]) = e[2]
    /\ StepOf(e[1])
    /\ Loads(e) \/ Cas(e) \/ Stores(e) \/ Client(e)
    /\ l' = l + 1 /\ UNCHANGED tr

(* The last line is the final state of the kernel; all but the consumer and    *)
(* the stream have come to their end, and what was attempted is accounted for.  *)
Ends == LET e == Line IN
    /\ l = Len(Traces[tr])
    /\ \A p \in Procs \ (Consumers \cup Partials) : pc[p] = "Done"
    /\ Code(tail) = e[2] /\ consumed = e[3] /\ Bit(freed) = e[4]
    /\ \A s \in 0..N-1 : <<commitBytes[s], commitRecords[s], padding[s], records[s], delivered[s]>> = e[5 + s]
    /\ \A k \in 5 + N..Len(e) : counters[e[k][1]] = Amount(e[k][2], e[k][3], e[k][4])
    /\ LET settled == Plus(Sum(counters, Causes \cup Fates), Sum(Current, 1..Len(log))) IN
       /\ Sum(Attempted, Writers).records = settled.records + counters["ABORTED"].records
       /\ Sum(Attempted, Writers).bytes = settled.bytes
    /\ UNCHANGED traceVars

TraceInit == Init /\ tr \in 1..Len(Traces) /\ l = 1
TraceNext == Follows \/ Ends
TraceSpec == TraceInit /\ [][TraceNext]_traceVars
===============================================================================
