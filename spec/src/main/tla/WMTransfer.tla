------------------------------ MODULE WMTransfer ------------------------------
(***************************************************************************)
(* Writers -> consumer in no-overwrite mode with reuse of sub-buffers, on  *)
(* the memory of RelayWM.  One action is one accessor call of ControlWords *)
(* (plain accesses to data, padding and records are folded into the step   *)
(* beside them: views find their races whatever the interleaving is).      *)
(*                                                                         *)
(* Action              accessor                                  row       *)
(*   LoadTail          tailAcquire                               M1a       *)
(*   Cas, Close        casTail                                   M2        *)
(*   LoadDelivered     deliveredAcquire (opener)                 M10a      *)
(*   LoadConsumed      consumedAcquire                           M12a      *)
(*   RecheckTail       tailAcquire                               M1b       *)
(*   WriteData         plain data; padding of a full sub-buffer  M8        *)
(*   StorePadding      paddingOpaque of a closer                 M8        *)
(*   Commit            getAndAddCommit                           M5        *)
(*   OnEnd             paddingOpaque; recordsOpaque              M8, M9    *)
(*   ResetCommit       commitOpaque(slot, 0)                     M7a       *)
(*   Deliver           casDelivered; if that fails, as the       M11a      *)
(*                     sub-buffer was passed:                              *)
(*   HelpPass          casConsumed                               M13d      *)
(*   DeliverPassed     deliveredVolatile                         M31       *)
(*   TakeConsumed      consumedAcquire (consumer)                M12c      *)
(*   TakeDelivered     deliveredAcquire (consumer)               M10b      *)
(*   ReadData, ConsumeCas   plain reads in place, casConsumed    M13a      *)
(*   PassLoads         tailAcquire, deliveredAcquire (pass)      M1f, M10g *)
(*   PassMark          casDelivered (consumer)                   M11b      *)
(*   PassConsume       casConsumed (consumer)                    M13e      *)
(*   RConsumed         consumedAcquire (reset)                   M12d      *)
(*   RDelivered        deliveredAcquire (reset)                  M10f      *)
(*   RCas              casConsumed (reset)                       M13c      *)
(*                                                                         *)
(* The cfg files have Fences = FALSE, so the C++ rule (see RelayWM): what  *)
(* passes passes under the weaker memory.  Four mutants that only that     *)
(* rule kills say so in their first line.                                  *)
(*                                                                         *)
(* The reads of the consumer (and of reset) are recorded in the pseudo     *)
(* location "read" when its casConsumed succeeds: whoever writes the slot  *)
(* next has to know them, otherwise a load could have executed after the   *)
(* store that overwrites what it reads.                                    *)
(***************************************************************************)
EXTENDS RelayWM

CONSTANTS N, S, Mod, Lens, Reset, Passing,
          TailLoad, TailCas, ConsLoad, DlvLoad, Recheck, CommitAdd, DlvCas, DlvStore, HelpCas,
          TakeCons, TakeDlv, ConsCas, PassLoad, PassCas, PassConsCas, ResetCons, ResetDlv, ResetCas,
          PaddingFirst, RecordsFirst, ResetFirst, ConsumedFirst

VARIABLES m, wr, co, re, err
vars == <<m, wr, co, re, err>>

(* Message lengths per writer, chosen by the cfg files. *)
L11_11 == << <<1, 1>>, <<1, 1>> >>
L12_1  == << <<1, 2>>, <<1>> >>
L12_11 == << <<1, 2>>, <<1, 1>> >>
L22_1  == << <<2, 2>>, <<1>> >>
L22_2  == << <<2, 2>>, <<2>> >>
L111_1 == << <<1, 1, 1>>, <<1>> >>
L221   == << <<2, 2, 1>> >>
L1_1_11 == << <<1>>, <<1>>, <<1, 1>> >>

Slots == 0 .. N - 1
TailWord == <<"tail", 0>>
ConsWord == <<"consumed", 0>>
Cmt(s) == <<"commit", s>>
Dlv(s) == <<"delivered", s>>
Pad(s) == <<"padding", s>>
Rec(s) == <<"records", s>>
Dat(s, o) == <<"data", s * S + o>>
RdC(s) == <<"read", s>>
RdR(s) == <<"readreset", s>>
Words == {TailWord, ConsWord}
         \cup UNION {{Cmt(s), Dlv(s), Pad(s), Rec(s), RdC(s), RdR(s)} : s \in Slots}
         \cup {Dat(s, o) : s \in Slots, o \in 0 .. S - 1}
