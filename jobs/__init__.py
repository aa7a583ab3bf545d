"""When the bot looks by itself: the timetable, the ticker, thin jobs and workers."""
