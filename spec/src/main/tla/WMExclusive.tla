------------------------------ MODULE WMExclusive -----------------------------
(***************************************************************************)
(* An exclusive buffer in overwrite mode on the memory of RelayWM: one     *)
(* owner writes without any atomic read-modify-write on tail and commit; a *)
(* consumer copies and validates by CAS; a snapshot reader validates by the*)
(* tail; a partial reader reads the committed prefix and validates by the  *)
(* tail, as a snapshot does, or by consumed, as read() does; another thread*)
(* sends a request (flush, pause, close).  Records are one unit long.      *)
(*                                                                         *)
(* Action              accessor                                  row       *)
(*   Request           request, release part of its RMW          M18       *)
(*   LoadRequest       requestAcquire (owner)                    M17       *)
(*   Open              consumedAcquire (owner)                   M12b      *)
(*   Push              casConsumed (owner)                       M13b      *)
(*   OpenTail          tailRelease(q, open), storeStoreFence     M3, M4    *)
(*   Append1           plain data; commitRelease                 M30       *)
(*   CloseTail         tailRelease(q+1, 0)                       M3        *)
(*   CloseWords        records[slot], commitOpaque(slot, 0)      M9, M7    *)
(*   Deliver           casDelivered                              M11a      *)
(*   Take..., Copy, ConsumeCas, Snap..., Part...   as in WMOverwrite and   *)
(*                     WMPartial, but no tail is compared with the prefix  *)
(*                                                                         *)
(* The first state is a full buffer, as in WMOverwrite.  commit is a pair  *)
(* <<bytes, sequence>>; the second half stands for the record count, which *)
(* must be that of the sub-buffer the bytes are of.                        *)
(***************************************************************************)
EXTENDS RelayWM

CONSTANTS N, S, Records, Reader, Requests,
          TailStore, CommitStore, DlvCas, PushLoad, PushCas, PushDirect, OpenFence, ReqStore, ReqLoad,
          TailFirst, TakeDlv, ConsCas, SnapDlv, SnapFence, SnapTail,
          PartDlv, PartCommit, ByConsumed, ConsRecheck

VARIABLES m, ow, rd, rq, err
vars == <<m, ow, rd, rq, err>>

Slots == 0 .. N - 1
TailWord == <<"tail", 0>>
ConsWord == <<"consumed", 0>>
ReqWord == <<"request", 0>>
Note == <<"note", 0>>                   \* what the requesting client wrote before its request
Cmt(s) == <<"commit", s>>
Dlv(s) == <<"delivered", s>>
Rec(s) == <<"records", s>>
Dat(s, o) == <<"data", s * S + o>>
Read(s) == <<"read", s>>
Words == {TailWord, ConsWord, ReqWord, Note}
         \cup UNION {{Cmt(s), Dlv(s), Rec(s), Read(s)} : s \in Slots}
         \cup {Dat(s, o) : s \in Slots, o \in 0 .. S - 1}
W == 1
C == 0
F == -1
Slot(q) == q % N

InitValue(l) ==
  IF l = TailWord THEN <<N, 0>>
  ELSE IF l[1] = "delivered" THEN l[2] + 1
  ELSE IF l[1] = "data" THEN l[2] \div S
  ELSE IF l[1] = "records" THEN l[2]
  ELSE IF l[1] = "commit" THEN <<0, 0>>
  ELSE 0

(* Reader: "consumer", "snapshot", "partial" or "none". *)
Init ==
  /\ m = MemInit(Words, {W, C, F}, [l \in Words |-> InitValue(l)])
  /\ ow = [pc |-> "request", k |-> 0, q |-> N, off |-> 0, c |-> 0]
  /\ rd = [pc |-> IF Reader = "consumer" THEN "take" ELSE IF Reader = "snapshot" THEN "dlv"
                  ELSE IF Reader = "partial" THEN "pdlv" ELSE "done",
           q |-> 0, c |-> <<0, 0>>, ok |-> TRUE]
  /\ rq = IF Requests THEN "note" ELSE "done"
  /\ err = {}

Flag(cond, name) == IF cond THEN {} ELSE {name}

(* -------------------------------- owner -------------------------------- *)
(* The request is looked at before each record (only the first time here, to keep the model small). *)
LoadRequest ==
  /\ ow.pc = "request"
  /\ ow.k < Records
  /\ IF Requests
     THEN \E i \in Visible(m, W, ReqWord, ReqLoad) :
            /\ m' = Load(m, W, ReqWord, i, ReqLoad)
            /\ err' = err \cup Flag(At(m, ReqWord, i) = 0 \/ Knows(m', W, Note), "race")
     ELSE UNCHANGED <<m, err>>
  /\ ow' = [ow EXCEPT !.pc = IF ow.off = 0 THEN "open" ELSE "append"]
  /\ UNCHANGED <<rd, rq>>

