"""The player of stories: a stage, its people, and their browsers."""
