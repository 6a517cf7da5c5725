------------------------------ MODULE RelayHandles ------------------------------
(* The handle of an exclusive buffer, which is given back and taken again by   *)
(* other threads, while others ask whoever has it to flush, to pause, to end.  *)
(* Java: RelayBuffer.claim, unclaim, request, finishUnowned; ExclusiveWriter.  *)
(* What RelayExclusive has of one owner is left out here: the tail has only    *)
(* the number of the sub-buffer, whether it is open, and whether it is final;  *)
(* a sub-buffer never fills. Steps that are there, too, have the same names.   *)
(*
    process owner                   takes the handle, writes, gives it back, and takes it again
      TakeHandle:         claimed: somebody else has it; else claimed := TRUE
      BeginLoadTail:      own := the tail: its q, not open; barred if it is final
      BeginLoadRequest:   obeyed := the request, but neither pause nor finish: they are still to be obeyed
                          for each record, and once more when it gives the handle back:
      LoadRequest:        the request is as it was obeyed: goto room
      ReloadRequest:      obeyed := the request; a finish: StoreSwitchedTail or StoreFinalTail, then StoreClosed
                          a flush: StoreSwitchedTail if own is open; a pause: barred
      room:               barred: lost; own is not open: OpenStore; a record is written
                          when it gives the handle back: StoreSwitchedTail if own is open, goto GiveHandle
      OpenStore:          tail.open := TRUE
      StoreSwitchedTail:  tail := (q + 1, not open), and final if that is asked
      StoreFinalTail:     tail.final := TRUE
      StoreClosed:        closed := 1
      SettleLoadTail:     is all delivered?
      Settle:             lets go of the memory, once
      GiveHandle:         claimed := FALSE, goto unowned; a record through the old handle is lost
    unowned                         a finish may have come after the owner's last look, and found it claimed
      UnownedLoadRequest: no finish is asked: end
      UnownedLoadTail:    it is final: end; else TakeHandle, and give it back at once
    process flusher, pauser, closer
      AskLoadRequest:     loaded := the request
      AskCas:             if it is still loaded: with a flush more, with or without the pause, with the finish;
                          else again; a closer: goto unowned
*)
EXTENDS Integers, Sequences, FiniteSets

CONSTANTS
    Owners,                         \* threads that take the handle
    Flushers, Pausers, Closers,     \* one call each; pausers resume after it
    Takes,                          \* how often an owner tries to take it
    Writes                          \* how many records it writes then

VARIABLES
    request,        \* [flushes, paused, fin]: the request word
    claimed,        \* BOOLEAN
    tail,           \* [q, open, fin]
    closed, freed,  \* 0 or 1
    accepted, lost, \* records; lost: [cause -> records]
    free,           \* owners that may write: there was a moment without a pause since their call began
    pc, local

words == <<request, claimed, tail, closed, freed>>
books == <<accepted, lost>>
vars == <<request, claimed, tail, closed, freed, accepted, lost, free, pc, local>>

Threads == Owners \cup Flushers \cup Pausers \cup Closers
NoRequest == [flushes |-> 0, paused |-> 0, fin |-> FALSE]
Idle == [loaded |-> NoRequest, obeyed |-> NoRequest, q |-> 0, open |-> FALSE, barred |-> "", stage |-> "take",
         kind |-> "", left |-> Writes, asked |-> 0 - 1, take |-> 1]
Init == /\ request = NoRequest /\ claimed = FALSE /\ tail = [q |-> 0, open |-> FALSE, fin |-> FALSE]
        /\ closed = 0 /\ freed = 0
        /\ accepted = 0 /\ lost = [CLOSED |-> 0, PAUSED |-> 0]
        /\ free = {}
        /\ pc = [t \in Threads |-> IF t \in Owners THEN "TakeHandle" ELSE "AskLoadRequest"]
        /\ local = [t \in Threads |-> [Idle EXCEPT !.stage = IF t \in Pausers THEN "pause" ELSE "take"]]

Goto(t, label, me) == pc' = [pc EXCEPT ![t] = label] /\ local' = [local EXCEPT ![t] = me]
Me(t) == local[t]

