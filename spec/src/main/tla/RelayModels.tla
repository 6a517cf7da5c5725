------------------------------ MODULE RelayModels ------------------------------
(* The root module of the configurations: the values that a .cfg cannot write,  *)
(* as functions of two or three writers, and the traps. Names say the lengths:  *)
(* W12_21 = writer w1 writes 1 then 2 bytes, w2 writes 2 then 1.                *)
EXTENDS RelayRefines

W1_1 == [w1 |-> <<1>>, w2 |-> <<1>>]
W11_1 == [w1 |-> <<1, 1>>, w2 |-> <<1>>]
W12_1 == [w1 |-> <<1, 2>>, w2 |-> <<1>>]
W12_2 == [w1 |-> <<1, 2>>, w2 |-> <<2>>]
W12_21 == [w1 |-> <<1, 2>>, w2 |-> <<2, 1>>]
W112_21 == [w1 |-> <<1, 1, 2>>, w2 |-> <<2, 1>>]
W22_2 == [w1 |-> <<2, 2>>, w2 |-> <<2>>]
W222_2 == [w1 |-> <<2, 2, 2>>, w2 |-> <<2>>]
W142_21 == [w1 |-> <<1, 4, 2>>, w2 |-> <<2, 1>>]
W14_21 == [w1 |-> <<1, 4>>, w2 |-> <<2, 1>>]
W2_2 == [w1 |-> <<2>>, w2 |-> <<2>>]
W1 == [w1 |-> <<1>>]
W12 == [w1 |-> <<1, 2>>]
W14 == [w1 |-> <<1, 4>>]
W4 == [w1 |-> <<4>>]
W11_2 == [w1 |-> <<1, 1>>, w2 |-> <<2>>]
W1_2 == [w1 |-> <<1>>, w2 |-> <<2>>]
W22 == [w1 |-> <<2, 2>>]
W21 == [w1 |-> <<2, 1>>]
W2 == [w1 |-> <<2>>]
W2222 == [w1 |-> <<2, 2, 2, 2>>]
W12_2_1 == [w1 |-> <<1, 2>>, w2 |-> <<2>>, w3 |-> <<1>>]
W22_22_2 == [w1 |-> <<2, 2>>, w2 |-> <<2, 2>>, w3 |-> <<2>>]
W22_2_2 == [w1 |-> <<2, 2>>, w2 |-> <<2>>, w3 |-> <<2>>]

X11 == [w1 |-> <<1, 1>>]
X22 == [w1 |-> <<2, 2>>]
X12 == [w1 |-> <<1, 2>>]
X121 == [w1 |-> <<1, 2, 1>>]
X2122 == [w1 |-> <<2, 1, 2, 2>>]
X1211 == [w1 |-> <<1, 2, 1, 1>>]
X12142 == [w1 |-> <<1, 2, 1, 4, 2>>]

Record_w2_1 == {<<"w2", 1>>}
Record_w1_2 == {<<"w1", 2>>}
NoRecords == {}
NoRefusals == [q \in {} |-> 0]
RefuseSecond == [q \in {(FirstSequence + 1) % Modulus} |-> 1]

-------------------------------------------------------------------------------
(* Traps: each says that something never happens, and must be violated (12). *)
Lost(cause) == counters[cause].records > 0
NeverFull == ~Lost("FULL")
NeverTooLarge == ~Lost("TOO_LARGE")
NeverStalled == ~Lost("STALLED")
NeverRefused == ~Lost("REFUSED")
NeverPaused == ~Lost("PAUSED")
NeverClosed == ~Lost("CLOSED")
NeverAborted == ~Lost("ABORTED")
NeverOverwritten == ~Lost("OVERWRITTEN")
NeverSkipped == ~Lost("SKIPPED")
NeverPadded == \A p \in Procs : pc[p] # "CommitPadding"
NeverResetGaveWay == \A p \in Resetters : pc[p] = "ResetRecheckConsumed" => consumed = local[p].seen
NeverFilledExactly == \A w \in Writers : ~(pc[w] = "StorePadding" /\ local[w].own.kind = "record")
NeverFailedCas == \A w \in Writers :
    pc[w] \in {"OpenCas", "AppendCas", "CloseCas"} => local[w].loaded = tail
NeverFailedRecheck == \A w \in Writers : pc[w] = "RecheckTail" => local[w].loaded = tail
NeverStalePush == \A w \in Writers :     \* consumed has passed the sub-buffer that is to be opened
    pc[w] = "PushConsumed" => Distance(local[w].loaded.q, consumed) <= N
