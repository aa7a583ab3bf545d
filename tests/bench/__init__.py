"""What `make bench` measures: the promises about speed, side by side with the raw limit and a
peer."""
