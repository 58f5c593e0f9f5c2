"""A build opens no network connection, whatever a theme contains."""

from __future__ import annotations

import socket

from tests.desk import Desk

SHEET = '<style>@import url("{address}/x.css"); @import "{address}/y.css"; p {{ color: #112233 }}</style>'


def test_a_style_sheet_that_imports_another_is_not_followed(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        sheet = SHEET.format(address=f"http://127.0.0.1:{listener.getsockname()[1]}")
        template = f"{{% extends 'section.mjml.j2' %}}{{% block close %}}{sheet}{{% endblock %}}\n"
        desk.write("templates/default/sections/essay.mjml.j2", template)
        assert desk.process("build").code == 0
        listener.settimeout(0.1)
        try:
            listener.accept()
        except TimeoutError:
            return
        raise AssertionError("the build asked for a style sheet")
