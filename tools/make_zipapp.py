"""Write one file that runs `newsletter` with all its dependencies.

    python tools/make_zipapp.py build/newsletter.pyz

It contains the packages of the environment it is built in, so it runs on machines of the same
system, processor and Python version. Compiled modules cannot be imported from an archive: the
first start unpacks it into the user's cache, once for each build.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sys
import tempfile
import zipapp
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from pip._vendor.packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
EXTRAS = ("import", "preview", "sheets")  # the others are large, or for servers
# With this, installers do not treat the file as a release from an index (PEP 610).
ORIGIN = {"url": "file:///newsletter.pyz", "dir_info": {}}

START = '''"""Unpack this archive once, then run it."""
import os
import sys
import tempfile
import zipfile
from pathlib import Path

WANTED = {version!r}
if ".".join(map(str, sys.version_info[:2])) != WANTED:
    sys.exit(f"newsletter.pyz is for Python {{WANTED}}; this is {{sys.version.split()[0]}}")
base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
home = Path(base) / "newsletter" / "zipapp-{digest}"
if not home.is_dir():
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent) as aside:
        with zipfile.ZipFile(sys.argv[0]) as archive:
            archive.extractall(Path(aside) / "new")
        try:
            (Path(aside) / "new").rename(home)
        except OSError:
            if not home.is_dir():  # another start was faster
                raise
sys.path.insert(0, str(home))
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(home), os.environ.get("PYTHONPATH"))))
from newsletter.__main__ import main

main()
'''


def main() -> None:
    """Collect the packages, and write the archive."""
    target = Path(sys.argv[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for distribution in distributions():
            copy(distribution, folder)
        shutil.copytree(
            ROOT / "newsletter",
            folder / "newsletter",
            ignore=shutil.ignore_patterns("__pycache__"),
            dirs_exist_ok=True,
        )
        digest = hashlib.sha256()
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
        version = ".".join(map(str, sys.version_info[:2]))
        text = START.format(version=version, digest=digest.hexdigest()[:16])
        (folder / "__main__.py").write_text(text, "utf-8")
        zipapp.create_archive(folder, target, "/usr/bin/env python3", compressed=True)
    sys.stdout.write(f"{target}  {target.stat().st_size / 1e6:.0f} MB, for Python {version}\n")


def distributions() -> Iterator[metadata.Distribution]:
    """Yield `newsletter` and everything that it and the extras above need, each once."""
    wanted, seen = [("newsletter", EXTRAS)], set[str]()
    while wanted:
        name, extras = wanted.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in seen:
            continue
        seen.add(key)
        distribution = metadata.distribution(name)
        yield distribution
        for line in distribution.requires or ():
            requirement = Requirement(line)
            environments = [{"extra": extra} for extra in (*extras, "")]
            marker = requirement.marker
            if marker is None or any(marker.evaluate(values) for values in environments):
                wanted.append((requirement.name, tuple(requirement.extras)))


def copy(distribution: metadata.Distribution, folder: Path) -> None:
    """Copy the files of an installed package, without commands and compiled caches."""
    for file in distribution.files or ():
        source = Path(str(distribution.locate_file(file)))
        outside = ".." in file.parts or file.suffix in (".pyc", ".pth")
        if outside or not source.is_file() or file.name in ("RECORD", "direct_url.json"):
            continue
        target = folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
    if distribution.name == "newsletter":
        place = next(folder.glob("newsletter-*.dist-info"))
        (place / "direct_url.json").write_text(json.dumps(ORIGIN), "utf-8")


if __name__ == "__main__":
    main()
