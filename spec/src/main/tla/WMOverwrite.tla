------------------------------ MODULE WMOverwrite -----------------------------
(***************************************************************************)
(* Overwrite mode on the memory of RelayWM (Overwrite = FALSE: no-overwrite*)
(* mode with a snapshot reader that is not the consumer): writers while a  *)
(* consumer copies and validates by CAS on consumed, and while a snapshot  *)
(* reader copies and validates against the tail.  The data is racy by      *)
(* design, so it is read and written opaquely; its value is the sequence   *)
(* it belongs to.  records[slot] stands for padding[slot] too.             *)
(*                                                                         *)
(* Action              accessor                                  row       *)
(*   LoadTail          tailAcquire                               M1a       *)
(*   Cas               casTail, then (opener) storeStoreFence    M2, M4    *)
(*   LoadDelivered     deliveredAcquire (opener)                 M10a      *)
(*   LoadPush          consumedAcquire (opener); records opaque  M12b      *)
(*   Push              casConsumed (opener)                      M13b      *)
(*   RecheckTail       tailAcquire                               M1b       *)
(*   WriteData         plain stores of the client                          *)
(*   Commit            getAndAddCommit                           M5        *)
(*   StoreRecords      recordsOpaque                             M9        *)
(*   ResetCommit       commitOpaque(slot, 0)                     M7a       *)
(*   Deliver           casDelivered (nobody passes here)         M11a      *)
(*   TakeConsumed      consumedAcquire (consumer)                M12c      *)
(*   TakeDelivered     deliveredAcquire (consumer)               M10b      *)
(*   Copy, ConsumeCas  plain reads of the copy, casConsumed      M13a      *)
(*   SnapDelivered     deliveredAcquire (snapshot)               M10c      *)
(*   SnapCopy          copy, then acquireFence                   M14a      *)
(*   SnapTail          tailAcquire (snapshot)                    M1c       *)
(*                                                                         *)
(* The first state is a full buffer: sub-buffers 0 .. N-1 are delivered    *)
(* and not consumed, the tail is at <<N, 0>>.                              *)
(*                                                                         *)
(* A copy that was validated by casConsumed is recorded in the pseudo      *)
(* location "read" by that CAS; a store into the slot must be ordered after*)
(* it (property NoLateRead): this is the load-store reordering which a     *)
(* promise-free memory does not execute.                                   *)
(***************************************************************************)
EXTENDS RelayWM

CONSTANTS N, S, Lens, Overwrite, HasConsumer, HasSnapshot,
          TailLoad, TailCas, DlvLoad, PushLoad, PushCas, Recheck, CommitAdd, DlvCas,
          TakeCons, TakeDlv, ConsCas, SnapDlv, SnapTailLoad,
          OpenFence, AppendFence, SnapFence, PushBeforeOpen, PushDirect, ResetFirst

VARIABLES m, wr, co, sn, err
vars == <<m, wr, co, sn, err>>

(* Message lengths per writer, chosen by the cfg files. *)
L1_1   == << <<1>>, <<1>> >>
L2_2   == << <<2>>, <<2>> >>
L11_1  == << <<1, 1>>, <<1>> >>
L11_11 == << <<1, 1>>, <<1, 1>> >>
L12_1  == << <<1, 2>>, <<1>> >>
L22_2  == << <<2, 2>>, <<2>> >>
L21_1  == << <<2, 1>>, <<1>> >>
L2_1_1 == << <<2>>, <<1>>, <<1>> >>

Slots == 0 .. N - 1
TailWord == <<"tail", 0>>
ConsWord == <<"consumed", 0>>
Cmt(s) == <<"commit", s>>
Dlv(s) == <<"delivered", s>>
Rec(s) == <<"records", s>>
Dat(s, o) == <<"data", s * S + o>>
Rd(s) == <<"read", s>>
Words == {TailWord, ConsWord}
         \cup UNION {{Cmt(s), Dlv(s), Rec(s), Rd(s)} : s \in Slots}
         \cup {Dat(s, o) : s \in Slots, o \in 0 .. S - 1}
