---------------------- MODULE F24_OverwrittenNotCounted -----------------------
(* The opener does not count what it has overwritten.                        *)
EXTENDS RelayModels

BadAfterPush == "OpenCas"
===============================================================================
