"""Converts styled text of a draft to Markdown in our dialect."""
