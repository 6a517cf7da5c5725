-------------------------- MODULE F68_TooLargeCloses --------------------------
(* A message that is too large is refused only after it has closed the       *)
(* sub-buffer.                                                               *)
EXTENDS RelayModels

BadStartPc(w, i) == IF i > Len(Lengths[w]) THEN "Done" ELSE "LoadTail"
BadStartLocal(w, i) ==
    [Idle EXCEPT !.msg = i, !.excuse = TRUE,
                 !.cause = IF i <= Len(Lengths[w]) /\ TooLarge(w, i) THEN "TOO_LARGE" ELSE ""]
BadClear(w) == BadStartLocal(w, local[w].msg)
BadBranch(t, len) == IF t.off = 0 THEN IF len > MaxLength THEN "CountLost" ELSE FirstLook
                     ELSE IF t.off + len <= S THEN "AppendCas" ELSE "CloseCas"
===============================================================================