(* PushDirect: no load of consumed, only the CAS from q - n; it fails if that is passed. *)
Open ==
  /\ ow.pc = "open"
  /\ \E i \in (IF PushDirect THEN {0} ELSE Visible(m, W, ConsWord, PushLoad)) :
       LET c == IF PushDirect THEN ow.q - N ELSE At(m, ConsWord, i)
       IN  /\ m' = IF PushDirect THEN m ELSE Load(m, W, ConsWord, i, PushLoad)
           /\ ow' = IF ow.q - c >= N THEN [ow EXCEPT !.pc = "push", !.c = c]
                    ELSE [ow EXCEPT !.pc = "opentail"]
  /\ UNCHANGED <<rd, rq, err>>

Push ==
  /\ ow.pc = "push"
  /\ m' = IF Newest(m, ConsWord) = ow.c
          THEN Rmw(m, W, ConsWord, ow.q - N + 1, PushCas)
          ELSE Load(m, W, ConsWord, Last(m, ConsWord), IF IsAcq(PushCas) THEN "acq" ELSE "opq")
  /\ err' = err \cup Flag(Newest(m', ConsWord) >= ow.q - N + 1, "notPushed")
  /\ ow' = [ow EXCEPT !.pc = "opentail", !.c = 0]
  /\ UNCHANGED <<rd, rq>>

After(s) == LET h == m.thr[W] IN Max(h.cur[Read(s)], h.rel[Read(s)]) = Last(m, Read(s))
Data(mm) == Store(mm, W, Dat(Slot(ow.q), ow.off), ow.q, "opq")

