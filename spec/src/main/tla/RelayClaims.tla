------------------------------ MODULE RelayClaims ------------------------------
(* Who consumes a buffer, and who has mapped it. Processes agree on that by    *)
(* words which outlive them: a claim is void if its process is dead, or cannot *)
(* be seen (another PID namespace) and has stopped beating. Java: Claims, Beat.*)
(*                                                                             *)
(* Place 0 is the word "consumer", place e the e-th entry of "mapped"; each    *)
(* has a beat. Time is an age here: a beat ages with each Tick, and is old     *)
(* when it has missed Missed of them.                                          *)
(*
    process client                  would be the consumer, or enters itself among the mapped readers
      LoadOwner:          owner := the word of the place; a mapped reader begins with the first entry
      LoadBeat:           not void: goto LoadRival, or to the next entry
      StoreBeat:          beat := now; before the claim, which would be void with an old beat
      ClaimCas:           if the word is still owner then it is self, else goto LoadRival, or to the next entry
                          it holds the place now, and gives it back when it likes
      CheckOwner:         the word is not self any more: end
      ReleaseCas:         if the word is self then it is nobody; end
      LoadRival:          refused: loads the word again, for the message
    process heart                   one of each process, once between two ticks
      Rest:               goes on after a tick
      StoreMappedBeat:    beat of the process's entry := now, if it has one, which nobody gives back meanwhile
      BeatOwner:          the consumer is not self: goto Rest
      StoreOwnBeat:       its beat := now; goto Rest
    process watcher                 the ticker of the writers' process, for each entry
      WatchOwner:         owner := the word
      WatchBeat:          not void: to the next entry
      WatchCas:           if the word is still owner then it is nobody
*)
(* What is assumed of time: a heart beats between two ticks, and a claim takes *)
(* less than one. Only who is stopped (SIGSTOP, a frozen container) breaks it: *)
(*  - who is stopped while it holds a place, and cannot be seen by all, may    *)
(*    lose it and not know. There are two holders then, one of which slept;    *)
(*    nothing else leads to two (C2, C3; trap NeverTwoHolders);                *)
(*  - but who is stopped in the middle of a claim or of a beat (StopsAnywhere) *)
(*    may take the place of one that never slept, if it cannot see that one or *)
(*    a third cannot (trap AwakeIsNotDisplaced).                               *)
(* Where all see each other there is one holder, whatever is stopped.          *)
EXTENDS Integers, Sequences, FiniteSets

CONSTANTS
    Consumers, Mappers, Hearts, Watchers,   \* threads: [thread -> its process]
    Entries,        \* how many entries "mapped" has
    Free,           \* how many of them are free; the others belong to a process that all see alive
    Rounds,         \* [client or watcher -> how often it claims, or looks; 0: without end]
    Hidden,         \* set of {p, q}: processes that cannot see each other
    Crashers,       \* processes that may die
    Stoppers,       \* processes that may be stopped, for as long as it pleases, and go on
    StopsAnywhere   \* BOOLEAN: in the middle of a claim or a beat, too

VARIABLES
    owner, age,     \* of each place: the word, and the age of its beat
    life,           \* [process -> "runs", "stopped" or "dead"]
    due,            \* hearts that have not beaten since the last tick
    slept,          \* processes that were stopped while time passed
    clock,          \* [thread -> the age of the time that it has read and not stored yet]
    pc, local

words == <<owner, age>>
world == <<life, due, slept>>
vars == <<owner, age, life, due, slept, clock, pc, local>>

Clients == DOMAIN Consumers \cup DOMAIN Mappers
Threads == Clients \cup DOMAIN Hearts \cup DOMAIN Watchers
Of(t) == IF t \in DOMAIN Consumers THEN Consumers[t] ELSE IF t \in DOMAIN Mappers THEN Mappers[t]
         ELSE IF t \in DOMAIN Hearts THEN Hearts[t] ELSE Watchers[t]
Processes == {Of(t) : t \in Threads}
Nobody == "nobody"
Others == "others"
Missed == 2                         \* in Java 5 intervals of one second
Older(a) == IF a = Missed THEN a ELSE a + 1
Places == 0..Entries

