"""The file formats of a workspace, and the JSON Schemas generated from them."""
