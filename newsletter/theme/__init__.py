"""Themes: lookup, Jinja environment, tokens, well-formedness; `packaged/` holds the packaged looks."""
