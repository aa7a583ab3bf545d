"""The county's rules as pure data and arithmetic: standard library only, no clock, no database."""