Writers == DOMAIN Lens
C == 0
P == -1
Slot(q) == q % N

InitValue(l) ==
  IF l = TailWord THEN <<N, 0>>
  ELSE IF l = ConsWord THEN 0
  ELSE IF l[1] = "delivered" THEN l[2] + 1
  ELSE IF l[1] = "data" THEN l[2] \div S
  ELSE IF l[1] = "records" THEN l[2]
  ELSE 0

Init ==
  /\ m = MemInit(Words, Writers \cup {C, P}, [l \in Words |-> InitValue(l)])
  /\ wr = [w \in Writers |-> [pc |-> "load", k |-> 1, t |-> <<0, 0>>, d |-> 0, c |-> 0, r |-> 0,
                              q |-> 0, off |-> 0, len |-> 0]]
  /\ co = [pc |-> IF HasConsumer THEN "take" ELSE "done", q |-> 0, ok |-> TRUE]
  /\ sn = [pc |-> IF HasSnapshot THEN "dlv" ELSE "done", q |-> 0, ok |-> TRUE]
  /\ err = {}

Len0(w) == Lens[w][wr[w].k]
Go(w, rec) == wr' = [wr EXCEPT ![w] = rec]
Flag(cond, name) == IF cond THEN {} ELSE {name}

(* ------------------------------- writer -------------------------------- *)
LoadTail(w) ==
  /\ wr[w].pc = "load"
  /\ wr[w].k <= Len(Lens[w])
  /\ \E i \in Visible(m, w, TailWord, TailLoad) :
       LET t == At(m, TailWord, i)
       IN  /\ t[2] + Len0(w) <= S       \* padding is in WMTransfer: choose Lens that fit
           /\ m' = Load(m, w, TailWord, i, TailLoad)
           /\ Go(w, [wr[w] EXCEPT !.t = t, !.pc = IF t[2] = 0 THEN "dlv" ELSE "cas"])
  /\ UNCHANGED <<co, sn, err>>

LoadDelivered(w) ==
  /\ wr[w].pc = "dlv"
  /\ LET q == wr[w].t[1]
         l == Dlv(Slot(q))
     IN \E i \in Visible(m, w, l, DlvLoad) :
       /\ m' = Load(m, w, l, i, DlvLoad)
       /\ IF At(m, l, i) # q - N + 1
          THEN Go(w, [wr[w] EXCEPT !.pc = "recheck", !.d = At(m, l, i)])
          ELSE Go(w, [wr[w] EXCEPT !.pc = IF PushBeforeOpen THEN "push" ELSE "cas"])
  /\ UNCHANGED <<co, sn, err>>

(* A refusal is right only if the slot is behind, not ahead, of what the tail said. *)
RecheckTail(w) ==
  /\ wr[w].pc = "recheck"
  /\ \E i \in Visible(m, w, TailWord, Recheck) :
       /\ m' = Load(m, w, TailWord, i, Recheck)
       /\ IF At(m, TailWord, i) # wr[w].t
          THEN /\ Go(w, [wr[w] EXCEPT !.pc = "load", !.d = 0])
               /\ err' = err
          ELSE /\ Go(w, [wr[w] EXCEPT !.pc = "load", !.d = 0, !.k = @ + 1])
               /\ err' = err \cup Flag(wr[w].d < wr[w].t[1] - N + 1, "falseStalled")
  /\ UNCHANGED <<co, sn>>

