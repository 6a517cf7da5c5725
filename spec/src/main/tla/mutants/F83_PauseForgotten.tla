-------------------------- MODULE F83_PauseForgotten --------------------------
(* A new owner takes it that it has obeyed the pause.                        *)
EXTENDS RelayHandles

BadToObey(r) == [r EXCEPT !.fin = FALSE]
===============================================================================