-------------------------------------------------------------------------------
(* Where an owner goes: "me" are the fields of its handle then. *)
Call(t, me, stage) ==               \* its next call begins
    /\ Goto(t, "LoadRequest", [me EXCEPT !.stage = stage, !.kind = "",
            !.asked = IF me.open /\ request'.flushes # me.obeyed.flushes THEN me.q ELSE 0 - 1])
    /\ free' = IF request'.paused = 0 THEN free \cup {t} ELSE free \ {t}
NextCall(t, me) == IF me.left > 0 THEN Call(t, me, "write") ELSE Call(t, me, "close")
Wrote(me) == [me EXCEPT !.left = @ - 1]
Loses(t, me, cause) == lost' = [lost EXCEPT ![cause] = @ + 1] /\ UNCHANGED accepted
Proceed(t, me) ==
    CASE me.stage = "write" /\ me.barred # "" -> Loses(t, me, me.barred) /\ NextCall(t, Wrote(me))
      [] me.stage = "write" /\ me.barred = "" /\ me.open ->
            accepted' = accepted + 1 /\ UNCHANGED lost /\ NextCall(t, Wrote(me))
      [] me.stage = "write" /\ me.barred = "" /\ ~me.open -> Goto(t, "OpenStore", me) /\ UNCHANGED <<books, free>>
      [] me.stage = "close" /\ me.open ->
            Goto(t, "StoreSwitchedTail", [me EXCEPT !.kind = "close"]) /\ UNCHANGED <<books, free>>
      [] OTHER -> Goto(t, "GiveHandle", me) /\ UNCHANGED <<books, free>>
Ends(t) ==                          \* the handle is given back, or was not to be had
    IF t \in Closers THEN Goto(t, "Done", Me(t))
    ELSE IF Me(t).take = Takes THEN Goto(t, "Done", Me(t))
    ELSE Goto(t, "TakeHandle", [Idle EXCEPT !.take = Me(t).take + 1])
Late(t) ==                          \* an owner uses the handle that it has given back
    IF t \in Owners THEN Goto(t, "LoadRequest", [Me(t) EXCEPT !.stage = "late"]) ELSE Ends(t)

TakeHandle(t) ==
    /\ pc[t] = "TakeHandle"
    /\ IF claimed THEN (IF Me(t).stage = "take" THEN Ends(t) ELSE Late(t)) /\ UNCHANGED claimed
       ELSE claimed' = TRUE /\ Goto(t, "BeginLoadTail", Me(t))
    /\ UNCHANGED <<request, tail, closed, freed, books, free>>
BeginLoadTail(t) ==
    /\ pc[t] = "BeginLoadTail"
    /\ Goto(t, "BeginLoadRequest", [Me(t) EXCEPT !.q = tail.q, !.open = FALSE,
                                                 !.barred = IF tail.fin THEN "CLOSED" ELSE ""])
    /\ UNCHANGED <<words, books, free>>
ToObey(r) == [r EXCEPT !.paused = 0, !.fin = FALSE]
BeginLoadRequest(t) ==
    /\ pc[t] = "BeginLoadRequest"
    /\ UNCHANGED <<words, books>>
    /\ LET me == [Me(t) EXCEPT !.obeyed = ToObey(request)] IN
       IF Me(t).stage = "take" THEN NextCall(t, me) ELSE Call(t, [me EXCEPT !.left = 0], "close")

LoadRequest(t) ==
    /\ pc[t] = "LoadRequest"
    /\ UNCHANGED words
    /\ IF Me(t).stage = "late" THEN Loses(t, Me(t), "CLOSED") /\ UNCHANGED free /\ Ends(t)
       ELSE IF request # Me(t).obeyed THEN Goto(t, "ReloadRequest", Me(t)) /\ UNCHANGED <<books, free>>
       ELSE Proceed(t, Me(t))
ReloadRequest(t) ==
    /\ pc[t] = "ReloadRequest"
    /\ UNCHANGED words
    /\ LET me == [Me(t) EXCEPT !.obeyed = request]
           bar == [me EXCEPT !.barred = IF request.paused # 0 THEN "PAUSED" ELSE ""]
       IN  IF request.fin /\ me.barred = "CLOSED" THEN Proceed(t, me)
           ELSE IF request.fin
           THEN /\ Goto(t, IF me.open THEN "StoreSwitchedTail" ELSE "StoreFinalTail",
                        [me EXCEPT !.barred = "CLOSED", !.kind = "finish"])
                /\ UNCHANGED <<books, free>>
           ELSE IF request.flushes # Me(t).obeyed.flushes /\ me.open
           THEN Goto(t, "StoreSwitchedTail", [bar EXCEPT !.kind = "flush"]) /\ UNCHANGED <<books, free>>
           ELSE Proceed(t, bar)
OpenStore(t) ==
    /\ pc[t] = "OpenStore"
    /\ tail' = [q |-> Me(t).q, open |-> TRUE, fin |-> FALSE]
    /\ UNCHANGED <<request, claimed, closed, freed, lost>>
    /\ accepted' = accepted + 1
    /\ NextCall(t, Wrote([Me(t) EXCEPT !.open = TRUE]))
StoreSwitchedTail(t) ==
    /\ pc[t] = "StoreSwitchedTail"
    /\ tail' = [q |-> Me(t).q + 1, open |-> FALSE, fin |-> Me(t).kind = "finish"]
    /\ UNCHANGED <<request, claimed, closed, freed>>
    /\ LET me == [Me(t) EXCEPT !.q = @ + 1, !.open = FALSE] IN
       IF me.kind = "finish" THEN Goto(t, "StoreClosed", me) /\ UNCHANGED <<books, free>> ELSE Proceed(t, me)
StoreFinalTail(t) ==
    /\ pc[t] = "StoreFinalTail"
    /\ tail' = [tail EXCEPT !.fin = TRUE]
    /\ Goto(t, "StoreClosed", Me(t))
    /\ UNCHANGED <<request, claimed, closed, freed, books, free>>
StoreClosed(t) ==
    /\ pc[t] = "StoreClosed"
    /\ closed' = 1
    /\ Goto(t, "SettleLoadTail", Me(t))
    /\ UNCHANGED <<request, claimed, tail, freed, books, free>>
SettleLoadTail(t) ==
    /\ pc[t] = "SettleLoadTail"
    /\ Goto(t, "Settle", Me(t))
    /\ UNCHANGED <<words, books, free>>
Settle(t) ==
    /\ pc[t] = "Settle"
    /\ freed' = 1
    /\ UNCHANGED <<request, claimed, tail, closed>>
    /\ Proceed(t, Me(t))
GiveHandle(t) ==
    /\ pc[t] = "GiveHandle"
    /\ claimed' = FALSE
    /\ Goto(t, "UnownedLoadRequest", [Me(t) EXCEPT !.stage = "unowned", !.asked = 0 - 1])
    /\ UNCHANGED <<request, tail, closed, freed, books, free>>

UnownedLoadRequest(t) ==
    /\ pc[t] = "UnownedLoadRequest"
    /\ IF request.fin THEN Goto(t, "UnownedLoadTail", Me(t)) ELSE Late(t)
    /\ UNCHANGED <<words, books, free>>
UnownedLoadTail(t) ==
    /\ pc[t] = "UnownedLoadTail"
    /\ IF tail.fin THEN Late(t) ELSE Goto(t, "TakeHandle", [Me(t) EXCEPT !.stage = "unowned"])
    /\ UNCHANGED <<words, books, free>>

-------------------------------------------------------------------------------
Asked(t, r) == IF t \in Flushers THEN [r EXCEPT !.flushes = @ + 1]
               ELSE IF t \in Closers THEN [r EXCEPT !.fin = TRUE]
               ELSE [r EXCEPT !.paused = IF Me(t).stage = "pause" THEN 1 ELSE 0]
HasAsked(t) ==
    IF t \in Closers THEN Goto(t, "UnownedLoadRequest", [Me(t) EXCEPT !.stage = "unowned", !.loaded = NoRequest])
    ELSE IF Me(t).stage = "pause"
    THEN Goto(t, "AskLoadRequest", [Me(t) EXCEPT !.stage = "resume", !.loaded = NoRequest])
    ELSE Goto(t, "Done", Me(t))
AskLoadRequest(t) ==
    /\ pc[t] = "AskLoadRequest"
    /\ IF Asked(t, request) = request THEN HasAsked(t) ELSE Goto(t, "AskCas", [Me(t) EXCEPT !.loaded = request])
    /\ UNCHANGED <<words, books, free>>
AskCas(t) ==
    /\ pc[t] = "AskCas"
    /\ IF request = Me(t).loaded THEN request' = Asked(t, request) /\ HasAsked(t)
       ELSE UNCHANGED request /\ Goto(t, "AskLoadRequest", Me(t))
    /\ free' = IF request'.paused = 0 THEN Owners ELSE free
    /\ UNCHANGED <<claimed, tail, closed, freed, books>>

Finished == (\A t \in Threads : pc[t] = "Done") /\ UNCHANGED vars
Thread(t) == \/ TakeHandle(t) \/ BeginLoadTail(t) \/ BeginLoadRequest(t) \/ LoadRequest(t) \/ ReloadRequest(t)
             \/ OpenStore(t) \/ StoreSwitchedTail(t) \/ StoreFinalTail(t) \/ StoreClosed(t)
             \/ SettleLoadTail(t) \/ Settle(t) \/ GiveHandle(t)
             \/ UnownedLoadRequest(t) \/ UnownedLoadTail(t) \/ AskLoadRequest(t) \/ AskCas(t)
HandleNext == (\E t \in Threads : Thread(t)) \/ Finished
HandleSpec == Init /\ [][HandleNext]_vars
HandleFairSpec == HandleSpec /\ \A t \in Threads : WF_vars(Thread(t))

-------------------------------------------------------------------------------
Owns(t) == \/ pc[t] \in {"BeginLoadTail", "BeginLoadRequest", "ReloadRequest", "OpenStore", "StoreSwitchedTail",
                         "StoreFinalTail", "StoreClosed", "SettleLoadTail", "Settle", "GiveHandle"}
           \/ pc[t] = "LoadRequest" /\ local[t].stage # "late"
H1_TypeOK ==
    /\ request.flushes \in 0..Cardinality(Flushers) /\ request.paused \in {0, 1} /\ request.fin \in BOOLEAN
    /\ claimed \in BOOLEAN /\ closed \in {0, 1} /\ freed \in {0, 1}
    /\ tail.q \in 0..Cardinality(Flushers) + Cardinality(Owners) * Takes + 1
(* H2: one thread has the handle *)
H2_OneOwner == \A t, u \in Threads : Owns(t) /\ Owns(u) => t = u
(* H3: what was written is closed where nobody has it: a flush then has nothing to do *)
H3_NothingOpenUnowned == ~claimed => ~tail.open
(* H4: the owner's fields are those of the tail, which nobody else moves *)
H4_OwnerKnowsTail ==
    \A t \in Threads : Owns(t) /\ pc[t] # "BeginLoadTail" => local[t].q = tail.q /\ local[t].open = tail.open
(* H5: a pause, whenever it was asked for, is obeyed by whoever begins to write after it *)
Moves(t) == pc'[t] # pc[t] \/ local'[t] # local[t]
H5_PauseIsObeyed == [][accepted' # accepted => \E t \in free : Moves(t)]_vars
(* H6: and a flush *)
H6_FlushIsObeyed == [][accepted' # accepted => \A t \in Owners : Moves(t) => tail'.q > local[t].asked]_vars
(* H7: after the end the tail does not move *)
H7_Final == [][tail.fin => tail' = tail]_tail
(* H8: a finish that was asked for has somebody who will carry it out *)
H8_FinishIsNotLost ==
    request.fin => \/ tail.fin \/ claimed
                   \/ \E t \in Threads : \/ pc[t] \in {"UnownedLoadRequest", "UnownedLoadTail"}
                                         \/ pc[t] = "TakeHandle" /\ local[t].stage = "unowned"
(* H9: and is carried out, when the handle is given back at last *)
HasBeenAsked == \E t \in Closers : pc[t] \notin {"AskLoadRequest", "AskCas"}
H9_EndComes == HasBeenAsked ~> (closed = 1 /\ freed = 1)

THEOREM HandleSpec => [](/\ H1_TypeOK /\ H2_OneOwner /\ H3_NothingOpenUnowned /\ H4_OwnerKnowsTail
                         /\ H8_FinishIsNotLost) /\ H5_PauseIsObeyed /\ H6_FlushIsObeyed /\ H7_Final
THEOREM HandleFairSpec => H9_EndComes

-------------------------------------------------------------------------------
(* Traps: each must be violated. *)
NeverAskedInVain == \A t \in Threads : pc[t] = "AskCas" => request = local[t].loaded
NeverTurnedAway == \A t \in Owners : pc[t] = "TakeHandle" => ~claimed
NeverClosedByClose == \A t \in Owners : local[t].kind # "close"
NeverSecondOwner == \A t \in Owners : pc[t] = "BeginLoadTail" => tail.q = 0
NeverPausedUnowned == \A t \in Owners : pc[t] = "BeginLoadRequest" => request.paused = 0
NeverFlushed == \A t \in Owners : local[t].kind # "flush"
NeverOwnerOfFinal == \A t \in Owners : pc[t] = "BeginLoadTail" => ~tail.fin
NeverEndedWhileOwned == \A t \in Closers : pc[t] = "TakeHandle" => ~claimed
NeverEndedByCloser == \A t \in Closers : pc[t] # "StoreFinalTail"
===============================================================================