Writers == DOMAIN Lens
C == 0
R == -1
Threads == Writers \cup {C, R}
Slot(q) == q % N
Passed(lap) == -lap                     \* the mark in delivered
Dist(a, b) == (a - b + Mod) % Mod

(* As after an imaginary lap: the first sequence is N (see "pre-roll" in the design). *)
InitValue(l) ==
  IF l = TailWord THEN <<N, 0>>
  ELSE IF l = ConsWord THEN N
  ELSE IF l[1] = "commit" THEN <<0, 0>>
  ELSE IF l[1] = "delivered" THEN l[2] + 1
  ELSE 0

Init ==
  /\ m = MemInit(Words, Threads, [l \in Words |-> InitValue(l)])
  /\ wr = [w \in Writers |-> [pc |-> "load", k |-> 1, t |-> <<0, 0>>, why |-> "", q |-> 0,
                              off |-> 0, len |-> 0, rec |-> 0]]
  /\ co = [pc |-> "take", q |-> 0, ok |-> TRUE]
  /\ re = [pc |-> IF Reset THEN "bound" ELSE "done", b |-> 0, q |-> 0, ok |-> TRUE]
  /\ err = {}

Len0(w) == Lens[w][wr[w].k]
Go(w, rec) == wr' = [wr EXCEPT ![w] = rec]
Flag(cond, name) == IF cond THEN {} ELSE {name}

(* ------------------------------- writer -------------------------------- *)
(* The wrong order of race 21: consumed is loaded before tail. *)
LoadConsumedEarly(w) ==
  /\ ConsumedFirst
  /\ wr[w].pc = "load" /\ wr[w].why = ""
  /\ wr[w].k <= Len(Lens[w])
  /\ \E i \in Visible(m, w, ConsWord, ConsLoad) :
       /\ m' = Load(m, w, ConsWord, i, ConsLoad)
       /\ Go(w, [wr[w] EXCEPT !.why = "early", !.q = At(m, ConsWord, i)])
  /\ UNCHANGED <<co, re, err>>

LoadTail(w) ==
  /\ wr[w].pc = "load"
  /\ ConsumedFirst => wr[w].why = "early"
  /\ wr[w].k <= Len(Lens[w])
  /\ \E i \in Visible(m, w, TailWord, TailLoad) :
       LET t == At(m, TailWord, i)
       IN  /\ m' = Load(m, w, TailWord, i, TailLoad)
           /\ Go(w, [wr[w] EXCEPT !.t = t, !.why = "",
                       !.pc = IF t[2] = 0 THEN "dlv"
                              ELSE IF t[2] + Len0(w) <= S THEN "cas" ELSE "close"])
  /\ UNCHANGED <<co, re, err>>

LoadDelivered(w) ==
  /\ wr[w].pc = "dlv"
  /\ LET q == wr[w].t[1]
         l == Dlv(Slot(q))
     IN \E i \in Visible(m, w, l, DlvLoad) :
       /\ m' = Load(m, w, l, i, DlvLoad)
       /\ IF At(m, l, i) # q - N + 1
          THEN Go(w, [wr[w] EXCEPT !.pc = "recheck", !.why = "stalled", !.q = At(m, l, i)])
          ELSE Go(w, [wr[w] EXCEPT !.pc = "cons"])
  /\ UNCHANGED <<co, re, err>>

LoadConsumed(w) ==
  /\ wr[w].pc = "cons"
  /\ \E i \in (IF ConsumedFirst THEN {0} ELSE Visible(m, w, ConsWord, ConsLoad)) :
       LET c == IF ConsumedFirst THEN wr[w].q ELSE At(m, ConsWord, i)
           q == wr[w].t[1]
       IN  /\ m' = IF ConsumedFirst THEN m ELSE Load(m, w, ConsWord, i, ConsLoad)
           /\ IF Dist(q, c) >= N
              THEN Go(w, [wr[w] EXCEPT !.pc = "recheck", !.why = "full", !.q = c])
              ELSE Go(w, [wr[w] EXCEPT !.pc = "cas", !.q = 0])
  /\ UNCHANGED <<co, re, err>>

WasPassed(q) == \E i \in 1 .. Last(m, Dlv(Slot(q))) : At(m, Dlv(Slot(q)), i) = Passed(q - N + 1)

