------------------------ MODULE M35_ExclusiveSnapshot -------------------------
(* A snapshot of an exclusive buffer also accepts a tail at the start of q + *)
(* n, as in a shared one.                                                    *)
EXTENDS RelayExclusive

BadNotReopened(q, t) == Distance(t.q, q) < N \/ (Distance(t.q, q) = N /\ t.off = 0)
===============================================================================
