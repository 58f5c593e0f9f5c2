"""Words and looks of a draft -> Markdown of our dialect."""