First(t) == IF t \in DOMAIN Mappers \cup DOMAIN Watchers THEN 1 ELSE 0
Start(t) == IF t \in Clients THEN "LoadOwner" ELSE IF t \in DOMAIN Watchers THEN "WatchOwner" ELSE "Rest"
Init == /\ owner = [e \in Places |-> IF e > Free THEN Others ELSE Nobody]
        /\ age = [e \in Places |-> Missed]
        /\ life = [p \in Processes |-> "runs"]
        /\ due = {} /\ slept = {}
        /\ clock = [t \in Threads |-> 0]
        /\ pc = [t \in Threads |-> Start(t)]
        /\ local = [t \in Threads |-> [place |-> First(t), owner |-> Nobody, reason |-> FALSE, round |-> 1]]

Runs(t) == life[Of(t)] = "runs"
At(t, label) == pc[t] = label /\ Runs(t)
Sees(t, p) == {Of(t), p} \notin Hidden
IsVoid(t, p, a) ==                  \* Claims.isVoid: what t's process makes of an owner with a beat
    \/ p = Nobody
    \/ p # Others /\ IF Sees(t, p) THEN life[p] = "dead" ELSE a = Missed
Goto(t, label) == pc' = [pc EXCEPT ![t] = label] /\ UNCHANGED local
ReadsClock(t) == clock' = [clock EXCEPT ![t] = 0]       \* Beat.now(), before the step that stores it
Again(t) ==                         \* the next round, or the end
    /\ pc' = [pc EXCEPT ![t] = IF local[t].round = Rounds[t] THEN "Done" ELSE Start(t)]
    /\ local' = [local EXCEPT ![t] =
            [place |-> First(t), owner |-> Nobody, reason |-> FALSE,
             round |-> IF Rounds[t] = 0 \/ @.round = Rounds[t] THEN @.round ELSE @.round + 1]]
Next_(t) ==                         \* to the next entry, if there is one
    IF local[t].place = Entries THEN Again(t)
    ELSE /\ pc' = [pc EXCEPT ![t] = Start(t)]
         /\ local' = [local EXCEPT ![t].place = @ + 1, ![t].owner = Nobody]
Refused(t, reason) ==
    IF t \in DOMAIN Mappers THEN Next_(t)
    ELSE /\ pc' = [pc EXCEPT ![t] = "LoadRival"]
         /\ local' = [local EXCEPT ![t].reason = reason]

-------------------------------------------------------------------------------
(* Clients *)
LoadOwner(t) ==
    /\ At(t, "LoadOwner")
    /\ local' = [local EXCEPT ![t].owner = owner[local[t].place]]
    /\ pc' = [pc EXCEPT ![t] = "LoadBeat"]
    /\ UNCHANGED <<words, world, clock>>
