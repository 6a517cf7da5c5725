------------------------------ MODULE RelayTrace ------------------------------
(* Validates runs of free threads on the real kernel. A trace is the sequence  *)
(* of their steps in the one order that the values in their logs allow (the    *)
(* test finds it without search). Each line is conjoined to the step of that   *)
(* process in RelayProtocol and to what was really read and written. A trace    *)
(* that is no behaviour of RelayProtocol gets stuck: TLC finds a deadlock, and  *)
(* its last state says which trace (tr) and which line (l). By its form each    *)
(* step of RelayTrace is one of RelayProtocol.                                 *)
(* TraceData is written by the test: many traces, which are initial states of  *)
(* one run.                                                                    *)
EXTENDS RelayProps, TraceConstants, TraceData

VARIABLES tr, l
traceVars == <<vars, tr, l>>

Line == Traces[tr][l]
Code(t) == (t.q * 64 + t.off) * 4 + (IF t.fin THEN 2 ELSE 0) + (IF t.paused THEN 1 ELSE 0)
Amount(s, r, b) == [subbufs |-> s, records |-> r, bytes |-> b]

(* The step of process p, whichever it is. *)
StepOf(p) == \/ p \in Writers /\ Writing(p)
             \/ p \in Flushers /\ Flush(p)
             \/ p \in Closers /\ Close(p)
             \/ p \in Resetters /\ ResetAll(p)
             \/ p \in Consumers /\ Consume(p)

(* What line e says of the step. *)
Loads(e) == CASE e[2] = "tail"     -> Code(tail) = e[3]
              [] e[2] = "consumed" -> consumed = e[3]
              [] e[2] = "ready"    -> delivered[e[3]] = e[4]
              [] e[2] = "waiting"  -> waiting = e[3]
              [] e[2] = "copy"     -> TRUE
              [] OTHER -> FALSE
Cas(e) == CASE e[2] = "casTail" ->
                IF e[5] = 1 THEN Code(tail) = e[3] /\ Code(tail') = e[4] ELSE Code(tail) # e[3] /\ tail' = tail
            [] e[2] = "casConsumed" ->
                IF e[5] = 1 THEN consumed = e[3] /\ consumed' = e[4] ELSE consumed # e[3] /\ consumed' = consumed
            [] OTHER -> FALSE
Stores(e) == CASE e[2] = "deliver" -> delivered'[e[3]] = e[4]
               [] e[2] = "commit"  -> /\ commitBytes[e[3]] = e[4] /\ commitRecords[e[3]] = e[5]
                                      /\ commitBytes'[e[3]] = e[4] + e[6] /\ commitRecords'[e[3]] = e[5] + e[7]
               [] e[2] = "reset"   -> e[4] = 0 /\ commitBytes'[e[3]] = 0 /\ commitRecords'[e[3]] = 0
               [] e[2] = "padding" -> padding'[e[3]] = e[4]
               [] e[2] = "records" -> records'[e[3]] = e[4]
               [] e[2] = "closed"  -> closed' = e[3]
               [] e[2] = "count"   -> counters'[e[3]] = Plus(counters[e[3]], Amount(e[4], e[5], e[6]))
               [] e[2] = "delivered" -> counters'["DELIVERED"] = Amount(e[3], e[4], e[5])
               [] OTHER -> FALSE
Client(e) == CASE e[2] = "write"   -> LET own == local[e[1]].own IN (own.q * 64 + own.off) * 4 = e[3] /\ own.len = e[4]
               [] e[2] = "onStart" -> local[e[1]].own.q = e[3]
               [] e[2] = "onEnd"   -> /\ local[e[1]].own.q = e[3] /\ padding[Slot(e[3])] = e[4]
                                      /\ local[e[1]].got.records = e[5]
               [] e[2] = "read"    -> local[e[1]].seen = e[3] /\ padding[Slot(e[3])] = e[4] /\ records[Slot(e[3])] = e[5]
               [] OTHER -> FALSE

(* Which action a kind of line may be: the accessor of the step, not only its values. *)
KindOf(label) ==
    CASE label \in {"LoadTail", "RecheckTail", "FlushLoadTail", "CloseLoadTail", "ResetLoadBound", "SkipLoadTail"} -> "tail"
      [] label \in {"OpenCas", "AppendCas", "CloseCas", "FlushCas", "FinalizeCas"} -> "casTail"
      [] label \in {"LoadConsumed", "TakeLoadConsumed", "SkipLoadConsumed", "ResetLoadConsumed",
                    "ResetRecheckConsumed"} -> "consumed"
      [] label \in {"PushConsumed", "ConsumeCas", "SkipCas", "ResetCas"} -> "casConsumed"
      [] label \in {"LoadDelivered", "TakeLoadDelivered", "SkipLoadDelivered", "ResetLoadDelivered"} -> "ready"
      [] label \in {"CountLost", "CountOverwritten", "CountSkipped", "CountAborted"} -> "count"
      [] label \in {"Commit", "CommitPadding"} -> "commit"
      [] label = "CountDelivered" -> "delivered"  [] label = "StorePadding" -> "padding"
      [] label = "StoreRecords" -> "records"      [] label = "ResetCommit" -> "reset"
      [] label = "Deliver" -> "deliver"           [] label = "LoadWaiting" -> "waiting"
      [] label = "StoreClosed" -> "closed"        [] label = "CopyData" -> "copy"
      [] label = "ReadData" -> "read"             [] label = "WriteData" -> "write"
      [] label = "OnStart" -> "onStart"           [] label = "OnEnd" -> "onEnd"
      [] OTHER -> "none"

Follows == LET e == Line IN
    /\ l < Len(Traces[tr])
    /\ KindOf(pc[e[1]]) = e[2]
    /\ StepOf(e[1])
    /\ Loads(e) \/ Cas(e) \/ Stores(e) \/ Client(e)
    /\ l' = l + 1 /\ UNCHANGED tr

(* The last line is the final state of the kernel; all but the consumer have   *)
(* come to their end, and what was attempted is accounted for.                 *)
Ends == LET e == Line IN
    /\ l = Len(Traces[tr])
    /\ \A p \in Procs \ Consumers : pc[p] = "Done"
    /\ Code(tail) = e[2] /\ consumed = e[3]
    /\ \A s \in 0..N-1 : <<commitBytes[s], commitRecords[s], padding[s], records[s], delivered[s]>> = e[4 + s]
    /\ \A k \in 4 + N..Len(e) : counters[e[k][1]] = Amount(e[k][2], e[k][3], e[k][4])
    /\ LET settled == Plus(Sum(counters, Causes \cup Fates), Sum(Current, 1..Len(log))) IN
       /\ Sum(Attempted, Writers).records = settled.records + counters["ABORTED"].records
       /\ Sum(Attempted, Writers).bytes = settled.bytes
    /\ UNCHANGED traceVars

TraceInit == Init /\ tr \in 1..Len(Traces) /\ l = 1
TraceNext == Follows \/ Ends
TraceSpec == TraceInit /\ [][TraceNext]_traceVars
===============================================================================
