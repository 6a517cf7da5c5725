---------------------- MODULE F14_DeliverBeforeRecords ------------------------
(* A delivery is published before the number of its records is stored.       *)
EXTENDS RelayModels

BadAfterEnd == "ResetCommit"
BadAfterDeliver == "StoreRecords"
BadAfterRecords == "LoadWaiting"
===============================================================================
