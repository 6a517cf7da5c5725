---------------------------- MODULE RelayInductive ----------------------------
(***************************************************************************)
(* An inductive invariant of the core of the protocol: reserve, close,     *)
(* flush, commit, deliver, consume, pass in no-overwrite mode, sequentially*)
(* consistent, records of 1 .. S units, no header, no padding word.        *)
(*                                                                         *)
(* The other models start at the initial state and go through a bounded    *)
(* run.  Here TLC starts at every type-correct state that satisfies Inv    *)
(* (StepSpec) and makes one step: if Inv holds after each of them, it      *)
(* holds in runs of any length.  All comparisons in the protocol are       *)
(* differences of sequences and the slot is the sequence modulo N, so one  *)
(* fixed tail sequence Q stands for all that differ from it by a multiple  *)
(* of N (and for the others with the slots renamed).  What a thread has    *)
(* loaded may be older than the tail by up to Old sub-buffers (a consumer: *)
(* N + 1): still older values satisfy Inv trivially and fail their CAS.    *)
(* Values that are not stale cannot leave the enumerated space: Inv itself *)
(* bounds them by the tail.  This argument is by hand; the step is checked.*)
(*                                                                         *)
(* RunSpec starts at the initial state: it shows that Inv holds there and  *)
(* how many of the states in Inv a short run reaches.                      *)
(*                                                                         *)
(* Steps (names as in RelayProtocol): LoadTail, LoadDelivered, LoadConsumed*)
(* (with their re-check of the tail: it changes nothing), Cas (open,       *)
(* append), Close (also flush), Commit, ResetCommit, Deliver, HelpPass,    *)
(* DeliverPassed, TakeConsumed, TakeDelivered, ConsumeCas, PassTail,       *)
(* PassCas, PassConsumeCas.                                                *)
(***************************************************************************)
EXTENDS Integers, FiniteSets

CONSTANTS Writers, Consumers, N, S, Q, Old, MaxQ,
          CheckConsumed, CheckDelivered, ResetFirst, CheckReady, Help     \* FALSE: a mutant

VARIABLES tail, consumed, commit, delivered, wr, co, fresh
vars == <<tail, consumed, commit, delivered, wr, co, fresh>>

Slots == 0 .. N - 1
Slot(q) == q % N

Lap(q) == q - N + 1
Mark(lap) == lap + 1000                 \* passed

(* wr[w]: pc, q and off (of the loaded tail, or of the reservation), len. *)
W(pc, q, off, len) == [pc |-> pc, q |-> q, off |-> off, len |-> len]
Idle == W("idle", 0, 0, 0)
Loaded(w) == <<wr[w].q, wr[w].off>>
(* co[c]: two consumers are a consumer and reset(). *)
Rest == [pc |-> "take", q |-> 0]

(* ------------------------------- actions ------------------------------- *)
Go(w, r) == wr' = [wr EXCEPT ![w] = r]

LoadTail(w) ==
  /\ wr[w].pc = "idle"
  /\ \/ \E len \in 1 .. S :
          Go(w, W(IF tail[2] = 0 THEN "delivered" ELSE IF tail[2] + len <= S THEN "cas" ELSE "close",
                  tail[1], tail[2], IF tail[2] + len <= S THEN len ELSE S - tail[2]))
     \/ tail[2] # 0 /\ Go(w, W("close", tail[1], tail[2], S - tail[2]))     \* flush
  /\ UNCHANGED <<tail, consumed, commit, delivered, co>>

LoadDelivered(w) ==
  /\ wr[w].pc = "delivered"
  /\ Go(w, IF CheckDelivered /\ delivered[Slot(wr[w].q)] # wr[w].q - N + 1
           THEN Idle ELSE [wr[w] EXCEPT !.pc = "consumed"])
  /\ UNCHANGED <<tail, consumed, commit, delivered, co>>

LoadConsumed(w) ==
  /\ wr[w].pc = "consumed"
  /\ Go(w, IF CheckConsumed /\ wr[w].q - consumed >= N THEN Idle ELSE [wr[w] EXCEPT !.pc = "cas"])
  /\ UNCHANGED <<tail, consumed, commit, delivered, co>>