(* Recheck "none": the refusal is reported without looking again.                       *)
(* A refusal is right only for the reason given: consumed is exactly n behind, and what *)
(* the slot held was not passed; or the slot is behind, not ahead, of the tail.         *)
RecheckTail(w) ==
  /\ wr[w].pc = "recheck"
  /\ \E i \in Visible(m, w, TailWord, Recheck) :
       /\ m' = Load(m, w, TailWord, i, Recheck)
       /\ IF Recheck # "none" /\ At(m, TailWord, i) # wr[w].t
          THEN /\ Go(w, [wr[w] EXCEPT !.pc = "load", !.why = "", !.q = 0])
               /\ err' = err
          ELSE /\ Go(w, [wr[w] EXCEPT !.pc = "load", !.why = "", !.q = 0, !.k = @ + 1])
               /\ err' = err \cup
                    LET q == wr[w].t[1]
                    IN  IF wr[w].why = "full"
                        THEN Flag(wr[w].q = q - N /\ ~WasPassed(q - N), "falseFull")
                        ELSE Flag(wr[w].q < q - N + 1, "falseStalled")
  /\ UNCHANGED <<co, re>>

Cas(w) ==
  /\ wr[w].pc = "cas"
  /\ LET t == wr[w].t
         o == t[2] + Len0(w)
     IN IF Newest(m, TailWord) = t
        THEN /\ m' = Rmw(m, w, TailWord, IF o = S THEN <<t[1] + 1, 0>> ELSE <<t[1], o>>, TailCas)
             /\ Go(w, [wr[w] EXCEPT !.pc = "write", !.q = t[1], !.off = t[2], !.len = Len0(w), !.rec = 1])
        ELSE /\ m' = m
             /\ Go(w, [wr[w] EXCEPT !.pc = "load"])
  /\ UNCHANGED <<co, re, err>>

(* Client data; a writer that fills the sub-buffer is its closer and also stores padding 0. *)
WriteData(w) ==
  /\ wr[w].pc = "write"
  /\ LET q  == wr[w].q
         s  == Slot(q)
         ls == {Dat(s, wr[w].off + j) : j \in 0 .. wr[w].len - 1}
         ps == IF wr[w].off + wr[w].len = S THEN {Pad(s)} ELSE {}
     IN  /\ err' = err \cup Flag(KnowsAll(m, w, ls \cup ps \cup {RdC(s), RdR(s)}), "race")
         /\ m' = NaWriteAll(NaWriteAll(m, w, ls, q), w, ps, 0)
  /\ Go(w, [wr[w] EXCEPT !.pc = "commit"])
  /\ UNCHANGED <<co, re>>

Close(w) ==
  /\ wr[w].pc = "close"
  /\ LET t == wr[w].t
     IN IF Newest(m, TailWord) = t
        THEN /\ m' = Rmw(m, w, TailWord, <<t[1] + 1, 0>>, TailCas)
             /\ Go(w, [wr[w] EXCEPT !.pc = IF PaddingFirst THEN "pad" ELSE "commit",
                         !.q = t[1], !.off = t[2], !.len = S - t[2], !.rec = 0])
        ELSE /\ m' = m
             /\ Go(w, [wr[w] EXCEPT !.pc = "load"])
  /\ UNCHANGED <<co, re, err>>

StorePadding(w) ==
  /\ wr[w].pc = "pad"
  /\ LET s == Slot(wr[w].q)
     IN  /\ err' = err \cup Flag(KnowsAll(m, w, {Pad(s), RdC(s), RdR(s)}), "race")
         /\ m' = NaWrite(m, w, Pad(s), wr[w].len)
  /\ Go(w, IF PaddingFirst THEN [wr[w] EXCEPT !.pc = "commit"]
           ELSE [wr[w] EXCEPT !.pc = "load", !.q = 0, !.off = 0, !.len = 0])
  /\ UNCHANGED <<co, re>>

(* After a commit without delivery, and after a delivery: on to the next message, or back *)
(* to the same message when it was padding that was committed.                            *)
After(w) == [wr[w] EXCEPT !.pc = "load", !.k = @ + wr[w].rec, !.q = 0, !.off = 0, !.len = 0, !.rec = 0]

