---------------------- MODULE F26_RecheckOfOldPosition ------------------------
(* After it has set waiting the consumer looks again at the sub-buffer that  *)
(* was the oldest before.                                                    *)
EXTENDS RelayModels

BadAfterSetWaiting == "TakeLoadDelivered"
BadFirstWait(k) == Step(k, "SetWaiting", local[k])
BadNotFound(k) == IF local[k].armed THEN Step(k, "Sleep", [Idle EXCEPT !.armed = TRUE])
                  ELSE Step(k, "SetWaiting", local[k])
===============================================================================
