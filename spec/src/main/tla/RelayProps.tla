------------------------------ MODULE RelayProps ------------------------------
(* What must hold of RelayProtocol: invariants I1.. (the Java class            *)
(* SubBufferSwitch lists them under the same names), action properties A1.. and *)
(* liveness L1...                                                              *)
EXTENDS RelayProtocol

Holds(w) == local[w].own.kind = "record"        \* w has reserved its current message
PreCommit == {"StorePadding", "OnStart", "CommitHeader", "WriteData", "CountAborted", "Commit",
              "CommitPadding", "Crashed"}
Outstanding(p) == local[p].own.kind # "none" /\ pc[p] \in PreCommit
Delivering == {"OnEnd", "StoreRecords", "ResetCommit", "Deliver", "HelpPass", "CountPassed", "DeliverPassed"}

RECURSIVE Sum(_, _)
Sum(f, keys) == IF keys = {} THEN Zero
                ELSE LET k == CHOOSE x \in keys : TRUE IN Plus(f[k], Sum(f, keys \ {k}))
RECURSIVE OwnedBytes(_)
OwnedBytes(procs) == IF procs = {} THEN 0
                     ELSE LET p == CHOOSE x \in procs : TRUE
                          IN  local[p].own.len + local[p].own.head + OwnedBytes(procs \ {p})
RECURSIVE SizeOf(_)
SizeOf(recs) == IF recs = <<>> THEN Zero
                ELSE Plus(SizeOf(Tail(recs)),
                          [subbufs |-> 0, records |-> IF Head(recs) \in Aborts THEN 0 ELSE 1,
                           bytes |-> RecordLength(Head(recs))])
Only(condition, amount) == IF condition THEN amount ELSE Zero
Sequences == 0..Modulus-1
DeliveredWords == Sequences \cup {Passed(q) : q \in Sequences}
Offsets == {0} \cup (H+1)..(S-1)
InOrder == {Add(consumed, k - 1) : k \in 1..Len(log)}
OutOfOrder == {passed[s].q : s \in 0..N-1} \ {NoSequence}
LastIndex == Distance(tail.q, consumed) + (IF tail.off = 0 THEN 0 ELSE 1)

-------------------------------------------------------------------------------
(* I1: every word has its type; an offset is never S *)
I1_TypeOK ==
    /\ tail.q \in Sequences /\ tail.off \in Offsets
    /\ consumed \in Sequences
    /\ \A s \in 0..N-1 : /\ commitBytes[s] \in 0..S /\ commitRecords[s] \in 0..S
                         /\ padding[s] \in 0..(S-1) /\ records[s] \in 0..S
                         /\ delivered[s] \in DeliveredWords
    /\ waiting \in {0, 1} /\ closed \in {0, 1} /\ permit \in BOOLEAN

(* I2: at most n sub-buffers are retained, those from consumed to tail; a slot that holds one which *)
(* was passed is not opened                                                                        *)
I2_Window ==
    /\ LastIndex <= N /\ Len(log) = LastIndex
    /\ \A q \in OutOfOrder : \A r \in InOrder : Slot(q) # Slot(r)

(* I3: reserved ranges that are not yet committed are disjoint, slots have one lap *)
I3_NoOverlap ==
    LET holders == {p \in Procs : Outstanding(p)} IN
    \A p, r \in holders : p # r =>
        LET a == local[p].own
            b == local[r].own
        IN  Slot(a.q) = Slot(b.q) =>
                a.q = b.q /\ (a.off + a.len <= b.off \/ b.off + b.len <= a.off)

(* I4: committed plus outstanding bytes are the reserved bytes of each sub-buffer that is not delivered *)
I4_CommitExact ==
    \A q \in InOrder \cup OutOfOrder :
        LET s == Slot(q)
            out == {p \in Procs : Outstanding(p) /\ local[p].own.q = q}
            reserved == IF q = tail.q THEN tail.off ELSE S
            reset == \E p \in Procs : local[p].own.q = q /\
                        pc[p] \in {"Deliver", "HelpPass", "CountPassed", "DeliverPassed"}
        IN  delivered[s] \in {Lap(q), Passed(Lap(q))} /\ ~reset =>
                commitBytes[s] + OwnedBytes(out) = reserved

(* I5: one thread delivers a sub-buffer, once *)
I5_OneDeliverer ==
    /\ "Deliver" \notin faults
    /\ \A p, r \in Procs : p # r /\ pc[p] \in Delivering /\ pc[r] \in Delivering =>
            Slot(local[p].own.q) # Slot(local[r].own.q)