(* An add must know the reset of the lap before: else it could be ordered before it and be wiped. *)
Commit(w) ==
  /\ wr[w].pc = "commit"
  /\ LET l   == Cmt(Slot(wr[w].q))
         old == Newest(m, l)
         new == <<old[1] + wr[w].len, old[2] + wr[w].rec>>
         rs  == {i \in 1 .. Last(m, l) : At(m, l, i) = <<0, 0>>}
     IN  /\ m' = Rmw(m, w, l, new, CommitAdd)
         /\ err' = err \cup Flag(\A i \in rs : i <= m'.thr[w].cur[l] - 1 /\ i <= m.thr[w].cur[l], "order")
         /\ Go(w, IF new[1] = S
                  THEN [wr[w] EXCEPT !.pc = "onend", !.off = new[2]]
                  ELSE IF wr[w].rec = 0 /\ ~PaddingFirst THEN [wr[w] EXCEPT !.pc = "pad"] ELSE After(w))
  /\ UNCHANGED <<co, re>>

(* onEnd may read the whole sub-buffer and its padding. *)
OnEnd(w) ==
  /\ wr[w].pc = "onend"
  /\ LET q == wr[w].q
         s == Slot(q)
     IN  /\ err' = err \cup Flag(KnowsAll(m, w, {Dat(s, o) : o \in 0 .. S - 1}
                                               \cup {Pad(s), Rec(s), RdC(s), RdR(s)}), "race")
         /\ m' = IF RecordsFirst THEN NaWrite(m, w, Rec(s), wr[w].off) ELSE m
  /\ Go(w, [wr[w] EXCEPT !.pc = IF ResetFirst THEN "reset" ELSE "deliver"])
  /\ UNCHANGED <<co, re>>

AfterDeliver(w) == IF wr[w].rec = 0 /\ ~PaddingFirst THEN [wr[w] EXCEPT !.pc = "pad"] ELSE After(w)

ResetCommit(w) ==
  /\ wr[w].pc = "reset"
  /\ LET l == Cmt(Slot(wr[w].q))
     IN  /\ err' = err \cup Flag(Knows(m, w, l), "order")
         /\ m' = Store(m, w, l, <<0, 0>>, "opq")
  /\ Go(w, IF ResetFirst THEN [wr[w] EXCEPT !.pc = "deliver"] ELSE AfterDeliver(w))
  /\ UNCHANGED <<co, re>>

Deliver(w) ==
  /\ wr[w].pc = "deliver"
  /\ LET q == wr[w].q
         l == Dlv(Slot(q))
     IN  IF Newest(m, l) = q - N + 1
         THEN /\ m' = Rmw(m, w, l, q + 1, DlvCas)
              /\ err' = err
              /\ Go(w, IF ~RecordsFirst THEN [wr[w] EXCEPT !.pc = "recordslate"]
                       ELSE IF ResetFirst THEN AfterDeliver(w) ELSE [wr[w] EXCEPT !.pc = "reset"])
         ELSE /\ m' = Load(m, w, l, Last(m, l), IF IsAcq(DlvCas) THEN "acq" ELSE "opq")
              /\ err' = err \cup Flag(Newest(m, l) = Passed(q - N + 1), "order")
              /\ Go(w, [wr[w] EXCEPT !.pc = "help"])
  /\ UNCHANGED <<co, re>>

(* Passed: consumed is moved beyond q, if the consumer has not come so far; then the slot is given *)
(* back. An opener that finds it delivered must find consumed beyond q, too.                       *)
HelpPass(w) ==
  /\ wr[w].pc = "help"
  /\ LET q == wr[w].q
     IN  m' = IF Newest(m, ConsWord) = q THEN Rmw(m, w, ConsWord, q + 1, HelpCas)
              ELSE Load(m, w, ConsWord, Last(m, ConsWord), IF IsAcq(HelpCas) THEN "acq" ELSE "opq")
  /\ Go(w, [wr[w] EXCEPT !.pc = "deliverpassed"])
  /\ UNCHANGED <<co, re, err>>

DeliverPassed(w) ==
  /\ wr[w].pc = "deliverpassed"
  /\ LET l == Dlv(Slot(wr[w].q))
     IN  /\ err' = err \cup Flag(Knows(m, w, l), "order")
         /\ m' = Store(m, w, l, wr[w].q + 1, DlvStore)
  /\ Go(w, AfterDeliver(w))
  /\ UNCHANGED <<co, re>>

