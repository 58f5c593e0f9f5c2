"""The values every room shares: frozen, filled once, never changed."""

from __future__ import annotations

from newsletter.model.findings import Choice, Direction, Edit, Fault, Finding, Location, Severity
from newsletter.model.issue import Fact, Issue, Node, Section, Source, Term, walk
from newsletter.model.outputs import Email, Picture, Plan, Receipt
from newsletter.model.people import Credit, Credits, Holder, Masthead, Person, Role, Team
from newsletter.model.publication import MergeStyle, Publication

__all__ = [
    "Choice",
    "Credit",
    "Credits",
    "Direction",
    "Edit",
    "Email",
    "Fact",
    "Fault",
    "Finding",
    "Holder",
    "Issue",
    "Location",
    "Masthead",
    "MergeStyle",
    "Node",
    "Person",
    "Picture",
    "Plan",
    "Publication",
    "Receipt",
    "Role",
    "Section",
    "Severity",
    "Source",
    "Team",
    "Term",
    "walk",
]
