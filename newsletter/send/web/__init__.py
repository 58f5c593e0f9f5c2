"""The pages of `newsletter serve`: subscribe, confirm, unsubscribe, preferences."""
