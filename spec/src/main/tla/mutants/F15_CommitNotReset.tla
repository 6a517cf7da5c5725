------------------------- MODULE F15_CommitNotReset ---------------------------
(* The deliverer does not reset the commit word for the next lap.            *)
EXTENDS RelayModels

BadCleared(word) == word
===============================================================================
