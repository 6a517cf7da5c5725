------------------------- MODULE F41_PassedNotHelped --------------------------
(* The deliverer of what was passed does not look whether consumed is beyond *)
(* it.                                                                       *)
EXTENDS RelayModels

BadIfPassed == "CountPassed"
===============================================================================
