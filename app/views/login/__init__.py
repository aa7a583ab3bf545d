"""Coming in: the login page, sessions, the second factor, and who is let try."""
