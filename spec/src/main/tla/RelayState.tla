------------------------------ MODULE RelayState ------------------------------
(* Constants, shared words, process state and arithmetic of the sub-buffer     *)
(* protocol. Every shared variable is one word (or one array of words) of the  *)
(* Java class ControlWords and has its name; one action of the modules that    *)
(* extend this one is one accessor call plus the local work up to the next.    *)
(* pc[p] is the name of the accessor that process p calls next.                *)
(*                                                                             *)
(* Sequences are stored modulo Modulus, as in Java (SEQ_MASK + 1). Pre-roll:   *)
(* at the start every slot looks as if the lap before FirstSequence had been   *)
(* delivered and consumed, so no step knows a first lap.                       *)
EXTENDS Integers, Sequences, FiniteSets

CONSTANTS
    SubbufSize,     \* S: bytes of a sub-buffer
    SubbufCount,    \* n
    HeaderSize,     \* H: bytes at the start of each sub-buffer that the client reserves
    Overwrite,      \* BOOLEAN: overwrite mode (flight recorder) or no-overwrite mode
    Modulus,        \* sequences live modulo this, a multiple of n
    FirstSequence,  \* q0
    Lengths,        \* [writer -> sequence of message lengths]; its domain is the writers
    Aborts,         \* set of <<writer, message number>> that end in abort, not in commit
    Refusals,       \* [sequence -> how often admit answers no]
    Retry,          \* causes after which a writer tries again (these losses are not counted)
    Crashers,       \* writers that may stop for good between reserve and commit; a consumer in mid-pass
    Flushers, Closers, Pausers, Resetters,      \* one operation each
    Consumers,      \* {} or one consumer
    Waits,          \* BOOLEAN: the consumer polls with waiting, else it spins on take
    Passes,         \* BOOLEAN: the consumer passes a sub-buffer that a writer holds
    Snapshots,      \* snapshot readers, one pass each
    Partials        \* readers of the current sub-buffer, until they have read something

VARIABLES
    \* shared words
    tail,           \* [fin, paused, q, off]: the one hot word of the writers
    consumed,       \* sequence of the oldest retained sub-buffer
    commitBytes, commitRecords,     \* low and high half of commit[slot]
    padding, records, delivered,    \* per slot
    waiting, closed,                \* 0 or 1
    counters,       \* loss, fate and abort counters: [kind -> [subbufs, records, bytes]]
    \* processes and their surroundings
    pc, local,      \* next accessor and local variables of each process
    permit,         \* LockSupport: the consumer's park returns at once
    refusals,       \* refusals that admit has left
    data,           \* [slot -> [offset -> cell]]: which record's byte lies there
    freed,          \* BOOLEAN: the writers' process has let go of the memory
    \* history, for checking only
    log,            \* retained sub-buffers: sequence of [recs, started, ended]
    passed,         \* [slot -> the same of a sub-buffer that was passed and is not yet delivered]
    faults          \* what has gone wrong so far

slots == <<commitBytes, commitRecords, padding, records, delivered>>
sleep == <<waiting, closed, permit>>
memory == <<data, freed>>
past == <<log, passed>>
world == <<refusals, memory, past, faults>>
words == <<tail, consumed, slots, sleep, counters>>
vars == <<words, pc, local, world>>

Writers == DOMAIN Lengths
Readers == Snapshots \cup Partials
Procs == Writers \cup Flushers \cup Closers \cup Pausers \cup Resetters \cup Consumers \cup Readers
Causes == {"FULL", "TOO_LARGE", "STALLED", "REFUSED", "PAUSED", "CLOSED"}
Fates == {"DELIVERED", "OVERWRITTEN", "SKIPPED"}

ASSUME /\ Modulus % SubbufCount = 0 /\ Modulus >= 4 * SubbufCount
       /\ HeaderSize < SubbufSize /\ Cardinality(Consumers) <= 1

-------------------------------------------------------------------------------
(* Sequence arithmetic *)
S == SubbufSize
N == SubbufCount
H == HeaderSize
MaxLength == S - H
Slot(q) == q % N
Add(q, k) == (q + k) % Modulus
Distance(a, b) == (a - b) % Modulus             \* Java: (a - b) & SEQ_MASK
Lap(q) == Add(q, 1 - N)                         \* delivered[slot] before q: the lap before
NoSequence == -1

(* The consumer may mark delivered[slot] while a writer holds it: Java sets bit 63. *)
Passed(lap) == Modulus + lap
Unmarked(word) == word % Modulus

(* Values *)
Zero == [subbufs |-> 0, records |-> 0, bytes |-> 0]
Plus(a, b) == [subbufs |-> a.subbufs + b.subbufs, records |-> a.records + b.records,
               bytes |-> a.bytes + b.bytes]
NoTail == [fin |-> FALSE, paused |-> FALSE, q |-> NoSequence, off |-> 0]
NoRange == [q |-> NoSequence, off |-> 0, len |-> 0, head |-> 0, kind |-> "none"]
Nothing == [q |-> NoSequence, recs |-> <<>>, started |-> FALSE, ended |-> FALSE]
NoCell == <<NoSequence, "none", 0>>
Blank == [o \in 0..S-1 |-> NoCell]
MoveTo(t, q, off) == IF off = S THEN [t EXCEPT !.q = Add(q, 1), !.off = 0]
                     ELSE [t EXCEPT !.q = q, !.off = off]

