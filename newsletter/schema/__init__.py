"""What an author may write, and the JSON Schemas generated from it."""
