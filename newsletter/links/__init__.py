"""Links: find them, request each address once, classify the result, and cache it."""
