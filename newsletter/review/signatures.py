"""SSH signatures on approvals, made and checked by ssh-keygen with git's commit signing key.

The format is OpenSSH's (PROTOCOL.sshsig); `ssh-keygen -Y check-novalidate` is never used, because
it does not verify who signed.
"""

from __future__ import annotations

import datetime as dt
import fnmatch
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from newsletter.errors import NewsletterError
from newsletter.review.git_history import git_line

SIGNERS = "allowed_signers"  # at the top of the workspace, next to the settings
NAMESPACE = "newsletter"


def sign(root: Path, data: bytes) -> str:
    """Return an armored signature of some bytes, made with git's SSH signing key.

    Raises `NewsletterError` if there is no such key or ssh-keygen cannot use it.
    """
    with tempfile.TemporaryDirectory(prefix="newsletter-") as name:
        key = _key_file(root, Path(name))
        program = git_line(root, "config", "--type=path", "--get", "gpg.ssh.program")
        command = [program or "ssh-keygen", "-Y", "sign", "-n", NAMESPACE, "-f", str(key)]
        code, out, reason = _run(command, data)
    if code != 0:
        hint = "Check that git's user.signingkey names your key, or add it to your ssh-agent."
        raise NewsletterError(f"The approval could not be signed: {reason}", hint=hint)
    return out.decode()


def _key_file(root: Path, folder: Path) -> Path:
    """Return the file of the key that git signs with."""
    key = git_line(root, "config", "--type=path", "--get", "user.signingkey")
    command = git_line(root, "config", "--get", "gpg.ssh.defaultKeyCommand")
    if key is None and command is not None:
        _, out, _ = _run(["sh", "-c", command], b"")
        lines = [line for line in out.decode().splitlines() if line.startswith("key::")]
        key = lines[0] if lines else None
    if key is None:
        hint = (
            "Run `git config gpg.format ssh && git config user.signingkey ~/.ssh/id_ed25519.pub`."
        )
        raise NewsletterError("No key to sign with in git (user.signingkey)", hint=hint)
    literal = key.removeprefix("key::")
    if not re.match(r"(?:ssh-|ecdsa-|sk-)\S+ ", literal):
        return root / Path(key).expanduser()
    public = folder / "key.pub"
    public.write_text(literal + "\n", encoding="utf-8")
    return public


def why_invalid(
    root: Path, data: bytes, signature: str, signer: str, *, now: dt.datetime
) -> str | None:
    """Return why a signature is invalid, or `None` if it is the signer's, of these bytes."""
    signers = root / SIGNERS
    if not signers.is_file():
        return f"there is no {SIGNERS} file to check its signature with"
    time = now.astimezone().strftime("%Y%m%d%H%M%S")  # local time, as ssh-keygen reads it
    with tempfile.TemporaryDirectory(prefix="newsletter-") as name:
        path = Path(name) / "approval.sig"
        path.write_text(signature, encoding="utf-8")
        command = ["ssh-keygen", "-Y", "verify", "-n", NAMESPACE, "-f", str(signers)]
        command += ["-I", signer, "-s", str(path), f"-Overify-time={time}", *_revoked(root)]
        code, _, reason = _run(command, data)
    return None if code == 0 else f"its signature is invalid: {reason}"


def _revoked(root: Path) -> list[str]:
    path = git_line(root, "config", "--type=path", "--get", "gpg.ssh.revocationFile")
    return ["-r", str(root / path)] if path else []


def _run(command: list[str], data: bytes) -> tuple[int, bytes, str]:
    """Return exit code, output and the last line of standard error."""
    try:
        done = subprocess.run(command, input=data, capture_output=True, check=False)
    except OSError as error:
        return 127, b"", f"{command[0]} cannot be run ({error.strerror}); install OpenSSH"
    printed = done.stderr + (done.stdout if b"BEGIN SSH" not in done.stdout else b"")
    lines = printed.decode("utf-8", "replace").strip().splitlines()
    return done.returncode, done.stdout, _explained(lines)


def _explained(lines: list[str]) -> str:
    text = " ".join(lines)
    known = {
        "has expired": "the key has expired",
        "not yet valid": "the key is not valid yet",
        "revoked": "the key was revoked",
        "namespace": "it was made for another purpose",
        "incorrect signature": "the approval was changed after it was signed",
        "no principal matched": "the key is not listed for this person",
        "Could not verify": "the key is not listed for this person, or was revoked",
    }
    match = next((words for sign, words in known.items() if sign in text), None)
    return match or (lines[-1] if lines else "no reason given")


def must_sign(root: Path, signer: str) -> bool:
    """Return whether a person's key is listed.

    An approval by such a person without a signature is then suspect.
    """
    return any(
        fnmatch.fnmatchcase(signer.casefold(), pattern.casefold()) for pattern in _principals(root)
    )


def _principals(root: Path) -> Iterator[str]:
    try:
        text = (root / SIGNERS).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    for line in text.splitlines():
        principals, _, rest = line.strip().partition(" ")
        if not rest or principals.startswith("#"):
            continue
        namespaces = re.search(r'namespaces="([^"]*)"', rest)
        if namespaces is None or NAMESPACE in namespaces[1].split(","):
            yield from principals.strip('"').split(",")


def suggested_line(root: Path, signer: str) -> str:
    """Return the line that lists a person's key, if the public key can be found."""
    with tempfile.TemporaryDirectory(prefix="newsletter-") as place:
        try:
            key = _key_file(root, Path(place))
            path = key if key.suffix == ".pub" else key.with_name(f"{key.name}.pub")
            words = path.read_text(encoding="utf-8").split()[:2]
        except (OSError, UnicodeDecodeError, NewsletterError):
            words = ["ssh-ed25519", "AAAA…"]
    return f'{signer} namespaces="{NAMESPACE}" {" ".join(words)}'