(* PushDirect: no load of consumed, only the CAS from q - n; it fails if that is passed. *)
LoadPush(w) ==
  /\ wr[w].pc = "push"
  /\ LET q == wr[w].t[1]
     IN \E i \in (IF PushDirect THEN {0} ELSE Visible(m, w, ConsWord, PushLoad)) :
       LET c  == IF PushDirect THEN q - N ELSE At(m, ConsWord, i)
           m1 == IF PushDirect THEN m ELSE Load(m, w, ConsWord, i, PushLoad)
       IN IF q - c >= N /\ ~Overwrite
          THEN /\ m' = m1
               /\ Go(w, [wr[w] EXCEPT !.pc = "recheck", !.d = c])
          ELSE IF q - c >= N
          THEN \E j \in Visible(m1, w, Rec(Slot(q)), "opq") :
                 /\ m' = Load(m1, w, Rec(Slot(q)), j, "opq")
                 /\ Go(w, [wr[w] EXCEPT !.pc = "pushcas", !.c = c, !.r = At(m, Rec(Slot(q)), j)])
          ELSE /\ m' = m1
               /\ Go(w, [wr[w] EXCEPT !.pc = IF PushBeforeOpen THEN "cas" ELSE "write"])
  /\ UNCHANGED <<co, sn, err>>

(* The winner counts what it overwrites: exactly sub-buffer q-n, with its own records.  A   *)
(* failed CAS has seen a newer value; it reads in the acquire mode of the CAS.              *)
Push(w) ==
  /\ wr[w].pc = "pushcas"
  /\ LET q == wr[w].t[1]
     IN IF Newest(m, ConsWord) = wr[w].c
        THEN /\ m' = Rmw(m, w, ConsWord, q - N + 1, PushCas)
             /\ err' = err \cup Flag(wr[w].c = q - N /\ wr[w].r = q - N, "miscount")
        ELSE /\ m' = Load(m, w, ConsWord, Last(m, ConsWord), IF IsAcq(PushCas) THEN "acq" ELSE "opq")
             /\ err' = err
  /\ Go(w, [wr[w] EXCEPT !.pc = IF PushBeforeOpen THEN "cas" ELSE "write", !.c = 0, !.r = 0])
  /\ UNCHANGED <<co, sn>>

Cas(w) ==
  /\ wr[w].pc = "cas"
  /\ LET t  == wr[w].t
         o  == t[2] + Len0(w)
         m1 == Rmw(m, w, TailWord, IF o = S THEN <<t[1] + 1, 0>> ELSE <<t[1], o>>, TailCas)
     IN IF Newest(m, TailWord) = t
        THEN /\ m' = IF (IF t[2] = 0 THEN OpenFence ELSE AppendFence) THEN StoreStoreFence(m1, w) ELSE m1
             /\ Go(w, [wr[w] EXCEPT !.pc = IF t[2] = 0 /\ ~PushBeforeOpen THEN "push" ELSE "write",
                         !.q = t[1], !.off = t[2], !.len = Len0(w)])
             /\ err' = err \cup Flag(t[2] # 0 \/ ~PushBeforeOpen \/ Newest(m, ConsWord) >= t[1] - N + 1, "notPushed")
        ELSE /\ m' = m
             /\ Go(w, [wr[w] EXCEPT !.pc = "load"])
             /\ err' = err
  /\ UNCHANGED <<co, sn>>

RECURSIVE StoreAll(_, _, _, _)
StoreAll(mm, t, ls, v) ==
  IF ls = {} THEN mm
  ELSE LET l == CHOOSE x \in ls : TRUE IN StoreAll(Store(mm, t, l, v, "opq"), t, ls \ {l}, v)

(* Reads that somebody validated must be ordered before the stores of the next lap. *)
After(w, s) == LET h == m.thr[w] IN Max(h.cur[Rd(s)], h.rel[Rd(s)]) = Last(m, Rd(s))

WriteData(w) ==
  /\ wr[w].pc = "write"
  /\ LET q  == wr[w].q
         s  == Slot(q)
         ls == {Dat(s, wr[w].off + j) : j \in 0 .. wr[w].len - 1}
     IN  /\ err' = err \cup Flag(KnowsAll(m, w, ls), "order") \cup Flag(After(w, s), "late")
         /\ m' = StoreAll(m, w, ls, q)
  /\ Go(w, [wr[w] EXCEPT !.pc = "commit"])
  /\ UNCHANGED <<co, sn>>

