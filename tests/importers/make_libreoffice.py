"""Convert files/harbour.fodt to harbour.docx with LibreOffice (Debian's libreoffice-writer).

python tests/importers/make_libreoffice.py
"""

from __future__ import annotations

import base64
import io
import subprocess
import tempfile
from pathlib import Path

from PIL import Image

FILES = Path(__file__).parent / "files"


def main() -> None:
    image = io.BytesIO()
    Image.new("RGB", (16, 16), (230, 180, 20)).save(image, "PNG")
    source = (FILES / "harbour.fodt").read_text(encoding="utf-8")
    source = source.replace("PICTURE", base64.b64encode(image.getvalue()).decode())
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / "harbour.fodt"
        draft.write_text(source, encoding="utf-8")
        command = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile"]
        arguments = ["--convert-to", "docx:MS Word 2007 XML", "--outdir", str(FILES), str(draft)]
        subprocess.run([*command, *arguments], check=True, timeout=300)


if __name__ == "__main__":
    main()
