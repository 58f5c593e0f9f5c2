"""One file a subject; each lists its rules in `RULES`, and `check/registry.py` lists the files."""