(* The mutant RecordsFirst = FALSE: records stored after the delivered store. *)
RecordsLate(w) ==
  /\ wr[w].pc = "recordslate"
  /\ LET s == Slot(wr[w].q)
     IN  /\ err' = err \cup Flag(KnowsAll(m, w, {Rec(s), RdC(s), RdR(s)}), "race")
         /\ m' = NaWrite(m, w, Rec(s), wr[w].off)
  /\ Go(w, AfterDeliver(w))
  /\ UNCHANGED <<co, re>>

(* ------------------------------ consumer ------------------------------- *)
TakeConsumed ==
  /\ co.pc = "take"
  /\ \E i \in Visible(m, C, ConsWord, TakeCons) :
       /\ m' = Load(m, C, ConsWord, i, TakeCons)
       /\ co' = [co EXCEPT !.pc = "ready", !.q = At(m, ConsWord, i)]
  /\ UNCHANGED <<wr, re, err>>

TakeDelivered ==
  /\ co.pc = "ready"
  /\ LET l == Dlv(Slot(co.q))
     IN \E i \in Visible(m, C, l, TakeDlv) :
       /\ At(m, l, i) = co.q + 1
       /\ m' = Load(m, C, l, i, TakeDlv)
       /\ co' = [co EXCEPT !.pc = "read"]
  /\ UNCHANGED <<wr, re, err>>

ReadSet(s) == {Dat(s, o) : o \in 0 .. S - 1} \cup {Pad(s), Rec(s)}
Intact(s, q) == /\ Newest(m, Rec(s)) \in 0 .. S
                /\ \A o \in 0 .. S - 1 - Newest(m, Pad(s)) : Newest(m, Dat(s, o)) = q

(* Reads in place: right if race free and of this lap. Judged when casConsumed succeeds; it *)
(* can fail only if reset() consumed the sub-buffer, then the client is told to drop it.    *)
ReadData ==
  /\ co.pc = "read"
  /\ LET s == Slot(co.q)
     IN  co' = [co EXCEPT !.pc = "cas", !.ok = KnowsAll(m, C, ReadSet(s)) /\ Intact(s, co.q)]
  /\ UNCHANGED <<m, wr, re, err>>

ConsumeCas ==
  /\ co.pc = "cas"
  /\ co' = [co EXCEPT !.pc = "take", !.ok = TRUE, !.q = 0]
  /\ IF Newest(m, ConsWord) = co.q
     THEN /\ err' = err \cup Flag(co.ok, "race")
          /\ m' = Rmw(NaWrite(m, C, RdC(Slot(co.q)), 0), C, ConsWord, co.q + 1, ConsCas)
     ELSE UNCHANGED <<m, err>>
  /\ UNCHANGED <<wr, re>>

(* The consumer passes what is closed and held. It reads nothing of it. *)
PassLoads ==
  /\ Passing
  /\ co.pc = "ready"
  /\ LET l == Dlv(Slot(co.q))
     IN \E i \in Visible(m, C, TailWord, PassLoad) :
          LET m1 == Load(m, C, TailWord, i, PassLoad)
          IN  /\ At(m, TailWord, i)[1] > co.q
              /\ \E j \in Visible(m1, C, l, PassLoad) :
                   /\ At(m1, l, j) = co.q - N + 1
                   /\ m' = Load(m1, C, l, j, PassLoad)
  /\ co' = [co EXCEPT !.pc = "passcas"]
  /\ UNCHANGED <<wr, re, err>>

PassMark ==
  /\ co.pc = "passcas"
  /\ LET l == Dlv(Slot(co.q))
     IN IF Newest(m, l) = co.q - N + 1
        THEN /\ m' = Rmw(m, C, l, Passed(co.q - N + 1), PassCas)
             /\ co' = [co EXCEPT !.pc = "passcons"]
        ELSE /\ m' = m
             /\ co' = [co EXCEPT !.pc = "take", !.q = 0]
  /\ UNCHANGED <<wr, re, err>>

PassConsume ==
  /\ co.pc = "passcons"
  /\ m' = IF Newest(m, ConsWord) = co.q THEN Rmw(m, C, ConsWord, co.q + 1, PassConsCas) ELSE m
  /\ co' = [co EXCEPT !.pc = "take", !.q = 0]
  /\ UNCHANGED <<wr, re, err>>

