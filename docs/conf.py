"""Sphinx reads the same Markdown that people read on a forge; nothing here asks the network."""

import re

from sphinx.application import Sphinx

from newsletter import __version__

project = "newsletter"
author = "The newsletter authors"
copyright = "the newsletter authors"
release = __version__

extensions = ["myst_parser"]
exclude_patterns = ["_build"]
myst_heading_anchors = 3  # `page.md#heading` works as it does on a forge
nitpicky = True

html_theme = "furo"
html_title = f"newsletter {release}"
html_show_sphinx = False


def add_navigation(app: Sphinx, page: str, source: list[str]) -> None:
    """Make the menu from the links of index.md: a heading there is a heading here, so no page lists them twice."""
    if page == "index":
        for section in source[0].split("\n## ")[1:]:
            caption, _, text = section.partition("\n")
            pages = "\n".join(dict.fromkeys(re.findall(r"\]\(([\w/-]+)\.md\)", text)))
            source[0] += f"\n\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{pages}\n```\n"


def setup(app: Sphinx) -> None:
    app.connect("source-read", add_navigation)
