"""Generated pages: lists and shows of rows, searched, ordered, paged, masked and exported."""
