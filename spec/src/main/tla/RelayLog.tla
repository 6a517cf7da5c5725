------------------------------- MODULE RelayLog -------------------------------
(* What a client of one relay buffer may rely on: a bounded log of sub-buffers *)
(* that never loses a record without counting it.                              *)
(*                                                                             *)
(* A record is <<w, i>>: message i of writer w, Lengths[w][i] bytes long.      *)
(* The log holds the retained sub-buffers, oldest first; each sub-buffer holds *)
(* its records in reservation order. A write is decided once: its record joins *)
(* the log, or it is lost for a cause that was true at some moment of the call.*)
(* Only a whole sub-buffer leaves the log, oldest first, settled (closed, all  *)
(* its records written), and is counted under exactly one fate. Or it is closed *)
(* and passed: counted as skipped when its records are written, and until then *)
(* no other takes its place.                                                   *)
(*                                                                             *)
(* RelayRefines.tla maps RelayProtocol onto this module; Java: the contract of *)
(* RelayBuffer, not of a single class.                                         *)
EXTENDS Integers, Sequences, FiniteSets

CONSTANTS
    Lengths,        \* [writer -> sequence of message lengths in bytes]
    Aborts,         \* records that are reserved and then aborted: bytes, but no record
    Capacity,       \* payload bytes of a sub-buffer, S - H
    SubbufCount,    \* n
    Overwrite       \* BOOLEAN: the flight-recorder mode

VARIABLES
    log,            \* retained sub-buffers: sequence of [recs, settled]
    passed,         \* passed sub-buffers: set of [recs, back], back from the next one to be opened
    open,           \* BOOLEAN: the last sub-buffer still takes records
    pending,        \* records that are reserved and not yet written
    decided,        \* [writer -> number of messages decided]
    counts,         \* [cause or fate -> [subbufs, records, bytes]]
    excuse,         \* [writer -> cause that was true during the current call, or ""]
    paused, finalized

vars == <<log, passed, open, pending, decided, counts, excuse, paused, finalized>>

Writers == DOMAIN Lengths
Causes == {"FULL", "TOO_LARGE", "STALLED", "REFUSED", "PAUSED", "CLOSED"}
Fates == {"DELIVERED", "OVERWRITTEN", "SKIPPED"}
Zero == [subbufs |-> 0, records |-> 0, bytes |-> 0]
Plus(a, b) == [subbufs |-> a.subbufs + b.subbufs, records |-> a.records + b.records,
               bytes |-> a.bytes + b.bytes]
LengthOf(r) == Lengths[r[1]][r[2]]

RECURSIVE SizeOf(_)         \* what a sequence of records amounts to
SizeOf(recs) ==
    IF recs = <<>> THEN Zero
    ELSE Plus(SizeOf(Tail(recs)),
              [subbufs |-> 0, records |-> IF Head(recs) \in Aborts THEN 0 ELSE 1,
               bytes |-> LengthOf(Head(recs))])
RECURSIVE SizeOfLog(_)      \* what a sequence of sub-buffers amounts to
SizeOfLog(subs) ==
    IF subs = <<>> THEN Zero
    ELSE Plus(SizeOfLog(Tail(subs)), Plus(SizeOf(Head(subs).recs), [Zero EXCEPT !.subbufs = 1]))

Init == /\ log = <<>> /\ passed = {} /\ open = FALSE /\ pending = {}
        /\ decided = [w \in Writers |-> 0]
        /\ counts = [k \in Causes \cup Fates |-> Zero]
        /\ excuse = [w \in Writers |-> ""]
        /\ paused = FALSE /\ finalized = FALSE

Next_(w) == <<w, decided[w] + 1>>                 \* the record that w tries to write
More(w) == decided[w] < Len(Lengths[w])
Accepts == ~paused /\ ~finalized

