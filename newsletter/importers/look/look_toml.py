"""A proposal as the TOML that a desk pastes into its settings."""

from __future__ import annotations

import json

from newsletter.importers.look.look_proposal import LookProposal, ProposedLink


def proposal_toml(proposal: LookProposal) -> str:
    """Return a `[theme]` table that can be used as it is.

    The logo is a comment: its file must be saved first.
    """
    lines = ["[theme]", f"name = {_text(proposal.look)}  # nearest: {proposal.why}"]
    for key in ("accent", "font", "width"):
        value = getattr(proposal, key)
        if value is not None:
            lines.append(f"{key} = {_text(value) if isinstance(value, str) else value}")
    if proposal.density != "regular":
        lines.append(f"density = {_text(proposal.density)}")
    if logo := proposal.logo:
        parts = [f"src = {_text(logo.file)}"]
        parts += [f"alt = {_text(logo.alt)}"] if logo.alt else []
        parts += [f"width = {min(logo.width, 600)}"] if logo.width else []
        lines.append(f"# logo = {{{', '.join(parts)}}}")
    if proposal.forwarded:
        lines += ["", "[theme.masthead]", f"forwarded = {_link(proposal.forwarded)}"]
    if proposal.links:
        links = (f"  {_link(link)}," for link in proposal.links)
        lines += ["", "[theme.foot]", "links = [", *links, "]"]
    return "\n".join(lines)


def _link(link: ProposedLink) -> str:
    return f"{{text = {_text(link.text)}, url = {_text(link.url)}}}"


def _text(value: str) -> str:
    """Return a TOML string; JSON's escapes are a subset of TOML's (TOML 1.0, "String")."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
