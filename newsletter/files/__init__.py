"""Files of a workspace: text, YAML and TOML with positions; atomic output; caches."""
