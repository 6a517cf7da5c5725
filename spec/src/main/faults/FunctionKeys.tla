---- MODULE FunctionKeys ----
\* A function over a set of functions, changed by EXCEPT at two keys, which are functions themselves; what is put at
\* the first key is a function, too. An update keeps the domain, so DomainChanges does not hold in the initial state.
EXTENDS TLC

Sides == {"left", "right"}
Settings == [Sides -> BOOLEAN]
Both(value) == [side \in Sides |-> value]

VARIABLES once, twice

Init ==
    /\ once = [[setting \in Settings |-> "none"] EXCEPT ![Both(TRUE)] = Both(TRUE) :> "inner"]
    /\ twice = [once EXCEPT ![Both(FALSE)] = "changed"]

Next == UNCHANGED <<once, twice>>

Spec == Init /\ [][Next]_<<once, twice>>

DomainChanges == DOMAIN twice # Settings
====
