"""The county's procedure, a file or a folder for each stage: verbs for people and pure decisions
for the bot. What the stages rest on, and how the office is run, stands beside them."""
