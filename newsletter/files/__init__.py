"""Files of a workspace: text, YAML and TOML with positions; output written whole; caches."""
