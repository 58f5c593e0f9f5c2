"""Approvals: who approved exactly these bytes, who is missing, and why an approval is invalid.

An approval is about what a reader gets, not about a commit: rebasing, merging or using another
machine do not affect it; changing a single byte invalidates it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from newsletter import __version__
from newsletter.errors import NewsletterError, WrongUsage
from newsletter.files.output import write_file
from newsletter.files.quotation import quoted
from newsletter.model import Email, Finding, Issue, Masthead, Person, Publication
from newsletter.render.digest import reader_digest, sender_name
from newsletter.review.email_copies import copies_in, folder_name, remove_copy, write_sent_copy
from newsletter.review.git_history import git_line
from newsletter.review.signatures import SIGNERS, must_sign, sign, suggested_line, why_invalid
from newsletter.schema.sign_off import ApprovalSettings
from newsletter.workspace import Workspace

APPROVALS = "approvals"  # folder of an issue: one file per approval, and copies of these emails
SKEW = dt.timedelta(minutes=5)  # maximum clock difference between two machines


class Approval(Struct, frozen=True):
    """One person's approval of one email, in one role."""

    path: Path
    role: str
    person: str  # id in the masthead
    email: str  # the address the person commits with
    at: dt.datetime
    slug: str
    digest: str
    pieces: Mapping[str, str]  # subject, html, … -> SHA-256 of each
    tool: str
    findings: tuple[Mapping[str, Any], ...]  # accepted: code, severity, location, message
    statement: bytes  # what is signed
    signature: str | None


class CheckedApproval(Struct, frozen=True):
    """An approval and why it does not count; `stale` if only the bytes changed since."""

    approval: Approval
    problem: str | None = None
    stale: bool = False


class ApprovalState(Struct, frozen=True):
    """The state of an email's approvals."""

    required: tuple[str, ...]
    valid: tuple[Approval, ...]
    missing: tuple[str, ...]  # required roles without an approval, in the order of the settings
    rejected: tuple[CheckedApproval, ...] = ()
    unreadable: tuple[str, ...] = ()  # files that are not valid approvals
    one_person: bool = False  # one person would fill roles that need two people

    @property
    def complete(self) -> bool:
        """Return whether all required approvals are present."""
        return not self.missing and not self.one_person


# --- giving and withdrawing ---


def identify(workspace: Workspace, masthead: Masthead) -> Person:
    """Return the current user: git's identity, found in the masthead by email.

    Raises `NewsletterError` if git has no identity, or one the masthead does not list.
    """
    address = _git_address(workspace.root)
    if address is None:
        hint = "Set it with `git config user.email you@example.org`."
        raise NewsletterError("No user.email in git", hint=hint)
    for person in masthead.people.values():
        if person.email is not None and person.email.casefold() == address.casefold():
            return person
    hint = f"Add `email: {address}` to your entry under people in credits.yaml."
    raise NewsletterError(f"No person in the masthead has the address {address}", hint=hint)


def _git_address(root: Path) -> str | None:
    identity = git_line(root, "-c", "user.useConfigOnly=true", "var", "GIT_AUTHOR_IDENT") or ""
    address = identity.partition("<")[2].partition(">")[0].strip()
    return address or None


def may_approve(masthead: Masthead, person: Person, role: str) -> bool:
    """Return whether a person may have a role: anyone, unless the masthead restricts it."""
    named = any(role in other.approves for other in masthead.people.values())
    return role in person.approves if named else True


