"""People who play: stories with a clock handed in, real messages replayed, and the sample
office."""
