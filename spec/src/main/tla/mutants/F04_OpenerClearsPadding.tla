----------------------- MODULE F04_OpenerClearsPadding ------------------------
(* The opener clears the padding, and wipes what a faster closer has stored. *)
EXTENDS RelayModels

BadStartPadding(q) == [padding EXCEPT ![Slot(q)] = 0]
===============================================================================
