----------------------- MODULE F11_HeaderNotCommitted -------------------------
(* The opener does not commit the header.                                    *)
EXTENDS RelayModels

BadAfterStart == "WriteData"
===============================================================================
