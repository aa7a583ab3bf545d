"""The page of a case: its facts, rows, clocks and timeline."""