LoadBeat(t) ==
    /\ At(t, "LoadBeat")
    /\ LET seen == local[t].owner IN
       IF IsVoid(t, seen, age[local[t].place]) THEN Goto(t, "StoreBeat") ELSE Refused(t, seen # Nobody)
    /\ UNCHANGED <<words, world, clock>>
StoreBeat(t) ==
    /\ At(t, "StoreBeat")
    /\ age' = [age EXCEPT ![local[t].place] = clock[t]]
    /\ Goto(t, "ClaimCas")
    /\ ReadsClock(t)
    /\ UNCHANGED <<owner, world>>
ClaimCas(t) ==
    /\ At(t, "ClaimCas")
    /\ LET e == local[t].place IN
       IF owner[e] = local[t].owner
       THEN owner' = [owner EXCEPT ![e] = Of(t)] /\ Goto(t, "CheckOwner")
       ELSE UNCHANGED owner /\ Refused(t, TRUE)
    /\ UNCHANGED <<age, world, clock>>
LoadRival(t) ==
    /\ At(t, "LoadRival")
    /\ Again(t)
    /\ UNCHANGED <<words, world, clock>>

Beats(t) == \E h \in DOMAIN Hearts : Hearts[h] = Of(t) /\ pc[h] = "StoreMappedBeat"
CheckOwner(t) ==                    \* the holder has let go; a mapped one when its heart does not beat
    /\ At(t, "CheckOwner")
    /\ t \in DOMAIN Mappers => ~Beats(t)
    /\ IF owner[local[t].place] = Of(t) THEN Goto(t, "ReleaseCas") ELSE Again(t)
    /\ UNCHANGED <<words, world, clock>>
ReleaseCas(t) ==
    /\ At(t, "ReleaseCas")
    /\ LET e == local[t].place IN owner' = IF owner[e] = Of(t) THEN [owner EXCEPT ![e] = Nobody] ELSE owner
    /\ Again(t)
    /\ UNCHANGED <<age, world, clock>>

-------------------------------------------------------------------------------
(* Hearts and watchers *)
Holds(t) == t \in Clients /\ pc[t] = "CheckOwner"
Entered(h) == {t \in DOMAIN Mappers : Mappers[t] = Hearts[h] /\ Holds(t)}
Rest(t) ==
    /\ At(t, "Rest") /\ t \in due
    /\ due' = due \ {t}
    /\ Goto(t, IF Entered(t) = {} THEN "BeatOwner" ELSE "StoreMappedBeat")
    /\ ReadsClock(t)
    /\ UNCHANGED <<words, life, slept>>
StoreMappedBeat(t) ==
    /\ At(t, "StoreMappedBeat")
    /\ age' = [e \in Places |-> IF \E m \in Entered(t) : local[m].place = e THEN clock[t] ELSE age[e]]
    /\ Goto(t, "BeatOwner")
    /\ ReadsClock(t)
    /\ UNCHANGED <<owner, world>>
BeatOwner(t) ==
    /\ At(t, "BeatOwner")
    /\ Goto(t, IF owner[0] = Of(t) THEN "StoreOwnBeat" ELSE "Rest")
    /\ ReadsClock(t)
    /\ UNCHANGED <<words, world>>
StoreOwnBeat(t) ==
    /\ At(t, "StoreOwnBeat")
    /\ age' = [age EXCEPT ![0] = clock[t]]
    /\ Goto(t, "Rest")
    /\ ReadsClock(t)
    /\ UNCHANGED <<owner, world>>

WatchOwner(t) ==
    /\ At(t, "WatchOwner")
    /\ LET seen == owner[local[t].place] IN
       IF seen = Nobody THEN Next_(t)
       ELSE /\ local' = [local EXCEPT ![t].owner = seen]
            /\ pc' = [pc EXCEPT ![t] = "WatchBeat"]
    /\ UNCHANGED <<words, world, clock>>
WatchBeat(t) ==
    /\ At(t, "WatchBeat")
    /\ IF IsVoid(t, local[t].owner, age[local[t].place]) THEN Goto(t, "WatchCas") ELSE Next_(t)
    /\ UNCHANGED <<words, world, clock>>
WatchCas(t) ==
    /\ At(t, "WatchCas")
    /\ LET e == local[t].place IN
       owner' = IF owner[e] = local[t].owner THEN [owner EXCEPT ![e] = Nobody] ELSE owner
    /\ Next_(t)
    /\ UNCHANGED <<age, world, clock>>

-------------------------------------------------------------------------------
(* The world: time, death, and being stopped *)
Deciding == {"LoadBeat", "StoreBeat", "ClaimCas", "ReleaseCas", "WatchBeat", "WatchCas"}
Storing == {"StoreBeat", "StoreMappedBeat", "StoreOwnBeat"}
Tick ==
    /\ Hidden # {}
    /\ \A t \in Threads : Runs(t) => t \notin due /\ pc[t] \notin Deciding \cup Storing \cup {"BeatOwner"}
    /\ age' = [e \in Places |-> Older(age[e])]
    /\ clock' = [t \in Threads |-> IF pc[t] \in Storing THEN Older(clock[t]) ELSE clock[t]]
    /\ due' = {h \in DOMAIN Hearts : life[Hearts[h]] # "dead"}
    /\ slept' = slept \cup {p \in Processes : life[p] = "stopped"}
    /\ UNCHANGED <<owner, life, pc, local>>
Crash ==
    \E p \in Crashers :
        /\ life[p] # "dead" /\ life' = [life EXCEPT ![p] = "dead"]
        /\ UNCHANGED <<words, due, slept, clock, pc, local>>
Stop ==
    \E p \in Stoppers :
        /\ life[p] = "runs" /\ life' = [life EXCEPT ![p] = "stopped"]
        /\ StopsAnywhere \/ \A t \in Threads : Of(t) = p => pc[t] \notin Deciding \cup Storing
        /\ UNCHANGED <<words, due, slept, clock, pc, local>>
GoOn ==
    \E p \in Stoppers :
        /\ life[p] = "stopped" /\ life' = [life EXCEPT ![p] = "runs"]
        /\ UNCHANGED <<words, due, slept, clock, pc, local>>
Finished ==
    /\ \A t \in Threads : pc[t] \in {"Done", "Rest"} \/ ~Runs(t)
    /\ UNCHANGED vars

Claim(t) == \/ LoadOwner(t) \/ LoadBeat(t) \/ StoreBeat(t) \/ ClaimCas(t) \/ LoadRival(t)
Thread(t) == \/ Claim(t) \/ CheckOwner(t) \/ ReleaseCas(t)
             \/ Rest(t) \/ StoreMappedBeat(t) \/ BeatOwner(t) \/ StoreOwnBeat(t)
             \/ WatchOwner(t) \/ WatchBeat(t) \/ WatchCas(t)
ClaimNext == (\E t \in Threads : Thread(t)) \/ Tick \/ Crash \/ Stop \/ GoOn \/ Finished
ClaimSpec == Init /\ [][ClaimNext]_vars
ClaimFairSpec == ClaimSpec /\ SF_vars(Tick) /\ \A t \in Threads : WF_vars(Thread(t))

-------------------------------------------------------------------------------
Alive(t) == life[Of(t)] # "dead"
Lost(t) ==                          \* it may have lost its place and not know
    Of(t) \in slept /\ \E h \in Hidden : Of(t) \in h

C1_TypeOK ==
    /\ \A e \in Places : owner[e] \in Processes \cup {Nobody, Others} /\ age[e] \in 0..Missed
    /\ \A t \in Threads : clock[t] \in 0..Missed /\ local[t].place \in Places
(* C2: a buffer has one consumer at a time, and an entry one reader *)
C2_OneHolder ==
    \A t, u \in Clients :
        t # u /\ Holds(t) /\ Holds(u) /\ local[t].place = local[u].place /\ Alive(t) /\ Alive(u) =>
            Lost(t) \/ Lost(u)
(* C3: nobody gives back another's claim, or takes it away *)
C3_HolderIsOwner == \A t \in Clients : Holds(t) /\ Alive(t) => owner[local[t].place] = Of(t) \/ Lost(t)
(* C4: those that cannot see it see it beat *)
C4_HolderBeats ==
    \A h \in DOMAIN Hearts : \A t \in Clients :
        Hearts[h] = Of(t) /\ Holds(t) /\ Alive(t) =>
            age[local[t].place] < Missed \/ Of(t) \in slept \/ life[Of(t)] = "stopped"
(* C5: nobody is refused who had no rival *)
C5_RefusedForReason == \A t \in DOMAIN Consumers : pc[t] = "LoadRival" => local[t].reason
(* C6: the dead are replaced, where somebody would take their place, or looks for them *)
C6_DeadAreReplaced ==
    \A p \in Crashers : \A e \in 0..Free : (life[p] = "dead" /\ owner[e] = p) ~> (owner[e] # p)

THEOREM ClaimSpec => [](C1_TypeOK /\ C2_OneHolder /\ C3_HolderIsOwner /\ C4_HolderBeats /\ C5_RefusedForReason)
THEOREM ClaimFairSpec => C6_DeadAreReplaced     \* where a live client or watcher looks without end

-------------------------------------------------------------------------------
(* Values of configurations: P processes of one thread, T threads of two *)
None == <<>>
C2P == [a1 |-> "A", b1 |-> "B"]
C3T == [a1 |-> "A", a2 |-> "A", b1 |-> "B"]
HA == [ah |-> "A"]
H2P == [ah |-> "A", bh |-> "B"]
M1P == [a1 |-> "A"]
M2P == [a1 |-> "A", b1 |-> "B"]
W1P == [watcher |-> "W"]
R0 == [t \in Threads |-> 0]

(* Traps: each must be violated. *)
NeverTwoHolders ==
    \A t, u \in Clients :
        t # u /\ Holds(t) /\ Holds(u) /\ local[t].place = local[u].place => ~Alive(t) \/ ~Alive(u)
AwakeIsNotDisplaced == C3_HolderIsOwner         \* where processes are stopped anywhere
NeverOld == \A e \in Places : owner[e] \in Processes => age[e] < Missed
NeverNearlyOld == \A t \in Clients : Holds(t) => age[local[t].place] + 1 < Missed
NeverRival == \A t \in Clients : pc[t] # "LoadRival"
NeverDeadOwner == \A e \in Places : owner[e] \in Processes => life[owner[e]] # "dead"
===============================================================================
