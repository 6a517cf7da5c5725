--------------------------- MODULE F67_NeverPasses ----------------------------
(* A consumer that may pass what a writer holds does not.                    *)
EXTENDS RelayModels

BadIsClosed(q, t) == FALSE
===============================================================================
