"""The office is kept: copied to a folder and put back from it, moved to the other database, with what
proves that nothing of it was lost.
"""
