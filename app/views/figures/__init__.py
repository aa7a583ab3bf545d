"""The figures of a report, as people read them."""
