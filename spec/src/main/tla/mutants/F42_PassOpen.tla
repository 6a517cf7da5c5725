----------------------------- MODULE F42_PassOpen -----------------------------
(* The consumer passes the sub-buffer that is still open.                    *)
EXTENDS RelayModels

BadIsClosed(q, t) == q # t.q \/ t.off # 0
===============================================================================