Cas(w) ==
  /\ wr[w].pc = "cas"
  /\ IF tail = Loaded(w)
     THEN /\ tail' = IF wr[w].off + wr[w].len = S THEN <<tail[1] + 1, 0>> ELSE <<tail[1], wr[w].off + wr[w].len>>
          /\ Go(w, [wr[w] EXCEPT !.pc = "commit"])
     ELSE tail' = tail /\ Go(w, Idle)
  /\ UNCHANGED <<consumed, commit, delivered, co>>

Close(w) ==
  /\ wr[w].pc = "close"
  /\ IF tail = Loaded(w)
     THEN /\ tail' = <<tail[1] + 1, 0>>
          /\ Go(w, [wr[w] EXCEPT !.pc = "commit"])
     ELSE tail' = tail /\ Go(w, Idle)
  /\ UNCHANGED <<consumed, commit, delivered, co>>

Commit(w) ==
  /\ wr[w].pc = "commit"
  /\ LET s == Slot(wr[w].q)
         new == commit[s] + wr[w].len
     IN  /\ commit' = [commit EXCEPT ![s] = new]
         /\ Go(w, IF new = S THEN W(IF ResetFirst THEN "reset" ELSE "deliver", wr[w].q, 0, 0) ELSE Idle)
  /\ UNCHANGED <<tail, consumed, delivered, co>>

ResetCommit(w) ==
  /\ wr[w].pc = "reset"
  /\ commit' = [commit EXCEPT ![Slot(wr[w].q)] = 0]
  /\ Go(w, IF ResetFirst THEN [wr[w] EXCEPT !.pc = "deliver"] ELSE Idle)
  /\ UNCHANGED <<tail, consumed, delivered, co>>

Deliver(w) ==
  /\ wr[w].pc = "deliver"
  /\ IF delivered[Slot(wr[w].q)] = Lap(wr[w].q)
     THEN /\ delivered' = [delivered EXCEPT ![Slot(wr[w].q)] = wr[w].q + 1]
          /\ Go(w, IF ResetFirst THEN Idle ELSE [wr[w] EXCEPT !.pc = "reset"])
     ELSE delivered' = delivered /\ Go(w, [wr[w] EXCEPT !.pc = IF Help THEN "help" ELSE "late"])
  /\ UNCHANGED <<tail, consumed, commit, co>>

HelpPass(w) ==
  /\ wr[w].pc = "help"
  /\ consumed' = IF consumed = wr[w].q THEN consumed + 1 ELSE consumed
  /\ Go(w, [wr[w] EXCEPT !.pc = "late"])
  /\ UNCHANGED <<tail, commit, delivered, co>>

DeliverPassed(w) ==
  /\ wr[w].pc = "late"
  /\ delivered' = [delivered EXCEPT ![Slot(wr[w].q)] = wr[w].q + 1]
  /\ Go(w, Idle)
  /\ UNCHANGED <<tail, consumed, commit, co>>

TakeConsumed(c) ==
  /\ co[c].pc = "take"
  /\ co' = [co EXCEPT ![c] = [pc |-> "ready", q |-> consumed]]
  /\ UNCHANGED <<tail, consumed, commit, delivered, wr>>

TakeDelivered(c) ==
  /\ co[c].pc = "ready"
  /\ co' = [co EXCEPT ![c] = IF ~CheckReady \/ delivered[Slot(co[c].q)] = co[c].q + 1
                             THEN [co[c] EXCEPT !.pc = "cas"] ELSE Rest]
  /\ UNCHANGED <<tail, consumed, commit, delivered, wr>>

PassTail(c) ==
  /\ co[c].pc = "ready"
  /\ tail[1] > co[c].q
  /\ co' = [co EXCEPT ![c].pc = "pass"]
  /\ UNCHANGED <<tail, consumed, commit, delivered, wr>>

PassCas(c) ==
  /\ co[c].pc = "pass"
  /\ LET s == Slot(co[c].q)
         lap == Lap(co[c].q)
     IN  /\ delivered' = IF delivered[s] = lap THEN [delivered EXCEPT ![s] = Mark(lap)] ELSE delivered
         /\ co' = [co EXCEPT ![c] = IF delivered[s] \in {lap, Mark(lap)}
                                    THEN [co[c] EXCEPT !.pc = "passed"] ELSE Rest]
  /\ UNCHANGED <<tail, consumed, commit, wr>>

