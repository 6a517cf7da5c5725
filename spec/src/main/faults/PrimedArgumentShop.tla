---- MODULE PrimedArgumentShop ----
\* What PrimedArgument has an instance of.
EXTENDS Naturals, Sequences

VARIABLES chosen, first, stock

Take ==
    /\ chosen' = 1
    /\ first' = 7
    /\ stock' = SelectSeq(stock, LAMBDA item : item # chosen')
    /\ stock' = <<1, 2>>

IsEnabled == ENABLED Take
====