Reserve(w, newLog) ==
    /\ decided' = [decided EXCEPT ![w] = @ + 1]
    /\ Accepts
    /\ log' = newLog
    /\ SizeOf(log'[Len(log')].recs).bytes <= Capacity
    /\ open' = (SizeOf(log'[Len(log')].recs).bytes < Capacity)      \* an exact fill closes
    /\ pending' = pending \cup {Next_(w)}
    /\ UNCHANGED <<counts, excuse, paused, finalized>>
SlotHeld == \E p \in passed : p.back = SubbufCount
Open(w) ==      /\ ~open /\ Len(log) < SubbufCount /\ ~SlotHeld /\ More(w)
                /\ Reserve(w, Append(log, [recs |-> <<Next_(w)>>, settled |-> FALSE]))
                /\ passed' = {[p EXCEPT !.back = @ + 1] : p \in passed}
AppendTo(w) ==  /\ open /\ More(w)
                /\ Reserve(w, [log EXCEPT ![Len(log)].recs = Append(@, Next_(w))])
                /\ UNCHANGED passed

Commit(r) ==    /\ r \in pending /\ pending' = pending \ {r}
                /\ UNCHANGED <<log, passed, open, decided, counts, excuse, paused, finalized>>
Switch ==       /\ open /\ open' = FALSE
                /\ UNCHANGED <<log, passed, pending, decided, counts, excuse, paused, finalized>>
Closed(k) == k < Len(log) \/ ~open
Written(recs) == \A j \in 1..Len(recs) : recs[j] \notin pending
Settle(k) ==    /\ ~log[k].settled /\ Closed(k) /\ Written(log[k].recs)
                /\ log' = [log EXCEPT ![k].settled = TRUE]
                /\ UNCHANGED <<passed, open, pending, decided, counts, excuse, paused, finalized>>
Take(fate, k) ==
    /\ \A j \in 1..k : log[j].settled
    /\ fate = "OVERWRITTEN" => Overwrite /\ ~open /\ k = 1 /\ Len(log) = SubbufCount
    /\ log' = SubSeq(log, k + 1, Len(log))
    /\ counts' = [counts EXCEPT ![fate] = Plus(@, SizeOfLog(SubSeq(log, 1, k)))]
    /\ UNCHANGED <<passed, open, pending, decided, excuse, paused, finalized>>

Pass ==         /\ log # <<>> /\ ~log[1].settled /\ Closed(1)
                /\ passed' = passed \cup {[recs |-> log[1].recs, back |-> Len(log)]}
                /\ log' = Tail(log)
                /\ UNCHANGED <<open, pending, decided, counts, excuse, paused, finalized>>
CountPassed(p) ==           \* then it holds nothing but its place
    /\ p.recs # <<>> /\ Written(p.recs)
    /\ counts' = [counts EXCEPT !["SKIPPED"] =
                    Plus(@, SizeOfLog(<<[recs |-> p.recs, settled |-> TRUE]>>))]
    /\ passed' = (passed \ {p}) \cup {[p EXCEPT !.recs = <<>>]}
    /\ UNCHANGED <<log, open, pending, decided, excuse, paused, finalized>>
GiveUpPlace(p) ==
    /\ p.recs = <<>> /\ passed' = passed \ {p}
    /\ UNCHANGED <<log, open, pending, decided, counts, excuse, paused, finalized>>

True(w, cause) ==           \* the only reasons for which a write may fail
    CASE cause = "FULL"      -> ~Overwrite /\ ~open /\ Len(log) = SubbufCount /\ log[1].settled
      [] cause = "STALLED"   -> ~open /\ (SlotHeld \/ (Len(log) = SubbufCount /\ ~log[1].settled))
      [] cause = "REFUSED"   -> ~open
      [] cause = "PAUSED"    -> paused
      [] cause = "CLOSED"    -> finalized
      [] OTHER               -> FALSE
Witness(w, cause) ==
    /\ excuse' = [excuse EXCEPT ![w] = cause]
    /\ cause = "" \/ True(w, cause)
    /\ UNCHANGED <<log, passed, open, pending, decided, counts, paused, finalized>>
Lose(w, cause) ==
    /\ decided' = [decided EXCEPT ![w] = @ + 1]
    /\ IF cause = "TOO_LARGE" THEN LengthOf(Next_(w)) > Capacity ELSE excuse[w] = cause
    /\ counts' = [counts EXCEPT ![cause] =
                    Plus(@, [subbufs |-> 0, records |-> 1, bytes |-> LengthOf(Next_(w))])]
    /\ excuse' = [excuse EXCEPT ![w] = ""]
    /\ UNCHANGED <<log, passed, open, pending, paused, finalized>>
Pause ==        /\ ~finalized /\ paused' = ~paused
                /\ UNCHANGED <<log, passed, open, pending, decided, counts, excuse, finalized>>
Finalize ==     /\ finalized' = TRUE /\ open' = FALSE
                /\ UNCHANGED <<log, passed, pending, decided, counts, excuse, paused>>

Next == \/ \E w \in Writers : Open(w) \/ AppendTo(w)
        \/ \E w \in Writers : More(w) /\ \E c \in Causes : Lose(w, c)
        \/ \E w \in Writers : \E c \in Causes \cup {""} : Witness(w, c)
        \/ \E r \in pending : Commit(r)
        \/ Switch \/ Pause \/ Finalize
        \/ \E k \in 1..Len(log) : Settle(k)
        \/ \E f \in Fates : \E k \in 1..Len(log) : Take(f, k)
        \/ Pass \/ \E p \in passed : CountPassed(p) \/ GiveUpPlace(p)
Spec == Init /\ [][Next]_vars

-------------------------------------------------------------------------------
L11_3 == [w1 |-> <<1, 1>>, w2 |-> <<3>>]           \* for RelayLog.cfg: 3 bytes are too large
NoAborts == {}
RECURSIVE SumOver(_, _)
SumOver(f, keys) == IF keys = {} THEN Zero
                    ELSE LET k == CHOOSE x \in keys : TRUE IN Plus(f[k], SumOver(f, keys \ {k}))
Tried == [w \in Writers |-> [subbufs |-> 0, records |-> decided[w],
                             bytes |-> SizeOf([i \in 1..decided[w] |-> <<w, i>>]).bytes]]
Bounded == Len(log) + Cardinality(passed) <= SubbufCount
SizeOfPassed == SumOver([p \in passed |-> SizeOf(p.recs)], passed)
Conserved ==                \* every attempt is in the log, passed on, or lost: nothing else
    LET all == Plus(Plus(SizeOfLog(log), SizeOfPassed), SumOver(counts, Causes \cup Fates))
    IN  /\ SumOver(Tried, Writers).bytes = all.bytes
        /\ Aborts = {} => SumOver(Tried, Writers).records = all.records
===============================================================================