ConsumeCas(c) ==                        \* after a pass, too
  /\ co[c].pc \in {"cas", "passed"}
  /\ consumed' = IF consumed = co[c].q THEN consumed + 1 ELSE consumed
  /\ co' = [co EXCEPT ![c] = Rest]
  /\ UNCHANGED <<tail, commit, delivered, wr>>

Step ==
  \/ \E w \in Writers : \/ LoadTail(w) \/ LoadConsumed(w) \/ LoadDelivered(w) \/ Cas(w) \/ Close(w)
                        \/ Commit(w) \/ ResetCommit(w) \/ Deliver(w) \/ HelpPass(w) \/ DeliverPassed(w)
  \/ \E c \in Consumers : \/ TakeConsumed(c) \/ TakeDelivered(c) \/ ConsumeCas(c)
                          \/ PassTail(c) \/ PassCas(c)

(* ------------------------------ invariant ------------------------------ *)
(* The newest sequence that slot s was opened for, and how much of it is reserved. *)
Top(t, s) == LET q == CHOOSE x \in t[1] - N + 1 .. t[1] : Slot(x) = s
             IN  IF q = t[1] /\ t[2] = 0 THEN q - N ELSE q
Used(t, s) == IF Top(t, s) = t[1] THEN t[2] ELSE S

RECURSIVE Sum(_, _)
Sum(f, ws) == IF ws = {} THEN 0 ELSE LET w == CHOOSE x \in ws : TRUE IN f[w].len + Sum(f, ws \ {w})
Pending(f, s) == {w \in Writers : f[w].pc = "commit" /\ Slot(f[w].q) = s}
Delivers == {"reset", "deliver", "help", "late"}
Delivering(f, s) == {w \in Writers : f[w].pc \in Delivers /\ Slot(f[w].q) = s}
Older(a, b) == a[1] < b[1] \/ (a[1] = b[1] /\ a[2] < b[2])