(* TailFirst = FALSE, a mutant: the tail is stored after the first record's data. *)
OpenTail ==
  /\ ow.pc = "opentail"
  /\ LET m1 == IF TailFirst THEN m ELSE Data(m)
         m2 == Store(m1, W, TailWord, <<ow.q, 1>>, TailStore)
     IN  m' = IF OpenFence THEN StoreStoreFence(m2, W) ELSE m2
  /\ ow' = [ow EXCEPT !.pc = "append"]
  /\ UNCHANGED <<rd, rq, err>>

Append1 ==
  /\ ow.pc = "append"
  /\ LET s  == Slot(ow.q)
         m1 == IF ~TailFirst /\ ow.off = 0 THEN m ELSE Data(m)
     IN  /\ err' = err \cup Flag(After(s), "late")
         /\ IF ow.off + 1 = S
            THEN /\ m' = m1
                 /\ ow' = [ow EXCEPT !.pc = "closetail"]
            ELSE /\ m' = Store(m1, W, Cmt(s), <<ow.off + 1, ow.q>>, CommitStore)
                 /\ ow' = [ow EXCEPT !.pc = "request", !.off = @ + 1, !.k = @ + 1]
  /\ UNCHANGED <<rd, rq>>

CloseTail ==
  /\ ow.pc = "closetail"
  /\ m' = Store(m, W, TailWord, <<ow.q + 1, 0>>, TailStore)
  /\ ow' = [ow EXCEPT !.pc = "close"]
  /\ UNCHANGED <<rd, rq, err>>

CloseWords ==
  /\ ow.pc = "close"
  /\ LET s == Slot(ow.q)
     IN  m' = Store(Store(m, W, Rec(s), ow.q, "opq"), W, Cmt(s), <<0, 0>>, "opq")
  /\ ow' = [ow EXCEPT !.pc = "deliver"]
  /\ UNCHANGED <<rd, rq, err>>

Deliver ==
  /\ ow.pc = "deliver"
  /\ m' = Rmw(m, W, Dlv(Slot(ow.q)), ow.q + 1, DlvCas)
  /\ ow' = [ow EXCEPT !.pc = "request", !.k = @ + 1, !.q = @ + 1, !.off = 0]
  /\ UNCHANGED <<rd, rq, err>>

(* ------------------------------- request ------------------------------- *)
Request ==
  /\ rq = "note"
  /\ m' = Rmw(NaWrite(m, F, Note, 1), F, ReqWord, 1, ReqStore)
  /\ rq' = "done"
  /\ UNCHANGED <<ow, rd, err>>

(* ------------------------------- readers ------------------------------- *)
RECURSIVE Copies(_, _, _)
Copies(mm, ls, q) ==
  IF ls = {} THEN {<<mm, TRUE>>}
  ELSE LET l == CHOOSE x \in ls : TRUE
       IN UNION {{<<x[1], x[2] /\ At(mm, l, i) = q>> : x \in Copies(Load(mm, C, l, i, "opq"), ls \ {l}, q)}
                 : i \in Visible(mm, C, l, "opq")}
CopySet(s) == {Dat(s, o) : o \in 0 .. S - 1} \cup {Rec(s)}
Back(pc) == [rd EXCEPT !.pc = pc, !.q = 0, !.c = <<0, 0>>, !.ok = TRUE]
Fenced(mm) == IF SnapFence THEN AcquireFence(mm, C) ELSE mm

TakeConsumed ==
  /\ rd.pc = "take"
  /\ \E i \in Visible(m, C, ConsWord, "acq") :
       /\ m' = Load(m, C, ConsWord, i, "acq")
       /\ rd' = [rd EXCEPT !.pc = "ready", !.q = At(m, ConsWord, i)]

TakeDelivered ==
  /\ rd.pc = "ready"
  /\ LET l == Dlv(Slot(rd.q))
     IN \E i \in Visible(m, C, l, TakeDlv) :
       /\ m' = Load(m, C, l, i, TakeDlv)
       /\ rd' = IF At(m, l, i) = rd.q + 1 THEN [rd EXCEPT !.pc = "copy"] ELSE Back("take")

Copy ==
  /\ rd.pc = "copy"
  /\ \E x \in Copies(m, CopySet(Slot(rd.q)), rd.q) :
       /\ m' = x[1]
       /\ rd' = [rd EXCEPT !.pc = "cas", !.ok = x[2]]

ConsumeCas ==
  /\ rd.pc = "cas"
  /\ rd' = IF Newest(m, ConsWord) = rd.q /\ ~rd.ok THEN [rd EXCEPT !.pc = "badcopy"] ELSE Back("take")
  /\ m' = IF Newest(m, ConsWord) = rd.q
          THEN Rmw(NaWrite(m, C, Read(Slot(rd.q)), 0), C, ConsWord, rd.q + 1, ConsCas) ELSE m

SnapDelivered ==
  /\ rd.pc = "dlv"
  /\ \E s \in Slots : \E i \in Visible(m, C, Dlv(s), SnapDlv) :
       /\ m' = Load(m, C, Dlv(s), i, SnapDlv)
       /\ rd' = [rd EXCEPT !.pc = "snap", !.q = At(m, Dlv(s), i) - 1]

SnapCopy ==
  /\ rd.pc = "snap"
  /\ \E x \in Copies(m, CopySet(Slot(rd.q)), rd.q) :
       /\ m' = Fenced(x[1])
       /\ rd' = [rd EXCEPT !.pc = "check", !.ok = x[2]]

Validate ==
  /\ ~ByConsumed
  /\ rd.pc = "check"
  /\ \E i \in Visible(m, C, TailWord, SnapTail) :
       LET t == At(m, TailWord, i)
       IN  /\ m' = Load(m, C, TailWord, i, SnapTail)
           /\ rd' = IF (t[1] < rd.q + N \/ t = <<rd.q + N, 0>>) /\ ~rd.ok
                    THEN [rd EXCEPT !.pc = "badsnap"] ELSE Back("done")

ValidateConsumed ==
  /\ ByConsumed
  /\ rd.pc = "check"
  /\ \E i \in Visible(m, C, ConsWord, ConsRecheck) :
       /\ m' = Load(m, C, ConsWord, i, ConsRecheck)
       /\ rd' = IF At(m, ConsWord, i) <= rd.q /\ ~rd.ok THEN [rd EXCEPT !.pc = "badsnap"] ELSE Back("done")

PartDelivered ==
  /\ rd.pc = "pdlv"
  /\ \E q \in N .. N + 1 :
       LET l == Dlv(Slot(q))
       IN \E i \in Visible(m, C, l, PartDlv) :
            /\ m' = Load(m, C, l, i, PartDlv)
            /\ rd' = IF At(m, l, i) = q - N + 1 THEN [rd EXCEPT !.pc = "pcmt", !.q = q] ELSE Back("done")

PartCommitted ==
  /\ rd.pc = "pcmt"
  /\ LET l == Cmt(Slot(rd.q))
     IN \E i \in Visible(m, C, l, PartCommit) :
       /\ m' = Load(m, C, l, i, PartCommit)
       /\ rd' = IF At(m, l, i)[1] > 0 THEN [rd EXCEPT !.pc = "pcopy", !.c = At(m, l, i)] ELSE Back("done")

(* The prefix and its record count. *)
PartCopy ==
  /\ rd.pc = "pcopy"
  /\ \E x \in Copies(m, {Dat(Slot(rd.q), o) : o \in 0 .. rd.c[1] - 1}, rd.q) :
       /\ m' = Fenced(x[1])
       /\ rd' = [rd EXCEPT !.pc = "check", !.ok = x[2] /\ rd.c[2] = rd.q]

Next ==
  \/ LoadRequest \/ Open \/ Push \/ OpenTail \/ Append1 \/ CloseTail \/ CloseWords \/ Deliver
  \/ Request
  \/ /\ \/ TakeConsumed \/ TakeDelivered \/ Copy \/ ConsumeCas
        \/ SnapDelivered \/ SnapCopy \/ Validate \/ ValidateConsumed
        \/ PartDelivered \/ PartCommitted \/ PartCopy
     /\ UNCHANGED <<ow, rq, err>>

Spec == Init /\ [][Next]_vars

(* ------------------------------ properties ----------------------------- *)
NoTornCopy == rd.pc # "badcopy"
NoTornSnapshot == ~(rd.pc = "badsnap" /\ Reader = "snapshot")
NoTornPrefix == ~(rd.pc = "badsnap" /\ Reader = "partial")
NoLateRead == "late" \notin err
PushedBeforeOpen == "notPushed" \notin err
NoDataRace == "race" \notin err
(* Traps, must be violated: an unvalidated copy is torn; a prefix of a later lap is found. *)
NeverTorn == rd.ok
NeverPrefix == ~(rd.pc = "pcopy" /\ rd.q > N)
=============================================================================
