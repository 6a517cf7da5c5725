------------------------ MODULE F51_PaddingFromStart --------------------------
(* Who closes a sub-buffer takes its padding from the beginning, not from the *)
(* end of the records.                                                       *)
EXTENDS RelayModels

BadPadding(t) == [q |-> t.q, off |-> H, len |-> S - t.off, head |-> 0, kind |-> "padding"]
===============================================================================
