"""One way of working for every service that takes a draft: find, compare, upload, write, read back.

A service is a frozen value that implements `Service`; `ServiceTarget` calls its methods in the
right order.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, ClassVar, Protocol, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from newsletter.diagnostics import DELIVERED_DIFFERENTLY
from newsletter.errors import NewsletterError, WrongUsage
from newsletter.model import (
    DeliveryAction,
    Email,
    Finding,
    Image,
    Location,
    MergeStyle,
    Plan,
    Receipt,
    SentTest,
)
from newsletter.targets import receipts
from newsletter.targets.client import (
    Client,
    Connection,
    LostReply,
    Request,
    ServiceError,
    open_client,
    pause,
)
from newsletter.targets.folder import digest
from newsletter.targets.hosting import hosted_images, known_addresses, upload_missing
from newsletter.targets.last_received import read_copy, write_copy
from newsletter.targets.preflight import refuse_unready
from newsletter.targets.readback import field_differences, rendering_differences
from newsletter.targets.requests import describe
from newsletter.targets.service_draft import (
    Content,
    ServiceDraft,
    StatusState,
    TargetStatus,
    content_fingerprint,
    differing,
    readable_diff,
)
from newsletter.workspace import Workspace

T = TypeVar("T")


class Service(Protocol):
    """What differs between services. Only `async` methods touch the network."""

    @property
    def type(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def style(self) -> MergeStyle | None: ...  # the merge style it needs
    @property
    def takes_text(self) -> bool: ...  # whether it accepts our text part
    @property
    def hosts_images(self) -> bool: ...
    @property
    def notes(self) -> tuple[str, ...]: ...  # what it adds or omits, for the plan

    def connection(self, *, test: bool = False) -> Connection: ...
    def compose(self, email: Email, addresses: Mapping[str, str]) -> Content: ...
    def planned(self, content: Content, images: Sequence[Image]) -> tuple[Request, ...]: ...
    async def find(self, client: Client, key: str) -> list[ServiceDraft]: ...
    async def create(self, client: Client, content: Content) -> str: ...
    async def update(self, client: Client, content: Content, draft: ServiceDraft) -> None: ...
    async def read(self, client: Client, draft_id: str) -> ServiceDraft: ...
    async def rendered(self, client: Client, draft_id: str) -> str | None: ...
    async def hosted(self, client: Client) -> Mapping[str, str]: ...  # file name -> address
    async def upload(self, client: Client, image: Image) -> str: ...
    async def send_test(
        self, client: Client, email: Email, draft: ServiceDraft, to: Sequence[str]
    ) -> tuple[str, ...]: ...


class WrittenDraft(Struct, frozen=True):
    """The result of a delivery before it is read back."""

    id: str
    content: Content
    addresses: Mapping[str, str]  # image name -> where the service hosts it
    action: DeliveryAction
    notes: tuple[str, ...]


class ServiceTarget(Struct, frozen=True):
    """A target that creates a draft in a service."""

    name: str
    service: Service
    workspace: Workspace
    overwrite: bool = False  # edits made in the service

    needs_confirmation: ClassVar[bool] = (
        True  # publish shows the changes and prompts for confirmation
    )

    def overwriting(self) -> ServiceTarget:
        """Return the same target, which overwrites edits made in the service."""
        return replace(self, overwrite=True)

    def plan(self, email: Email) -> Plan:
        """Return every request of a first publish, without a connection or a token."""
        self._refuse_unready(email)
        service, images = self.service, hosted_images(email)
        addresses = {image.name: f"(address of {image.name})" for image in images}
        content = service.compose(email, addresses if service.hosts_images else {})
        hosted = images if service.hosts_images else ()
        steps = tuple(describe(request) for request in service.planned(content, hosted))
        return Plan(self.name, steps, notes=(*service.notes, *self._image_note(images)))

    def deliver(self, email: Email) -> Receipt:
        """Create or update a draft with this content, and return what was done and read back.

        Raises `NewsletterError` if the issue is scheduled, sent, duplicated or edited in the
        service.
        """
        self._refuse_unready(email)
        return self._run(self._deliver(email))

    def status(self, email: Email) -> TargetStatus:
        """Return what the service holds for an issue; read-only."""
        return self._run(self._status(email))

    def send_test(self, email: Email, to: tuple[str, ...]) -> SentTest:
        """Have the service send a test of its draft to these addresses."""
        self._refuse_unready(email)
        return self._run(self._send_test(email, to))

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run the work.

        Raises `NewsletterError` if a reply does not have the documented structure.
        """
        try:
            return asyncio.run(work)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            raise NewsletterError(
                f"Unexpected response from {self.service.title}: {type(error).__name__} {error}",
                hint="Check the address in the target's table; the service may have changed.",
            ) from error

    # --- the steps --------------------------------------------------------------------------------

    async def _deliver(self, email: Email) -> Receipt:
        last = self._last(email.slug)
        async with open_client(self.service.connection()) as client:
            try:
                return await self._settle(client, email, last)
            except ServiceError as error:
                if error.status != 404:
                    raise
            # Deleted between finding and writing: look again, and record it in the receipt's notes.
            return await self._settle(client, email, last)

    async def _settle(
        self, client: Client, email: Email, last: Mapping[str, Any] | None
    ) -> Receipt:
        draft = self._only(await self.service.find(client, email.slug))
        known = await known_addresses(self.service, client, email, draft, last=last)
        content = self.service.compose(email, known)
        if draft is not None and self._protected(draft, content, last):
            raise self._edited(draft, self._diff(draft, content, email.slug))
        addresses = await upload_missing(self.service, client, email, known)
        content = self.service.compose(email, addresses)
        notes = self._gone(draft, last)
        if draft is None:
            draft_id, more = await self._create(client, content)
            written = WrittenDraft(draft_id, content, addresses, "created", (*notes, *more))
        elif differing(content.fields, draft.fields):
            await self.service.update(client, content, draft)
            written = WrittenDraft(draft.id, content, addresses, "updated", notes)
        else:
            written = WrittenDraft(draft.id, content, addresses, "unchanged", notes)
        return await self._receipt(client, email, written)

    async def _create(self, client: Client, content: Content) -> tuple[str, tuple[str, ...]]:
        """Create a draft.

        After a lost reply, look for it first; create it again only if it is absent.
        """
        try:
            return await self.service.create(client, content), ()
        except LostReply as lost:
            await pause(0, None)
            draft = self._only(await self.service.find(client, content.key))
            if draft is not None:
                if differing(content.fields, draft.fields):
                    await self.service.update(client, content, draft)
                return draft.id, (f"{lost.message}; the draft was found afterwards",)
            created = await self.service.create(client, content)
            self._only(await self.service.find(client, content.key))
            return created, (f"{lost.message}; it was created again",)

    async def _receipt(self, client: Client, email: Email, written: WrittenDraft) -> Receipt:
        """Read back what the service holds, and return it as a receipt with every difference."""
        draft = await self.service.read(client, written.id)
        rendered = await self.service.rendered(client, written.id)
        write_copy(self.workspace, self.name, email.slug, draft.fields)
        details = {
            "id": draft.id,
            "key": written.content.key,
            "updated": draft.updated,
            "stored": content_fingerprint(draft.fields),
            "images": dict(written.addresses),
        }
        return Receipt(
            self.name,
            self.service.type,
            digest(email),
            draft.url,
            written.action,
            {key: value for key, value in details.items() if value},
            self._findings(written.content, draft, rendered),
            written.notes,
        )

    async def _status(self, email: Email) -> TargetStatus:
        last = self._last(email.slug)
        async with open_client(self.service.connection()) as client:
            drafts = await self.service.find(client, email.slug)
            if not drafts:
                return TargetStatus(self.name, self.service.type, "absent")
            if len(drafts) > 1:
                places = ", ".join(draft.url for draft in drafts)
                return TargetStatus(self.name, self.service.type, "ambiguous", places)
            (draft,) = drafts
            known = await known_addresses(self.service, client, email, draft, last=last)
        content = self.service.compose(email, known)
        names, state, diff = differing(content.fields, draft.fields), _state(draft), ""
        if state == "same" and names:
            state = "edited" if edited(draft, last) else "older"
        if state == "edited":
            diff = self._diff(draft, content, email.slug)
        return TargetStatus(
            self.name, self.service.type, state, draft.url, draft.id, draft.date, names, diff
        )

    async def _send_test(self, email: Email, to: tuple[str, ...]) -> SentTest:
        async with open_client(self.service.connection(test=True)) as client:
            drafts = await self.service.find(client, email.slug)
            draft = self._only(drafts)
            if draft is None:
                raise WrongUsage(
                    f"{self.service.title} has no draft of {email.slug}",
                    hint=f"Publish it first with `newsletter publish --to {self.name}`.",
                )
            known = await known_addresses(
                self.service, client, email, draft, last=self._last(email.slug)
            )
            if differing(self.service.compose(email, known).fields, draft.fields):
                raise WrongUsage(
                    f"The draft in {self.service.title} differs from the issue",
                    hint=f"Publish it first with `newsletter publish --to {self.name}`.",
                )
            notes = await self.service.send_test(client, email, draft, to)
        return SentTest(email.slug, email.subject, self.name, to, {}, notes)

    # --- helpers ---

    def _refuse_unready(self, email: Email) -> None:
        service = self.service
        refuse_unready(self.workspace, email, service.title, service.style, text=service.takes_text)

    def _last(self, slug: str) -> Mapping[str, Any] | None:
        folder = self.workspace.issues / slug
        written = receipts.read_receipts(folder, self.workspace.display_path(folder))
        return receipts.last(written, self.name)

    def _only(self, drafts: Sequence[ServiceDraft]) -> ServiceDraft | None:
        """Return the only draft.

        Raises `NewsletterError` for several, and for one that is no longer a draft.
        """
        title = self.service.title
        if len(drafts) > 1:
            lines = "".join(
                f"\n    {draft.state_label} {draft.id}: {draft.url}" for draft in drafts
            )
            raise NewsletterError(
                f"{title} holds {len(drafts)} emails for this issue; nothing was changed{lines}",
                hint="Delete all but one there, and publish again.",
            )
        for draft in drafts:
            if draft.state != "draft":
                date = f" for {draft.date}" if draft.date and draft.state == "scheduled" else ""
                raise NewsletterError(
                    f"Already {draft.state_label}{date} in {title}: {draft.url}; nothing was changed",
                    hint="Unschedule it there first, if it has not been sent.",
                )
        return drafts[0] if drafts else None

    def _protected(
        self, draft: ServiceDraft, content: Content, last: Mapping[str, Any] | None
    ) -> bool:
        """Return whether an edited draft must not be replaced without an explicit option."""
        differs = bool(differing(content.fields, draft.fields))
        return differs and not self.overwrite and edited(draft, last)

    def _gone(self, draft: ServiceDraft | None, last: Mapping[str, Any] | None) -> tuple[str, ...]:
        if last is None or "id" not in last or (draft and draft.id == last["id"]):
            return ()
        return (f"draft {last['id']} of the last receipt is gone: deleted in {self.service.title}",)

    def _edited(self, draft: ServiceDraft, diff: str) -> NewsletterError:
        return NewsletterError(
            f"Draft {draft.id} was edited in {self.service.title} since the last publish: "
            f"{draft.url}\n{diff}",
            hint="Bring the edit into the issue, or replace it with --overwrite.",
        )

    def _diff(self, draft: ServiceDraft, content: Content, slug: str) -> str:
        """Return the diff of an edit against our last write, or the build if no copy is left."""
        copy = read_copy(self.workspace, self.name, slug)
        if copy is not None and differing(copy, draft.fields):
            return readable_diff(copy, draft.fields)
        return readable_diff(content.fields, draft.fields)

    def _findings(
        self, content: Content, draft: ServiceDraft, rendered: str | None
    ) -> tuple[Finding, ...]:
        title, where = self.service.title, Location(draft.url)
        differences = [*field_differences(content.fields, draft.fields, title)]
        if rendered is not None:
            style: MergeStyle = self.service.style or "plain"
            built = content.built or content.fields["html"]
            differences += rendering_differences(built, rendered, style, title)
        hint = f"Review the draft in {title} before releasing it."
        return tuple(
            DELIVERED_DIFFERENTLY.finding(where, difference, hint) for difference in differences
        )

    def _image_note(self, images: Sequence[Image]) -> tuple[str, ...]:
        if not images or self.service.hosts_images:
            return ()
        publication = self.workspace.publication
        base = publication.images_url or publication.url
        count = f"{len(images)} image{'s' if len(images) != 1 else ''}"
        return (f"{self.service.title} hosts no images: {count} must be at {base} when it is sent",)


def edited(draft: ServiceDraft, last: Mapping[str, Any] | None) -> bool:
    """Return whether someone changed a draft since our last write.

    Detected by the receipt's fingerprint of what was read back, or by the one stored with the
    content, which is available even without the receipt.
    """
    now = content_fingerprint(draft.fields)
    if last is not None and last.get("id") == draft.id and last.get("stored") == now:
        return False
    return not (draft.marker and now.startswith(draft.marker))


def _state(draft: ServiceDraft) -> StatusState:
    return "same" if draft.state == "draft" else draft.state
