"""Everything under one command: what is made ready, what is started and kept alive, and how the
panel is served."""
