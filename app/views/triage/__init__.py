"""Allocating one case after another: the list at one side, at the other what one has to know of the
case that is next, with the form that allocates it."""