(* I6: nothing is consumed before it is delivered, or passed: then its slot is not opened before *)
I6_FreedAfterDelivery ==
    \A j \in 1..N : LET q == Add(consumed, Modulus - j)
                    IN  delivered[Slot(q)] \in IF Held(q) THEN {Passed(Lap(q))}
                                              ELSE {Add(q, 1), Passed(Add(q, 1)), Add(q, N + 1)}

(* I7: a copy that passes its validation is whole: one lap, every byte, reservation order *)
I7_WholeReads == "Torn" \notin faults

(* I8: onStart once and first, onEnd once and last, with the whole sub-buffer and its padding *)
I8_Hooks ==
    /\ "OnStart" \notin faults /\ "OnEnd" \notin faults
    /\ \A k \in 1..Len(log) : LET q == Add(consumed, k - 1)
                              IN  delivered[Slot(q)] = Add(q, 1) => log[k].started /\ log[k].ended

(* I9: padding and record count of a delivered sub-buffer are exact, its commit word is reset *)
I9_ExactDelivery ==
    \A k \in 1..Len(log) :
        LET q == Add(consumed, k - 1)
            s == Slot(q)
        IN  delivered[s] = Add(q, 1) =>
                /\ S - H - padding[s] = SizeOf(log[k].recs).bytes
                /\ records[s] = SizeOf(log[k].recs).records
                /\ commitBytes[s] = 0 /\ commitRecords[s] = 0

(* I10: attempted = in current + passed + delivered + overwritten + skipped + lost (+ aborted) *)
Attempts(w) == local[w].msg - 1 + (IF Holds(w) THEN 1 ELSE 0)
Attempted == [w \in Writers |-> [subbufs |-> 0, records |-> Attempts(w),
              bytes |-> Sum([i \in 1..Attempts(w) |-> [Zero EXCEPT !.bytes = Lengths[w][i]]],
                            1..Attempts(w)).bytes]]
Counting == [p \in Procs |->
    Only(pc[p] \in {"CountOverwritten", "CountDelivered", "CountSkipped"}, local[p].got)]
Aborting == [w \in Writers |-> Only(Holds(w) /\ Record(w) \in Aborts, [Zero EXCEPT !.records = 1])]
Counted == {w \in Writers : Holds(w) /\ Record(w) \in Aborts /\
                            pc[w] \notin {"StorePadding", "OnStart", "CommitHeader", "WriteData",
                                          "HoldRequest", "CountAborted"}}
Current == [k \in 1..Len(log) |-> SizeOf(log[k].recs)]
OfPassed == [s \in 0..N-1 |-> SizeOf(passed[s].recs)]
I10_Accounting ==
    LET known == Plus(Plus(Sum(counters, Causes \cup Fates), Sum(Counting, Procs)),
                      Plus(Sum(Current, 1..Len(log)), Sum(OfPassed, 0..N-1)))
        aborted == counters["ABORTED"].records + Sum(Aborting, Writers \ Counted).records
    IN  Retry = {} => /\ Sum(Attempted, Writers).bytes = known.bytes
                      /\ Sum(Attempted, Writers).records = known.records + aborted

(* I11: a write fails only for a cause that was true during the call *)
I11_NoFalseLoss == \A w \in Writers : pc[w] = "CountLost" => local[w].excuse

(* I12: no-overwrite never overwrites; overwrite is never full; nothing is skipped unasked *)
I12_LossByMode ==
    /\ Overwrite => counters["FULL"] = Zero /\ \A w \in Writers : local[w].cause # "FULL"
    /\ ~Overwrite => counters["OVERWRITTEN"] = Zero
    /\ Resetters = {} /\ ~Passes /\ ~Overwrite => counters["SKIPPED"] = Zero

(* I13: a message that cannot fit moves nothing *)
I13_TooLargeMovesNothing ==
    \A w \in Writers : pc[w] # "Done" /\ Message(w) > MaxLength => local[w].own = NoRange

