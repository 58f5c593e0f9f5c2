"""The public web archive: build a static site from published issues.

The pipeline, `build_site.build_site`:

    folder -> IssueSummary + parts -> SiteModel -> PagePlan -> files, replaced as a whole

`IssueSummary` (summary.py) holds what lists show of an issue; its *parts* (issue_parts.py) are
everything that does not depend on other issues: page, feed entry, Markdown twin, preview card.
Parts are rendered in parallel and cached below `.newsletter/`. `SiteModel` (site_model.py) orders
the summaries: topics, people, years, neighbors. `Planner` (page_plan.py) yields a `PagePlan` for
every file: a digest of its inputs and a function that renders it. If digest and file are those of
the last run, the file is linked into the new site instead. `site_writer.py` swaps the new site for
the old one in a single step.

Tests build a `SiteModel` from summaries directly: no page needs a folder, a theme file or a disk.
"""

from __future__ import annotations