(* Local variables of a process. An unused one is at its default, so that it   *)
(* adds no states.                                                             *)
Idle == [msg |-> 1,             \* writer: number of its current message
         loaded |-> NoTail,     \* the tail as last loaded
         own |-> NoRange,       \* the range it has reserved: kind "record" or "padding"; head: header
                                \* bytes before it that the opener has still to commit
         seen |-> NoSequence,   \* the consumer position as last loaded, or a reader's q
         bound |-> NoSequence,  \* where a reset, a skip or a snapshot ends
         cause |-> "",          \* why the write is about to fail
         got |-> Zero,          \* amounts read, to be counted
         armed |-> FALSE,       \* consumer: it has set waiting
         rounds |-> 0,          \* sub-buffers that a reset may still consume, a settling has still to see
         good |-> FALSE,        \* history: the copy is whole
         excuse |-> FALSE]      \* history: cause was true when it was seen

TooLarge(w, i) == Lengths[w][i] > MaxLength
StartPc(w, i) == IF i > Len(Lengths[w]) THEN "Done"
                 ELSE IF TooLarge(w, i) THEN "CountLost" ELSE "LoadTail"
StartLocal(w, i) == IF StartPc(w, i) = "CountLost"
                    THEN [Idle EXCEPT !.msg = i, !.cause = "TOO_LARGE", !.excuse = TRUE]
                    ELSE [Idle EXCEPT !.msg = i]
Message(w) == Lengths[w][local[w].msg]
Record(w) == <<w, local[w].msg>>

Init ==
    /\ tail = [fin |-> FALSE, paused |-> FALSE, q |-> FirstSequence, off |-> 0]
    /\ consumed = FirstSequence
    /\ commitBytes = [s \in 0..N-1 |-> 0] /\ commitRecords = [s \in 0..N-1 |-> 0]
    /\ padding = [s \in 0..N-1 |-> 0] /\ records = [s \in 0..N-1 |-> 0]
    /\ delivered = [s \in 0..N-1 |-> Lap(Add(FirstSequence, (s - FirstSequence) % N))]
    /\ waiting = 0 /\ closed = 0 /\ permit = FALSE
    /\ counters = [k \in Causes \cup Fates \cup {"ABORTED"} |-> Zero]
    /\ pc = [p \in Procs |->
                CASE p \in Writers   -> StartPc(p, 1)
                  [] p \in Flushers  -> "FlushLoadTail"
                  [] p \in Resetters -> "FlushLoadTail"
                  [] p \in Closers   -> "CloseLoadTail"
                  [] p \in Pausers   -> "PauseLoadTail"
                  [] p \in Consumers -> "TakeLoadConsumed"
                  [] p \in Snapshots -> "SnapLoadConsumed"
                  [] p \in Partials  -> "PartialLoadConsumed"]
    /\ local = [p \in Procs |-> IF p \in Writers THEN StartLocal(p, 1) ELSE Idle]
    /\ refusals = Refusals
    /\ data = [s \in 0..N-1 |-> Blank] /\ freed = FALSE
    /\ log = <<>> /\ passed = [s \in 0..N-1 |-> Nothing] /\ faults = {}

-------------------------------------------------------------------------------
(* Steps of a process *)
Goto(p, label) == pc' = [pc EXCEPT ![p] = label]
Set(p, value) == local' = [local EXCEPT ![p] = value]
Clear(p) == [Idle EXCEPT !.msg = local[p].msg]
Step(p, label, value) == Goto(p, label) /\ Set(p, value)
Count(kind, amount) == counters' = [counters EXCEPT ![kind] = Plus(@, amount)]
Fault(bad, name) == faults' = IF bad THEN faults \cup {name} ELSE faults

(* History: the sub-buffers consumed .. are log[1] .. *)
Index(q) == Distance(q, consumed) + 1
Retained(q) == Index(q) <= Len(log)
Held(q) == passed[Slot(q)].q = q                \* passed, and not yet delivered
Entry(q) == IF Held(q) THEN passed[Slot(q)] ELSE log[Index(q)]
Note(q, hook) ==
    /\ log' = IF Retained(q) THEN [log EXCEPT ![Index(q)][hook] = TRUE] ELSE log
    /\ passed' = IF Held(q) THEN [passed EXCEPT ![Slot(q)][hook] = TRUE] ELSE passed
RecordLength(r) == Lengths[r[1]][r[2]]
RECURSIVE CellsOf(_, _)
CellsOf(q, recs) ==
    IF recs = <<>> THEN <<>>
    ELSE [o \in 1..RecordLength(recs[1]) |-> <<q, recs[1][1], recs[1][2]>>] \o CellsOf(q, Tail(recs))
Content(q) == [o \in 1..H |-> <<q, "header", 0>>] \o CellsOf(q, Entry(q).recs)
Whole(q, pad) ==        \* slot(q) holds what was reserved in q, all of it, in order
    /\ Retained(q) \/ Held(q)
    /\ Len(Content(q)) = S - pad
    /\ \A o \in 1..S - pad : data[Slot(q)][o - 1] = Content(q)[o]
OneLap(q, bytes) ==     \* the first bytes of slot(q) were all written in lap q
    \A o \in 0..bytes - 1 : data[Slot(q)][o][1] = q

(* The consumer position moves over k sub-buffers, whoever moves it. Their     *)
(* content is then undefined, unless a snapshot reader may still validate it.  *)
Release(k) ==
    /\ consumed' = Add(consumed, k)
    /\ log' = SubSeq(log, k + 1, Len(log))
    /\ data' = IF Readers = {}
               THEN [s \in 0..N-1 |-> IF \E j \in 0..k-1 : s = Slot(Add(consumed, j)) THEN Blank
                                      ELSE data[s]]
               ELSE data

(* It moves over q, which a writer still holds: q is out of order from now on.  *)
PassOver(q) ==
    /\ consumed' = Add(q, 1)
    /\ passed' = [passed EXCEPT ![Slot(q)] = [q |-> q, recs |-> log[1].recs, started |-> log[1].started,
                                             ended |-> log[1].ended]]
    /\ log' = Tail(log)
===============================================================================
