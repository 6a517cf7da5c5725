---- MODULE PrimedArgument ----
\* An action of an instance filters a sequence by the next value of a variable, and the instance names its variables
\* crosswise: its "first" is "second" here. The action asks for a sequence with and without its 1, so it is never
\* enabled, and Enabled does not hold in the initial state.
EXTENDS Naturals

VARIABLES first, second, items

Shop == INSTANCE PrimedArgumentShop WITH chosen <- first, first <- second, stock <- items

Init == first = 0 /\ second = 0 /\ items = <<1, 2>>

Next == UNCHANGED <<first, second, items>>

Spec == Init /\ [][Next]_<<first, second, items>>

Enabled == Shop!IsEnabled
====
