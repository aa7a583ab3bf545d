"""One verb over many rows of a list of work: first what it would do to how many and why not to
which, then each row by itself."""
