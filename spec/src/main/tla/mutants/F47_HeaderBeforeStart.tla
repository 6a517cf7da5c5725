------------------------ MODULE F47_HeaderBeforeStart -------------------------
(* The opener commits the header before onStart has written it.              *)
EXTENDS RelayModels

BadAfterOpen(len) == "CommitHeader"
BadAfterHeader == "OnStart"
BadAfterStart == "WriteData"
===============================================================================
