-------------------------- MODULE F71_WatchesTooWell --------------------------
(* The watcher takes away what it finds.                                     *)
EXTENDS RelayClaims

BadIsVoid(t, p, a) == t \in DOMAIN Watchers \/ p = Nobody
===============================================================================
