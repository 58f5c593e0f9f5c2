"""The pipelines that combine the packages: one issue, many issues, several processes."""
