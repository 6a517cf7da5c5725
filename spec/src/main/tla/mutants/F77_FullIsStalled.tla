-------------------------- MODULE F77_FullIsStalled ---------------------------
(* The owner takes a sub-buffer that is not consumed for one that is held.   *)
EXTENDS RelayExclusive

BadRecheck(w, cause) == XRecheck(w, "STALLED")
===============================================================================
