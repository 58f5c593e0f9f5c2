"""The public web archive: published issues -> a static site.

One line, `build_site.build_site`:

    folder -> IssueSummary + parts -> SiteModel -> PagePlan -> files, written whole

`IssueSummary` (summary.py) is what lists know of an issue; its *parts* (issue_parts.py) are everything no other
issue changes: page, feed entry, Markdown twin, picture for links. They are made in parallel and kept below
`.newsletter/`. `SiteModel` (site_model.py) puts summaries in order: topics, people, years, neighbors.
`Planner` (page_plan.py) yields a `PagePlan` for every file: a digest of what it is made from, and a function
that renders it. Where digest and file are those of the last run, the file is linked into the new site instead.
`site_writer.py` lets the new site take the old one's place in one step.

The test double is a `SiteModel` of summaries made by hand: no page needs a folder, a theme's file or a disk.
"""

from __future__ import annotations
