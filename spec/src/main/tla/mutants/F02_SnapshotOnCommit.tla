------------------------ MODULE F02_SnapshotOnCommit --------------------------
(* A snapshot is validated on the commit word instead of the tail.           *)
EXTENDS RelayModels

BadSnapshotValid(q) == commitBytes[Slot(q)] = 0
===============================================================================