Done(w) == [wr[w] EXCEPT !.pc = "load", !.k = @ + 1, !.q = 0, !.off = 0, !.len = 0]

Commit(w) ==
  /\ wr[w].pc = "commit"
  /\ LET l   == Cmt(Slot(wr[w].q))
         new == Newest(m, l) + wr[w].len
         rs  == {i \in 1 .. Last(m, l) : At(m, l, i) = 0}
     IN  /\ m' = Rmw(m, w, l, new, CommitAdd)
         /\ err' = err \cup Flag(\A i \in rs : i <= m.thr[w].cur[l], "order")
         /\ Go(w, IF new = S THEN [wr[w] EXCEPT !.pc = "records"] ELSE Done(w))
  /\ UNCHANGED <<co, sn>>

StoreRecords(w) ==
  /\ wr[w].pc = "records"
  /\ LET q == wr[w].q
         s == Slot(q)
     IN  /\ err' = err \cup Flag(KnowsAll(m, w, {Rec(s)} \cup {Dat(s, o) : o \in 0 .. S - 1}), "order")
                       \cup Flag(After(w, s), "late")
         /\ m' = Store(m, w, Rec(s), q, "opq")
  /\ Go(w, [wr[w] EXCEPT !.pc = IF ResetFirst THEN "reset" ELSE "deliver"])
  /\ UNCHANGED <<co, sn>>

ResetCommit(w) ==
  /\ wr[w].pc = "reset"
  /\ LET l == Cmt(Slot(wr[w].q))
     IN  /\ err' = err \cup Flag(Knows(m, w, l), "order")
         /\ m' = Store(m, w, l, 0, "opq")
  /\ Go(w, IF ResetFirst THEN [wr[w] EXCEPT !.pc = "deliver"] ELSE Done(w))
  /\ UNCHANGED <<co, sn>>

Deliver(w) ==
  /\ wr[w].pc = "deliver"
  /\ LET q == wr[w].q
         l == Dlv(Slot(q))
     IN  /\ err' = err \cup Flag(Newest(m, l) = q - N + 1, "order")
         /\ m' = Rmw(m, w, l, q + 1, DlvCas)
  /\ Go(w, IF ResetFirst THEN Done(w) ELSE [wr[w] EXCEPT !.pc = "reset"])
  /\ UNCHANGED <<co, sn>>

(* ------------------------------ consumer ------------------------------- *)
TakeConsumed ==
  /\ co.pc = "take"
  /\ \E i \in Visible(m, C, ConsWord, TakeCons) :
       /\ m' = Load(m, C, ConsWord, i, TakeCons)
       /\ co' = [co EXCEPT !.pc = "ready", !.q = At(m, ConsWord, i)]
  /\ UNCHANGED <<wr, sn, err>>

TakeDelivered ==
  /\ co.pc = "ready"
  /\ LET l == Dlv(Slot(co.q))
     IN \E i \in Visible(m, C, l, TakeDlv) :
       /\ m' = Load(m, C, l, i, TakeDlv)
       /\ co' = IF At(m, l, i) = co.q + 1 THEN [co EXCEPT !.pc = "copy"] ELSE [co EXCEPT !.pc = "take", !.q = 0]
  /\ UNCHANGED <<wr, sn, err>>

CopySet(s) == {Dat(s, o) : o \in 0 .. S - 1} \cup {Rec(s)}
(* All that thread t can get when it copies the words ls of sub-buffer q: {<<memory, intact>>}. *)
RECURSIVE Copies(_, _, _, _)
Copies(mm, t, ls, q) ==
  IF ls = {} THEN {<<mm, TRUE>>}
  ELSE LET l == CHOOSE x \in ls : TRUE
       IN UNION {{<<x[1], x[2] /\ At(mm, l, i) = q>> : x \in Copies(Load(mm, t, l, i, "opq"), t, ls \ {l}, q)}
                 : i \in Visible(mm, t, l, "opq")}

