"""The county's procedure, one file per stage: verbs for people and pure decisions for the bot."""
