----------------------- MODULE F08_PaddingNotCommitted ------------------------
(* The closer stores its padding and does not commit it.                     *)
EXTENDS RelayModels

BadCommitSize(own) == IF own.kind = "padding" THEN 0 ELSE own.len
===============================================================================
