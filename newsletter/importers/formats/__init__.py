"""One file a format: bytes -> `Draft`; beside them, what several formats share."""
