------------------------- MODULE F62_LeavesAfterHook --------------------------
(* The deliverer calls onEnd and then does not deliver.                      *)
EXTENDS RelayModels

BadAfterEnd == "Done"
===============================================================================
