"""Links: found where they stand, asked once, judged, and remembered."""
