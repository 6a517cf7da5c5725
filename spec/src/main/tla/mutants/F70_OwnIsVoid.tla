---------------------------- MODULE F70_OwnIsVoid -----------------------------
(* The claim of this process itself counts as void. (Nobody gives back.)     *)
EXTENDS RelayClaims

BadIsVoid(t, p, a) == p \in {Nobody, Of(t)} \/ life[p] = "dead"
KeepsIt(t) == FALSE
===============================================================================
