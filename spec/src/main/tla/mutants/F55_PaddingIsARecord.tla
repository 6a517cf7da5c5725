------------------------ MODULE F55_PaddingIsARecord --------------------------
(* Committing the padding counts as a record.                                *)
EXTENDS RelayModels

BadCommitPadding(p) == pc[p] = "CommitPadding" /\ AddCommit(p, 1)
===============================================================================
