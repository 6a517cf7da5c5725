-------------------------- MODULE F21_FullOffByOne ----------------------------
(* One sub-buffer more than there are may be retained.                       *)
EXTENDS RelayModels

BadFull(q, c) == Distance(q, c) > N
===============================================================================
