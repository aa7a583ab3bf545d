"""Forms of verbs: what they ask, show, question and keep."""
