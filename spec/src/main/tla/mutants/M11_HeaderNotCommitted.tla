----------------------- MODULE M11_HeaderNotCommitted -------------------------
(* The commit of the opener leaves out the header bytes.                     *)
EXTENDS RelayModels

BadCommitSize(own) == own.len
===============================================================================