Copy ==
  /\ co.pc = "copy"
  /\ \E x \in Copies(m, C, CopySet(Slot(co.q)), co.q) :
       /\ m' = x[1]
       /\ co' = [co EXCEPT !.pc = "cas", !.ok = x[2]]
  /\ UNCHANGED <<wr, sn, err>>

ConsumeCas ==
  /\ co.pc = "cas"
  /\ co' = [co EXCEPT !.pc = "take", !.ok = TRUE, !.q = 0]
  /\ IF Newest(m, ConsWord) = co.q
     THEN /\ err' = err \cup Flag(co.ok, "tornCopy")
          /\ m' = Rmw(NaWrite(m, C, Rd(Slot(co.q)), 0), C, ConsWord, co.q + 1, ConsCas)
     ELSE UNCHANGED <<m, err>>
  /\ UNCHANGED <<wr, sn>>

(* ------------------------------ snapshot ------------------------------- *)
SnapDelivered ==
  /\ sn.pc = "dlv"
  /\ \E s \in Slots : \E i \in Visible(m, P, Dlv(s), SnapDlv) :
       /\ m' = Load(m, P, Dlv(s), i, SnapDlv)
       /\ sn' = [sn EXCEPT !.pc = "copy", !.q = At(m, Dlv(s), i) - 1]
  /\ UNCHANGED <<wr, co, err>>

SnapCopy ==
  /\ sn.pc = "copy"
  /\ \E x \in Copies(m, P, CopySet(Slot(sn.q)), sn.q) :
       /\ m' = IF SnapFence THEN AcquireFence(x[1], P) ELSE x[1]
       /\ sn' = [sn EXCEPT !.pc = "tail", !.ok = x[2]]
  /\ UNCHANGED <<wr, co, err>>

SnapTail ==
  /\ sn.pc = "tail"
  /\ \E i \in Visible(m, P, TailWord, SnapTailLoad) :
       LET t == At(m, TailWord, i)
       IN  /\ m' = Load(m, P, TailWord, i, SnapTailLoad)
           /\ err' = err \cup Flag(sn.ok \/ ~(t[1] < sn.q + N \/ t = <<sn.q + N, 0>>), "tornSnapshot")
  /\ sn' = [sn EXCEPT !.pc = "done", !.ok = TRUE, !.q = 0]
  /\ UNCHANGED <<wr, co>>

Next ==
  \/ \E w \in Writers :
       \/ LoadTail(w) \/ LoadDelivered(w) \/ RecheckTail(w) \/ LoadPush(w) \/ Push(w)
       \/ Cas(w) \/ WriteData(w) \/ Commit(w) \/ StoreRecords(w) \/ ResetCommit(w) \/ Deliver(w)
  \/ TakeConsumed \/ TakeDelivered \/ Copy \/ ConsumeCas
  \/ SnapDelivered \/ SnapCopy \/ SnapTail

Spec == Init /\ [][Next]_vars

(* ------------------------------ properties ----------------------------- *)
(* A copy that casConsumed or the tail validates is the sub-buffer it claims to be. *)
NoTornCopy == "tornCopy" \notin err
NoTornSnapshot == "tornSnapshot" \notin err
(* A validated read cannot execute after the store that overwrites what it reads. *)
NoLateRead == "late" \notin err
(* No store or add can be ordered before an older one to the same word that it does not know. *)
OrderForced == "order" \notin err
(* consumed has passed q - n before the tail opens q. *)
PushedBeforeOpen == "notPushed" \notin err
(* Who pushes consumed counts exactly the one sub-buffer it overwrites, by its own records. *)
CountedRight == "miscount" \notin err
NoFalseStalled == "falseStalled" \notin err
(* Traps, must be violated. *)
NeverDropped == ~(co.pc = "cas" /\ Newest(m, ConsWord) # co.q)
NeverTorn == co.ok /\ sn.ok
=============================================================================
