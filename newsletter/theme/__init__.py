"""Themes: lookup, Jinja environment, tokens, well-formedness; `packaged/` has the themes."""