(* I1 what a writer has loaded is the tail or older; what it has reserved is in the present lap, *)
(*    below the tail, and nobody else's; the one who delivers is alone.                          *)
WriterInv(t, f) ==
  /\ \A w \in Writers :
       LET r == f[w]
       IN  /\ r.pc \in {"consumed", "delivered"} => r.off = 0
           /\ r.pc = "cas" => r.off + r.len <= S
           /\ r.pc = "close" => r.off > 0 /\ r.off + r.len = S
           /\ r.pc \in {"consumed", "delivered", "cas", "close"} => ~Older(t, <<r.q, r.off>>)
           /\ r.pc = "commit" => /\ r.q = Top(t, Slot(r.q))
                                 /\ r.off + r.len <= Used(t, Slot(r.q))
           /\ r.pc \in Delivers => /\ r.q = Top(t, Slot(r.q))
                                               /\ Used(t, Slot(r.q)) = S
  /\ \A w, v \in Writers :
       w # v /\ f[w].pc = "commit" /\ f[v].pc = "commit" /\ f[w].q = f[v].q
         => f[w].off + f[w].len <= f[v].off \/ f[v].off + f[v].len <= f[w].off
  /\ \A s \in Slots : /\ Cardinality(Delivering(f, s)) <= 1
                      /\ Delivering(f, s) # {} => Pending(f, s) = {}

(* I2 a slot is delivered in its present lap, and then at rest; or of the lap before, and then    *)
(*    committed and pending bytes add up to what is reserved.                                    *)
SlotInv ==
  \A s \in Slots :
    LET q == Top(tail, s)
    IN  \/ /\ delivered[s] = q + 1
           /\ commit[s] = 0
           /\ Pending(wr, s) = {} /\ Delivering(wr, s) = {}
           /\ Used(tail, s) = S
        \/ /\ delivered[s] \in {Lap(q), Mark(Lap(q))}
           /\ delivered[s] = Mark(Lap(q)) => q < tail[1] /\ q <= consumed
           /\ \A w \in Delivering(wr, s) : wr[w].pc \in {"help", "late"} => delivered[s] = Mark(Lap(q))
           /\ IF Delivering(wr, s) = {}
              THEN /\ commit[s] + Sum(wr, Pending(wr, s)) = Used(tail, s)
                   /\ commit[s] < S
              ELSE \A w \in Delivering(wr, s) : commit[s] = IF wr[w].pc = "reset" THEN S ELSE 0

(* I3 never more than N sub-buffers outstanding; what is consumed was delivered, or is passed.    *)
BoundInv ==
  /\ consumed <= tail[1]
  /\ tail[1] - consumed <= N
  /\ tail[2] > 0 => tail[1] - consumed < N
  /\ \A s \in Slots : Top(tail, s) < consumed =>
                        delivered[s] \in {Top(tail, s) + 1, Mark(Lap(Top(tail, s)))}
  /\ \A w \in Writers : wr[w].pc = "late" => wr[w].q < consumed

(* I4 what the tests of a writer have found still holds when its CAS can succeed. *)
OpenInv ==
  \A w \in Writers :
    /\ wr[w].pc = "cas" /\ wr[w].off = 0 => wr[w].q - consumed < N
    /\ (wr[w].pc = "consumed" \/ (wr[w].pc = "cas" /\ wr[w].off = 0)) /\ Loaded(w) = tail
         => delivered[Slot(wr[w].q)] = wr[w].q - N + 1

(* I5 likewise for a consumer. *)
ConsumerInv ==
  \A c \in Consumers :
    /\ co[c].pc # "take" => co[c].q <= consumed
    /\ co[c].pc = "cas" /\ co[c].q = consumed => delivered[Slot(consumed)] = consumed + 1
    /\ co[c].pc \in {"pass", "passed"} => co[c].q < tail[1]
    /\ co[c].pc = "passed" /\ co[c].q = consumed => delivered[Slot(consumed)] = Mark(Lap(consumed))

Inv == WriterInv(tail, wr) /\ SlotInv /\ BoundInv /\ OpenInv /\ ConsumerInv

(* ------------------- all type-correct states with Inv ------------------- *)
WStates ==
  {Idle}
  \cup {W(pc, q, 0, len) : pc \in {"consumed", "delivered"}, q \in Q - Old .. Q, len \in 1 .. S}
  \cup {W("cas", q, off, len) : q \in Q - Old .. Q, off \in 0 .. S - 1, len \in 1 .. S}
  \cup {W("close", q, off, S - off) : q \in Q - Old .. Q, off \in 1 .. S - 1}
  \cup {W("commit", q, off, len) : q \in Q - N .. Q, off \in 0 .. S - 1, len \in 1 .. S}
  \cup {W(pc, q, 0, 0) : pc \in Delivers, q \in Q - N .. Q}
CStates == {Rest} \cup {[pc |-> pc, q |-> q] : pc \in {"ready", "cas", "pass", "passed"}, q \in Q - N - 1 .. Q}

StepInit ==
  /\ fresh = TRUE
  /\ tail \in {<<Q, off>> : off \in 0 .. S - 1}
  /\ wr \in [Writers -> WStates]
  /\ WriterInv(tail, wr)
  /\ consumed \in Q - N .. Q
  /\ \E f \in [Slots -> 1 .. 3] :
        delivered = [s \in Slots |-> LET q == Top(tail, s) IN <<q + 1, Lap(q), Mark(Lap(q))>>[f[s]]]
  /\ commit \in [Slots -> 0 .. S]
  /\ SlotInv
  /\ BoundInv
  /\ OpenInv
  /\ co \in [Consumers -> CStates]
  /\ ConsumerInv
StepNext == fresh /\ fresh' = FALSE /\ Step
StepSpec == StepInit /\ [][StepNext]_vars

(* ----------------------- from the initial state ------------------------ *)
RunInit ==
  /\ fresh = TRUE
  /\ tail = <<N, 0>>
  /\ consumed = N
  /\ delivered = [s \in Slots |-> s + 1]
  /\ commit = [s \in Slots |-> 0]
  /\ wr = [w \in Writers |-> Idle]
  /\ co = [c \in Consumers |-> Rest]
RunNext == tail[1] <= MaxQ /\ Step /\ UNCHANGED fresh
RunSpec == RunInit /\ [][RunNext]_vars
=============================================================================
