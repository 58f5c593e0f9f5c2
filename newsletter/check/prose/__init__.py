"""Language analysis of an issue's words: figures, claims, names, dates, scripts."""
