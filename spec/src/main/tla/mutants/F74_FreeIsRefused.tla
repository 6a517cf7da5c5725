-------------------------- MODULE F74_FreeIsRefused ---------------------------
(* A buffer that nobody has claimed is refused.                              *)
EXTENDS RelayClaims

BadIsVoid(t, p, a) == p # Nobody /\ life[p] = "dead"
===============================================================================
