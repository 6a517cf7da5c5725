-------------------------- MODULE F30_NoValidation ----------------------------
(* The consumer in overwrite mode takes its copy without a CAS on the consumer *)
(* position.                                                                 *)
EXTENDS RelayModels

BadConsumeValid(q) == TRUE
===============================================================================
