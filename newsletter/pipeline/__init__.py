"""The lines through the rooms: one issue, many issues, several processes."""