(* I14: while the consumer sleeps on a delivered sub-buffer, somebody is about to wake it *)
WakeComes == \/ permit
             \/ \E p \in Procs : pc[p] \in {"Wake", "Unpark"} \/ (pc[p] = "LoadWaiting" /\ waiting # 0)
I14_NoLostWakeup ==
    \A k \in Consumers : pc[k] = "Sleep" =>
        /\ Ready(consumed) => WakeComes
        /\ closed = 1 /\ tail.q = consumed => WakeComes

(* I15: the consumer hangs up only when the buffer is closed and drained *)
I15_HangUpDrained ==
    \A k \in Consumers : pc[k] = "Done" =>
        tail.fin /\ tail.off = 0 /\ tail.q = consumed /\ log = <<>>

(* I16: a byte that was reserved is written, or its writer has still to commit it. So what is counted *)
(* is there, and no delivered sub-buffer holds a byte of another lap.                               *)
I16_CountedIsWritten ==
    \A q \in InOrder \cup OutOfOrder : \A o \in 0..H + SizeOf(Entry(q).recs).bytes - 1 :
        \/ data[Slot(q)][o][1] = q
        \/ \E p \in Procs : LET own == local[p].own IN
                /\ Outstanding(p) /\ own.q = q
                /\ o >= own.off - own.head /\ o < own.off + own.len

(* I17: when the memory is let go of, nobody has still to write into it, nor into the words of a slot *)
I17_NothingAfterFree ==
    freed => /\ closed = 1
             /\ \A p \in Procs : ~Outstanding(p) /\ pc[p] \notin Delivering

-------------------------------------------------------------------------------
(* A1: positions only grow (by less than half the sequence space) *)
Forward(a, b) == Distance(b, a) < Modulus \div 2
A1_Forward == [][/\ Forward(tail.q, tail'.q) /\ (tail.q = tail'.q => tail.off <= tail'.off)
                 /\ Forward(consumed, consumed')
                 /\ \A s \in 0..N-1 : /\ Forward(Unmarked(delivered[s]), Unmarked(delivered'[s]))
                                      /\ Unmarked(delivered'[s]) = Unmarked(delivered[s]) =>
                                            delivered'[s] >= delivered[s]
              ]_<<tail, consumed, delivered>>
(* A2: after FINALIZED the tail is final; while PAUSED no offset grows *)
A2_Final == [][tail.fin => tail' = tail]_tail
A3_Paused == [][tail.paused /\ tail'.off > 0 => tail'.off = tail.off]_tail
(* A4: a delivered sub-buffer keeps its padding, its records and its data until it is freed *)
A4_Immutable == [][\A j \in 0..N-1 :
                    LET q == Add(consumed, j)
                        s == Slot(q)
                    IN  delivered[s] = Add(q, 1) /\ Distance(consumed', consumed) <= j =>
                            padding'[s] = padding[s] /\ records'[s] = records[s] /\ data'[s] = data[s]
                  ]_vars

-------------------------------------------------------------------------------
(* Liveness, under FairSpec *)
Undelivered(s) ==       \* slot s holds a closed sub-buffer that is not delivered
    \E j \in 0..N-1 : /\ s = Slot(Add(consumed, j)) /\ j < Distance(tail.q, consumed)
                      /\ delivered[s] = Lap(Add(consumed, j))
L1_ClosedIsDelivered == \A s \in 0..N-1 : Undelivered(s) ~> ~Undelivered(s)
Asleep == \E k \in Consumers : pc[k] = "Sleep"
L2_SleeperIsWoken == (Asleep /\ Ready(consumed)) ~> ~Asleep
L3_WritersFinish == <>[](\A w \in Writers : pc[w] \in {"Done", "Crashed"})
L4_CloseDrains == \A k \in Consumers : tail.fin ~> (pc[k] = "Done")
L5_ReadyIsTaken == Ready(consumed) ~> ~Ready(consumed)
L6_MemoryIsFreed == closed = 1 ~> freed         \* where no writer crashes
L7_NothingHeldBack == <>[](consumed = tail.q)   \* where the consumer passes what is held

-------------------------------------------------------------------------------
THEOREM Safety ==
    Spec => /\ [](/\ I1_TypeOK /\ I2_Window /\ I3_NoOverlap /\ I4_CommitExact /\ I5_OneDeliverer
                  /\ I6_FreedAfterDelivery /\ I7_WholeReads /\ I8_Hooks /\ I9_ExactDelivery
                  /\ I10_Accounting /\ I11_NoFalseLoss /\ I12_LossByMode /\ I13_TooLargeMovesNothing
                  /\ I14_NoLostWakeup /\ I15_HangUpDrained /\ I16_CountedIsWritten /\ I17_NothingAfterFree)
            /\ A1_Forward /\ A2_Final /\ A3_Paused /\ A4_Immutable
THEOREM Liveness ==                 \* where nobody crashes, or who does has passed
    FairSpec /\ Crashers = {} => L1_ClosedIsDelivered /\ L2_SleeperIsWoken /\ L6_MemoryIsFreed
===============================================================================