def approve(
    workspace: Workspace,
    issue: Issue,
    email: Email,
    role: str,
    *,
    findings: Sequence[Finding],
    signed: bool | None = None,
    now: dt.datetime | None = None,
) -> Approval:
    """Write the current user's approval of this email, and return it.

    `signed` is `None` to sign only if the person's key is listed. Raises `WrongUsage` for a role
    that is not configured or not open to the person, and `NewsletterError` if a required signature
    cannot be made.
    """
    _refuse_role(workspace.approval, role)
    person = identify(workspace, issue.masthead)
    if not may_approve(issue.masthead, person, role):
        hint = f"Add {quoted(role)} to `approves` of a person in credits.yaml."
        raise WrongUsage(f"{person.name} may not approve as {role}", hint=hint)
    assert person.email is not None, "found by it"
    moment = (now or dt.datetime.now(dt.UTC)).replace(microsecond=0)
    at = moment.isoformat()
    statement = {
        "slug": issue.slug,
        "role": role,
        "person": person.id,
        "email": person.email,
        "at": at,
        "digest": reader_digest(email, workspace.publication),
        "pieces": piece_digests(email, workspace.publication),
        "findings": [_finding_entry(finding) for finding in findings],
        "tool": f"newsletter {__version__}",
    }
    signature = None
    listed = must_sign(workspace.root, person.email)
    if signed or (signed is None and (listed or workspace.approval.signed)):
        signature = _signature(workspace.root, _canonical(statement), person.email, moment)
    elif listed or workspace.approval.signed:
        reason = f"{person.email} is listed in {SIGNERS}" if listed else "[approval] signed = true"
        raise WrongUsage(f"This approval needs a signature: {reason}", hint="Add --sign.")
    folder = issue.folder / APPROVALS
    # Without a time: copies of the same email by two people are identical, so git merges them.
    write_sent_copy(workspace, folder, email, findings, at="")
    path = folder / f"{role}-{person.id}.json"
    entry = {"statement": statement} | ({"signature": signature} if signature else {})
    write_file(path, (json.dumps(entry, ensure_ascii=False, indent=2) + "\n").encode())
    _remove_unused_copies(folder)
    return read_approval(path)


def withdraw(workspace: Workspace, issue: Issue, role: str) -> Person:
    """Remove the current user's approval in a role. Raises `WrongUsage` if there is none."""
    person = identify(workspace, issue.masthead)
    path = issue.folder / APPROVALS / f"{role}-{person.id}.json"
    if not path.is_file():
        hint = "Run `newsletter list` to see who has approved what."
        raise WrongUsage(f"{person.name} has not approved {issue.slug} as {role}", hint=hint)
    path.unlink()
    _remove_unused_copies(path.parent)
    return person


def _refuse_role(settings: ApprovalSettings, role: str) -> None:
    if role in settings.required:
        return
    if not settings.required:
        hint = f'Add `required = ["{role}"]` under [approval] in the settings.'
        raise WrongUsage("The settings require no approval", hint=hint)
    hint = f"Use one of the roles: {', '.join(settings.required)}."
    raise WrongUsage(f"No approval is required as {quoted(role)}", hint=hint)


def _signature(root: Path, data: bytes, signer: str, now: dt.datetime) -> str:
    """Return a signature that verifies. Raises `NewsletterError` if it would not be valid."""
    signature = sign(root, data)
    if problem := why_invalid(root, data, signature, signer, now=now):
        hint = f"Add this line to {SIGNERS}: `{suggested_line(root, signer)}`."
        raise NewsletterError(f"The approval would not count: {problem}", hint=hint)
    return signature


def _remove_unused_copies(folder: Path) -> None:
    """Remove copies of emails that no approval refers to any more."""
    approvals, _ = read_approvals(folder)
    used = {folder_name(approval.digest) for approval in approvals}
    for path in folder.iterdir():
        if path.is_dir() and path.name not in used:
            remove_copy(path)


def _canonical(statement: Mapping[str, Any]) -> bytes:
    """Return the bytes to sign: JSON with sorted keys, no spaces and a final line break."""
    text = json.dumps(statement, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"{text}\n".encode()


def piece_digests(email: Email, publication: Publication) -> dict[str, str]:
    """Return a digest of each part a reader gets, so that a later change can be identified."""
    sender = f"{sender_name(publication)}\n{publication.sender_email}"
    pieces = {
        "subject": email.subject.encode(),
        "sender": sender.encode(),
        "HTML": email.html.encode(),
        "text": email.text.encode(),
    }
    pieces |= {f"image {image.name}": image.data or b"" for image in email.images}
    return {name: hashlib.sha256(data).hexdigest() for name, data in pieces.items()}


def _finding_entry(finding: Finding) -> dict[str, str]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "where": str(finding.where),
        "message": finding.message,
    }


# --- reading and validating ---


def read_approvals(folder: Path) -> tuple[list[Approval], list[str]]:
    """Return the approvals in a folder, oldest first, and the names of invalid files."""
    approvals, unreadable = [], []
    for path in sorted(folder.glob("*.json")):
        try:
            approvals.append(read_approval(path))
        except NewsletterError:
            unreadable.append(path.name)
    return sorted(approvals, key=lambda approval: (approval.at, approval.path.name)), unreadable


