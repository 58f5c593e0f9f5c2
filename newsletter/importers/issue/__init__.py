"""Writes the files of an issue from an outline, and merges newer drafts into them."""
