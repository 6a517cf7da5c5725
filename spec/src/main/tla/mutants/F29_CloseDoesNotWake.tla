------------------------ MODULE F29_CloseDoesNotWake --------------------------
(* Close does not wake a consumer that waits.                                *)
EXTENDS RelayModels

BadAfterStoreClosed == "Done"
===============================================================================