NeverLapped == Distance(tail.q, FirstSequence) <= N
NeverWrapped == tail.q >= FirstSequence
NeverCommittedOutOfOrder == \A w \in Writers :
    Outstanding(w) /\ local[w].own.off = H => commitBytes[Slot(local[w].own.q)] = 0
NeverDeliveredOutOfOrder == \A k \in 1..Len(log) - 1 :
    LET q == Add(consumed, k) IN Ready(q) => Ready(Add(q, Modulus - 1))
NeverPaddedFirst == \A w \in Writers :   \* the closer stores its padding before onStart has run
    pc[w] = "OnStart" => padding[Slot(local[w].own.q)] = 0
NeverDroppedCopy == \A k \in Consumers : pc[k] = "ConsumeCas" => local[k].seen = consumed
NeverTornCopy == \A k \in Consumers : pc[k] = "ConsumeCas" => local[k].good
NeverSnapshot == \A s \in Snapshots : pc[s] = "SnapValidate" => ~SnapshotValid(local[s].seen)
NeverTornSnapshot == \A s \in Snapshots : pc[s] = "SnapValidate" => local[s].good
NeverPartial == \A r \in Partials : pc[r] # "Done"
NeverTornPartial == \A r \in Partials : pc[r] = "PartialValidate" => local[r].good
NeverUnstablePartial == \A r \in Partials :
    pc[r] = "PartialRecheckTail" /\ tail.q = local[r].seen => tail.off = local[r].got.bytes
NeverSlept == \A k \in Consumers : pc[k] # "Sleep"
NeverWoken == ~permit
NeverHungUp == \A k \in Consumers : pc[k] # "Done"
NeverCrashed == \A w \in Writers : pc[w] # "Crashed"
NeverStalledWhenFull == ~Overwrite => ~Lost("STALLED")
NeverPassed == OutOfOrder = {}
NeverPassedThenDelivered == \A p \in Procs : pc[p] # "DeliverPassed"
NeverPassedTooLate == \A k \in Consumers : pc[k] = "PassCas" => StillHeld(local[k].seen)
NeverHelped == \A p \in Procs : pc[p] = "HelpPass" => consumed # local[p].own.q
NeverFoundPassed == \A k \in Consumers : pc[k] = "PassLoadDelivered" =>
    delivered[Slot(local[k].seen)] # Passed(Lap(local[k].seen))
NeverStalledByPassed == \A w \in Writers : pc[w] = "CountLost" /\ local[w].cause = "STALLED" => OutOfOrder = {}
NeverHungUpOverHeld == \A k \in Consumers : pc[k] = "Done" => OutOfOrder = {}
NeverHeldAtClose == closed = 1 => \A w \in Writers : ~Outstanding(w)
NeverFreed == ~freed
NeverFreedByWriter == \A w \in Writers : pc[w] # "Settle"
NeverFreedBeforeWake ==                  \* who has delivered looks at waiting after that
    freed => \A w \in Writers : pc[w] # "LoadWaiting"
NeverNearlyFull == tail.off < S - 1
NeverAllRetained == LastIndex < N
NeverAdjacent == \A p, r \in Writers : p # r /\ Outstanding(p) /\ Outstanding(r) /\ local[p].own.q = local[r].own.q =>
    local[p].own.off + local[p].own.len # local[r].own.off
NeverOneByteShort == \A q \in InOrder : q # tail.q => commitBytes[Slot(q)] # S - 1
NeverTwoDeliverers == \A p, r \in Procs : p # r => ~(pc[p] \in Delivering /\ pc[r] \in Delivering)
NeverTakenAtOnce == \A w \in Writers : pc[w] = "LoadWaiting" => consumed # Add(local[w].own.q, 1)
NeverEndedUndelivered == \A k \in 1..Len(log) : log[k].ended => Ready(Add(consumed, k - 1))
NeverDeliveredPadded == \A k \in 1..Len(log) : LET q == Add(consumed, k - 1) IN
    Ready(q) => padding[Slot(q)] = 0 \/ records[Slot(q)] = 0
NeverUncounted == \A p \in Procs : Counting[p] = Zero
NeverAsleepWhenReady == \A k \in Consumers : pc[k] = "Sleep" => ~Ready(consumed)
NeverUnwrittenClosed == \A w \in Writers : pc[w] = "WriteData" => local[w].own.q = tail.q
NeverCasOnFinal == \A w \in Writers : pc[w] \in {"OpenCas", "AppendCas", "CloseCas"} => ~tail.fin
NeverCasWhilePaused == \A w \in Writers : pc[w] \in {"OpenCas", "AppendCas", "CloseCas"} => ~tail.paused
NeverWrittenBeside == \A w \in Writers : pc[w] = "WriteData" => \A q \in InOrder : ~Ready(q)
===============================================================================
