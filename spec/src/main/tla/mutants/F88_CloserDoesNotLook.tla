------------------------ MODULE F88_CloserDoesNotLook -------------------------
(* Who asks for the end does not look whether there is an owner.             *)
EXTENDS RelayHandles

BadHasAsked(t) == Goto(t, "Done", Me(t))
===============================================================================
