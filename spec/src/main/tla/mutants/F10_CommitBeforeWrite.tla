------------------------ MODULE F10_CommitBeforeWrite -------------------------
(* A record is committed before it is written.                               *)
EXTENDS RelayModels

BadAfterStart == "Commit"
BadResumePc(p) == IF local[p].own.kind = "record" THEN "WriteData" ELSE "LoadTail"
BadResumeLocal(p) == IF local[p].own.kind = "record" THEN local[p] ELSE Clear(p)
BadWriteData(w) ==
    /\ pc[w] = "WriteData"
    /\ LET own == local[w].own IN
       Write(own.q, own.off, own.off + own.len, <<own.q, w, local[w].msg>>)
    /\ NextMessage(w)
    /\ UNCHANGED <<words, refusals, freed, past, faults>>
===============================================================================
