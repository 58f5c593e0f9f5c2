"""The data types shared by all packages: immutable values, set once at creation."""

from __future__ import annotations

from newsletter.model.findings import (
    Diagnostic,
    Direction,
    Edit,
    Finding,
    Location,
    RuleSelection,
    Severity,
)
from newsletter.model.issue import (
    Correction,
    Fact,
    ImageRights,
    Issue,
    Node,
    Section,
    Source,
    Term,
    walk,
)
from newsletter.model.outputs import DeliveryAction, Email, Image, Plan, Receipt, SentTest
from newsletter.model.people import Credit, Credits, Holder, Masthead, Person, Role, Team
from newsletter.model.publication import MergeStyle, Publication

__all__ = [
    "Correction",
    "Credit",
    "Credits",
    "DeliveryAction",
    "Diagnostic",
    "Direction",
    "Edit",
    "Email",
    "Fact",
    "Finding",
    "Holder",
    "Image",
    "ImageRights",
    "Issue",
    "Location",
    "Masthead",
    "MergeStyle",
    "Node",
    "Person",
    "Plan",
    "Publication",
    "Receipt",
    "Role",
    "RuleSelection",
    "Section",
    "SentTest",
    "Severity",
    "Source",
    "Team",
    "Term",
    "walk",
]
