----------------------- MODULE F13_PushBeforeLapCheck -------------------------
(* The opener pushes the consumer first and then looks whether the lap before *)
(* is delivered.                                                             *)
EXTENDS RelayModels

BadBranch(t, len) == IF t.off = 0 THEN "PushConsumed"
                     ELSE IF t.off + len <= S THEN "AppendCas" ELSE "CloseCas"
BadAfterPushing == "LoadDelivered"
BadAfterAdmit == "OpenCas"
===============================================================================
