------------------------------- MODULE RelayWM -------------------------------
(***************************************************************************)
(* The memory of the weak-memory models WMTransfer, WMOverwrite, WMPartial,*)
(* WMWake, WMSettle and WMExclusive: a view-based, promise-free release/   *)
(* acquire memory in which loads may be stale and stores may become visible*)
(* out of order, as far as the Java access mode of each access permits.    *)
(*                                                                         *)
(* A location holds the list of all its writes (messages), oldest first:   *)
(* its coherence order.  A message is a value plus a view: for each        *)
(* location the oldest message that somebody who synchronizes with this    *)
(* message may still read.  A thread has four views:                       *)
(*   cur   what it must see: a load returns any message from here on       *)
(*   acq   what its opaque loads would have brought: an acquire fence      *)
(*         moves it into cur                                               *)
(*   own   its own stores, each with what was ordered before that store    *)
(*   rel   what is ordered before its next stores: every store carries it  *)
(*                                                                         *)
(* Java accessor                 here                                      *)
(*   plain (data race free)      NaWrite + the test Knows: the thread must *)
(*                               know the newest write, otherwise the      *)
(*                               access is a data race                     *)
(*   getOpaque, setOpaque        mode "opq"                                *)
(*   getAcquire                  mode "acq"                                *)
(*   setRelease                  mode "rel"                                *)
(*   getVolatile, setVolatile    mode "vol": acquire/release, and a load   *)
(*                               sees the newest volatile store            *)
(*   compareAndSet, getAndAdd    Rmw in mode "vol"; the weaker ones are    *)
(*                               "acqrel" (not in Java), "acq"             *)
(*                               (...Acquire), "rel" (...Release), "opq"   *)
(*                               (...Plain)                                *)
(*   VarHandle.acquireFence      AcquireFence                              *)
(*   VarHandle.storeStoreFence   StoreStoreFence                           *)
(*                                                                         *)
(* RelSeq: TRUE gives read-modify-writes the release sequences of C++ (the *)
(* message also carries the view of the message it replaces).  Java        *)
(* promises no such thing: FALSE everywhere but in one experiment.         *)
(*                                                                         *)
(* MCA: TRUE is our reading of Java (the javadoc of VarHandle speaks of    *)
(* reordering) and holds on multi-copy-atomic machines (x86, ARMv8,        *)
(* RISC-V): a store after an acquire load is ordered after whatever it     *)
(* saw, so it carries it even without a release; a release store carries   *)
(* whatever the loads before it saw, opaque ones included.  (A load that   *)
(* returns the thread's own store is not counted: it may be forwarded.)    *)
(* FALSE is the weaker C++ rule, kept to learn where Java is relied on.    *)
(*                                                                         *)
(* Fences: FALSE keeps acq, own and rel empty, for the models that have no *)
(* fence and no racy data; it only makes the state smaller.                *)
(*                                                                         *)
(* Rows M1, M2, ... are those in the comments of ControlWords and of the   *)
(* memory-ordering table: one for each accessor, and a letter where an     *)
(* accessor has several uses (M10a: delivered loaded by the opener, M10b:  *)
(* by the consumer, ...).  WMxxx_Mrow_mode.cfg weakens that one use.       *)
(*                                                                         *)
(* What follows from this:                                                 *)
(*  - store-store reordering is a store that carries too small a view;     *)
(*  - load-load reordering is the later load returning a stale message;    *)
(*  - load-store reordering is not produced by a promise-free memory. It is*)
(*    found all the same, because reads (in WMOverwrite and WMExclusive:   *)
(*    validated reads) are recorded in pseudo locations, and whoever stores*)
(*    next must be ordered after them: NoDataRace, NoLateRead;             *)
(*  - a store is appended at the end of the coherence order. That loses no *)
(*    behaviour as long as the storing thread knows the newest message, so *)
(*    the words with several storing threads are flagged where it does not:*)
(*    OrderForced.  (waiting, in WMWake, is volatile; its weakened clear is*)
(*    executed late instead.  The words of WMExclusive have one writer.)   *)
(* Not covered: out-of-thin-air values, mixed-size access, word tearing.   *)
(***************************************************************************)
EXTENDS Integers, Sequences, FiniteSets

CONSTANTS RelSeq, MCA, Fences

Max(a, b) == IF a >= b THEN a ELSE b
Join(a, b) == [l \in DOMAIN a |-> IF a[l] >= b[l] THEN a[l] ELSE b[l]]
Bottom(Locs) == [l \in Locs |-> 1]

IsAcq(mode) == mode \in {"acq", "acqrel", "vol"}
IsRel(mode) == mode \in {"rel", "acqrel", "vol"}

(* The memory is one value m: m.mem[l] the messages, m.thr[t] the views.    *)
MemInit(Locs, Threads, init) ==
  [mem |-> [l \in Locs |-> << [v |-> init[l], w |-> Bottom(Locs), sc |-> TRUE, by |-> -9] >>],
   thr |-> [t \in Threads |-> [cur |-> Bottom(Locs), acq |-> Bottom(Locs),
                               own |-> Bottom(Locs), rel |-> Bottom(Locs)]]]

Last(m, l) == Len(m.mem[l])
Newest(m, l) == m.mem[l][Last(m, l)].v
At(m, l, i) == m.mem[l][i].v
NewestVolatile(m, l) ==
  CHOOSE i \in 1 .. Last(m, l) : /\ m.mem[l][i].sc
                                 /\ \A j \in i + 1 .. Last(m, l) : ~m.mem[l][j].sc

(* Which messages of l a load of thread t may return. *)
Visible(m, t, l, mode) ==
  Max(m.thr[t].cur[l], IF mode = "vol" THEN NewestVolatile(m, l) ELSE 1) .. Last(m, l)

(* The memory after thread t has loaded message i of l. *)
Load(m, t, l, i, mode) ==
  LET h  == m.thr[t]
      w  == m.mem[l][i].w
      at == [h.cur EXCEPT ![l] = i]
      wi == [w EXCEPT ![l] = i]
  IN  [m EXCEPT !.thr[t] =
        IF IsAcq(mode)
        THEN [h EXCEPT !.cur = Join(at, w),
                       !.rel = IF MCA /\ Fences /\ m.mem[l][i].by # t THEN Join(h.rel, wi) ELSE h.rel]
        ELSE [h EXCEPT !.cur = at,
                       !.acq = IF Fences THEN Join(h.acq, wi) ELSE h.acq]]

PutMessage(m, t, l, v, mode, old) ==
  LET h == m.thr[t]
      i == Last(m, l) + 1
      c == [h.cur EXCEPT ![l] = i]
      b == IF IsRel(mode) THEN (IF MCA THEN Join(c, h.acq) ELSE c) ELSE [h.rel EXCEPT ![l] = i]
      w == Join(b, old)
  IN  [mem |-> [m.mem EXCEPT ![l] = Append(@, [v |-> v, w |-> w, sc |-> mode = "vol", by |-> IF Fences THEN t ELSE -9])],
       thr |-> [m.thr EXCEPT ![t] = [h EXCEPT !.cur = c,
                                              !.own = IF Fences THEN Join(h.own, w) ELSE h.own]]]

(* A store in a mode. *)
Store(m, t, l, v, mode) == PutMessage(m, t, l, v, mode, Bottom(DOMAIN m.mem))

(* A read-modify-write: reads the newest message and puts v right after it. *)
Rmw(m, t, l, v, mode) ==
  LET i   == Last(m, l)
      old == m.mem[l][i].w
      m1  == Load(m, t, l, i, mode)
  IN  PutMessage(m1, t, l, v, mode, IF RelSeq THEN old ELSE Bottom(DOMAIN m.mem))

AcquireFence(m, t) ==
  LET h == m.thr[t]
  IN  [m EXCEPT !.thr[t] = [h EXCEPT !.cur = Join(h.cur, h.acq),
                                     !.rel = IF MCA THEN Join(h.rel, h.acq) ELSE h.rel]]

StoreStoreFence(m, t) ==
  LET h == m.thr[t] IN [m EXCEPT !.thr[t] = [h EXCEPT !.rel = Join(h.rel, h.own)]]

(* Plain access to data that must be race free. *)
Knows(m, t, l) == m.thr[t].cur[l] = Last(m, l)
NaWrite(m, t, l, v) ==
  LET h == m.thr[t]
  IN  [mem |-> [m.mem EXCEPT ![l] = Append(@, [v |-> v, w |-> Bottom(DOMAIN m.mem), sc |-> FALSE, by |-> IF Fences THEN t ELSE -9])],
       thr |-> [m.thr EXCEPT ![t] = [h EXCEPT !.cur = [h.cur EXCEPT ![l] = Last(m, l) + 1]]]]
RECURSIVE NaWriteAll(_, _, _, _)
NaWriteAll(m, t, ls, v) ==
  IF ls = {} THEN m
  ELSE LET l == CHOOSE x \in ls : TRUE IN NaWriteAll(NaWrite(m, t, l, v), t, ls \ {l}, v)
KnowsAll(m, t, ls) == \A l \in ls : Knows(m, t, l)
=============================================================================