(* -------------------------------- reset -------------------------------- *)
RBound ==
  /\ re.pc = "bound"
  /\ \E i \in Visible(m, R, TailWord, "acq") :
       /\ m' = Load(m, R, TailWord, i, "acq")
       /\ re' = [re EXCEPT !.pc = "take", !.b = At(m, TailWord, i)[1]]
  /\ UNCHANGED <<wr, co, err>>

RConsumed ==
  /\ re.pc = "take"
  /\ \E i \in Visible(m, R, ConsWord, ResetCons) :
       LET q == At(m, ConsWord, i)
       IN  /\ m' = Load(m, R, ConsWord, i, ResetCons)
           /\ re' = [re EXCEPT !.pc = IF q >= re.b THEN "done" ELSE "ready", !.q = q]
  /\ UNCHANGED <<wr, co, err>>

RDelivered ==
  /\ re.pc = "ready"
  /\ LET l == Dlv(Slot(re.q))
     IN \E i \in Visible(m, R, l, ResetDlv) :
       /\ m' = Load(m, R, l, i, ResetDlv)
       /\ re' = [re EXCEPT !.pc = IF At(m, l, i) = re.q + 1 THEN "read" ELSE "done"]
  /\ UNCHANGED <<wr, co, err>>

RRead ==
  /\ re.pc = "read"
  /\ re' = [re EXCEPT !.pc = "cas", !.ok = KnowsAll(m, R, {Pad(Slot(re.q)), Rec(Slot(re.q))})]
  /\ UNCHANGED <<m, wr, co, err>>

RCas ==
  /\ re.pc = "cas"
  /\ re' = [re EXCEPT !.pc = "take", !.ok = TRUE, !.q = 0]
  /\ IF Newest(m, ConsWord) = re.q
     THEN /\ err' = err \cup Flag(re.ok, "race")
          /\ m' = Rmw(NaWrite(m, R, RdR(Slot(re.q)), 0), R, ConsWord, re.q + 1, ResetCas)
     ELSE UNCHANGED <<m, err>>
  /\ UNCHANGED <<wr, co>>

Next ==
  \/ \E w \in Writers :
       \/ LoadConsumedEarly(w) \/ LoadTail(w) \/ LoadConsumed(w) \/ LoadDelivered(w) \/ RecheckTail(w)
       \/ Cas(w) \/ WriteData(w) \/ Close(w) \/ StorePadding(w) \/ Commit(w)
       \/ OnEnd(w) \/ ResetCommit(w) \/ Deliver(w) \/ RecordsLate(w)
       \/ HelpPass(w) \/ DeliverPassed(w)
  \/ PassLoads \/ PassMark \/ PassConsume
  \/ TakeConsumed \/ TakeDelivered \/ ReadData \/ ConsumeCas
  \/ RBound \/ RConsumed \/ RDelivered \/ RRead \/ RCas

Spec == Init /\ [][Next]_vars

(* ------------------------------ properties ----------------------------- *)
(* Plain accesses (data, padding, records) never race, and a sub-buffer taken is of its lap. *)
NoDataRace == "race" \notin err
(* Stores and adds to commit and delivered fall into place: none can be ordered before an    *)
(* older one that it does not know.                                                          *)
OrderForced == "order" \notin err
NoFalseFull == "falseFull" \notin err
(* The ring of DPDK, until 2025: a producer loads its own position, then acquires the       *)
(* consumer's, and that orders the two loads of one thread only. One that finds the position*)
(* of another producer may find a consumer position older than the one that this other has  *)
(* seen: further than a ring behind, so that the free room is below zero. Here the CAS on   *)
(* the tail carries what its writer has seen, and who loads the tail acquires it.           *)
PairsInOrder == \A w \in Writers : wr[w].pc = "recheck" /\ wr[w].why = "full" => wr[w].q >= wr[w].t[1] - N
NoFalseStalled == "falseStalled" \notin err
(* When the writers have come to rest every closed sub-buffer is delivered. *)
NoneMissing ==
  (\A w \in Writers : wr[w].pc = "load" /\ wr[w].k > Len(Lens[w]))
     => LET q == Newest(m, TailWord)[1] - 1 IN Newest(m, Dlv(Slot(q))) = q + 1
(* Traps, must be violated: a sub-buffer is passed; one of the second lap is consumed. *)
NeverPassed == \A w \in Writers : wr[w].pc # "deliverpassed"
NeverReused == Newest(m, ConsWord) < N + N + 1
=============================================================================