def read_approval(path: Path) -> Approval:
    """Return one approval. Raises `NewsletterError` if the file is not a valid approval."""
    try:
        entry = json.loads(path.read_bytes())
        statement = entry["statement"]
        at = dt.datetime.fromisoformat(statement["at"])
        texts = [statement[key] for key in ("role", "person", "email", "slug", "digest", "tool")]
        signature = entry.get("signature")
        wrong = not all(isinstance(text, str) for text in texts) or at.tzinfo is None
        wrong = wrong or not isinstance(signature, str | None)
        if wrong or not isinstance(statement["pieces"], dict):
            raise TypeError
        role, person, email, slug, digest, tool = texts
        return Approval(
            path, role, person, email, at, slug, digest, statement["pieces"], tool,
            tuple(statement["findings"]), _canonical(statement), signature,
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NewsletterError(f"{path.name} is not an approval") from error


def approval_state(
    workspace: Workspace, issue: Issue, digest: str, *, now: dt.datetime | None = None
) -> ApprovalState:
    """Return who approved the email with this digest, and which roles are missing."""
    settings = workspace.approval
    approvals, unreadable = read_approvals(issue.folder / APPROVALS)
    moment = now or dt.datetime.now(dt.UTC)
    checked = [_check(workspace, issue, approval, digest, now=moment) for approval in approvals]
    valid = tuple(entry.approval for entry in checked if entry.problem is None)
    roles = {approval.role for approval in valid}
    missing = tuple(role for role in settings.required if role not in roles)
    one_person = (
        not missing and settings.distinct and not _different_people(settings.required, valid)
    )
    rejected = tuple(entry for entry in checked if entry.problem is not None)
    return ApprovalState(
        tuple(settings.required), valid, missing, rejected, tuple(unreadable), one_person
    )


def _check(
    workspace: Workspace, issue: Issue, approval: Approval, digest: str, *, now: dt.datetime
) -> CheckedApproval:
    problem = next(_problems(workspace, issue, approval, now), None)
    if problem is None and approval.digest != digest:
        return CheckedApproval(approval, "is for other bytes", stale=True)
    return CheckedApproval(approval, problem)


def _problems(
    workspace: Workspace, issue: Issue, approval: Approval, now: dt.datetime
) -> Iterator[str]:
    """Yield reasons why an approval does not count, regardless of its bytes."""
    settings = workspace.approval
    person = issue.masthead.people.get(approval.person)
    if approval.slug != issue.slug:
        yield f"is for another issue, {approval.slug}"
    if approval.path.name != f"{approval.role}-{approval.person}.json":
        yield "was renamed"
    if person is None or person.email is None:
        yield f"is by {quoted(approval.person)}, who is not in the masthead with an email"
    elif person.email.casefold() != approval.email.casefold():
        yield f"is by {approval.email}, but the masthead has {person.email}"
    elif not may_approve(issue.masthead, person, approval.role):
        yield f"is by {person.name}, who may not approve as {approval.role}"
    if approval.at > now + SKEW:
        yield f"is dated in the future ({approval.at:%Y-%m-%d %H:%M} UTC): check the clocks"
    if settings.expires is not None and now - approval.at > dt.timedelta(days=settings.expires):
        yield f"expired after {settings.expires} days"
    if approval.signature is None:
        if settings.signed or must_sign(workspace.root, approval.email):
            yield "is not signed"
    elif problem := why_invalid(
        workspace.root, approval.statement, approval.signature, approval.email, now=now
    ):
        yield f"does not count: {problem}"


def _different_people(roles: Sequence[str], approvals: Sequence[Approval]) -> bool:
    """Return whether each role can be assigned a different person."""
    if not roles:
        return True
    role, *others = roles
    for approval in approvals:
        if approval.role != role:
            continue
        rest = [other for other in approvals if other.person != approval.person]
        if _different_people(others, rest):
            return True
    return False


def last_approved(folder: Path) -> Approval | None:
    """Return the latest approval whose approved email is still stored, or `None`."""
    approvals, _ = read_approvals(folder / APPROVALS)
    stored = {copy.digest for copy in copies_in(folder / APPROVALS)}
    return next((entry for entry in reversed(approvals) if entry.digest in stored), None)
