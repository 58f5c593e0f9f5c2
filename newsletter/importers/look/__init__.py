"""The look of an existing publication, read from a saved email or page."""
