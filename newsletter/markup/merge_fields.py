"""Merge fields as authors write them: `%%field%%` or `%%field|fallback%%`.

`render/merge.py` converts them for the sending service.
"""

from __future__ import annotations

import re

FIELDS = ("unsubscribe_url", "web_url", "name", "first_name", "email")
FIELD = re.compile(r"%%([A-Za-z_]+)(?:\|([^%|\n]*))?%%")
