"""Tables of events: understood whatever their dress, read piece by piece, never twice."""

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from customers.models import Customer, Order, OutsideEvent
from customers.uploads import operations as change
from customers.uploads.errors import IncompleteMapping, UnreadableTable, UnusableRow
from customers.uploads.models import Upload
from customers.uploads.table import guess_mapping, news_of_row, read_table
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM

BY = Actor.system()
HEAD = "Event ID;Datum;E-Mail;Status;Carrier\n"
GERMAN = HEAD + "P-1;02.03.2026 09:30;kofi@example.com;verspätet;Über Land\n"
FILES = "id,date,email,status,carrier\n"


def give(text: str, **options: object) -> Upload:
    data, source = text.encode(), "shop"
    given: dict[str, object] = {"name": "t.csv", "kind": "delivery", **options}
    return change.give_upload(data=data, source=source, by=BY, at=MONDAY_9AM, **given)  # type: ignore[arg-type]


def read(upload: Upload) -> Upload:
    upload = change.start_upload(upload, mapping=upload.mapping, by=BY, at=MONDAY_9AM)
    list(change.read_upload(upload, by=BY, at=MONDAY_9AM))
    upload.refresh_from_db()
    return upload


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_german_table_is_understood(encoding: str) -> None:
    table = read_table(GERMAN.encode(encoding))
    mapping = guess_mapping(table.columns)

    news = news_of_row(table.columns, next(table.rows()), mapping=mapping, kind="delivery")

    assert (news.external_id, news.status) == ("P-1", "verspätet")
    assert news.at == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert news.addresses == (("email", "kofi@example.com"),)
    assert news.fields == {"Carrier": "Über Land"}


@pytest.mark.parametrize("data", [b"", b"\n", b"a,b\n", b"a,a\n1,2\n", b"a\0b\n1\n", b"\n1,2\n"])
def test_what_is_no_table_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableTable):
        read_table(data)


@pytest.mark.parametrize("cell", ["soon", "31.02.2026", "2026-13-01"])
def test_a_time_that_is_none_names_its_column(cell: str) -> None:
    columns, mapping = ["id", "date"], {"id": "external_id", "date": "at"}
    with pytest.raises(UnusableRow, match="date: “"):
        news_of_row(columns, ["1", cell], mapping=mapping, kind="delivery")


def test_rows_are_kept_or_refused_each_by_itself(kofi: Customer) -> None:
    rows = ["P-1,2026-03-02,kofi@example.com,delayed,DHL", ",2026-03-02,kofi@example.com,,"]
    rows += ["P-2,2026-03-02,nobody@example.com,,", "P-1,2026-03-02,kofi@example.com,delayed,DHL"]

    upload = read(give(FILES + "\n".join(rows)))

    assert upload.state == "done"
    assert (upload.created, upload.same, upload.refused) == (1, 1, 2)
    assert [(f["row"], f["code"]) for f in upload.faults] == [
        (2, "empty_cell"),
        (3, "customer_unknown"),
    ]


def test_reading_goes_on_where_it_was_stopped(kofi: Customer) -> None:
    rows = [f"P-{n},2026-03-02,kofi@example.com,," for n in range(450)]
    upload = give(FILES + "\n".join(rows))
    upload = change.start_upload(upload, mapping=upload.mapping, by=BY, at=MONDAY_9AM)
    for step in change.read_upload(upload, by=BY, at=MONDAY_9AM):
        change.stop_upload(step, by=BY, at=MONDAY_9AM)
    assert OutsideEvent.objects.count() == 200

    again = give(FILES + "\n".join(rows))
    assert again == upload
    again = change.go_on_with_upload(again, by=BY, at=MONDAY_9AM)
    list(change.read_upload(again, by=BY, at=MONDAY_9AM))

    again.refresh_from_db()
    assert (again.state, again.done, again.created) == ("done", 450, 450)


def test_a_table_without_id_time_or_customer_is_not_begun(kofi: Customer) -> None:
    upload = give("carrier,weight\nDHL,2\n", kind="")

    with pytest.raises(IncompleteMapping, match="external_id, at, email"):
        change.start_upload(upload, mapping=upload.mapping, by=BY, at=MONDAY_9AM)


def test_a_table_of_orders_makes_orders(kofi: Customer) -> None:
    text = (
        "number,placed at,email,Total,Currency\nA-1,2026-03-02T10:00,kofi@example.com,64.90,GBP\n"
    )

    assert read(give(text, kind="order")).created == 1
    assert str(Order.objects.get().total) == "64.90"


def test_an_upload_is_looked_at_mapped_and_read_at_the_desk(
    client: Client,
    ines: Agent,
    kofi: Customer,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    client.force_login(ines)
    file = SimpleUploadedFile(
        "t.csv", (FILES + "P-1,2026-03-02,kofi@example.com,,DHL\nP-2,soon,a,,").encode()
    )
    first = client.post(
        reverse("desk:uploads"), {"table": file, "source": "shop", "kind": "delivery"}
    )
    page = client.get(first["Location"]).content.decode()
    assert "DHL" in page
    assert "date: “soon” cannot be read" in page

    upload = Upload.objects.get()
    start = reverse("desk:upload-start", args=[upload.pk])
    assert client.post(start, {}).status_code == 422
    fields = ["external_id", "at", "email", "status", "card"]
    with django_capture_on_commit_callbacks(execute=True):
        client.post(start, {f"column-{n}": field for n, field in enumerate(fields)})

    page = client.get(first["Location"]).content.decode()
    assert "2 of 2 rows" in page
    assert (
        "cannot be read"
        in client.get(reverse("desk:upload-faults", args=[upload.pk])).content.decode()
    )
    assert OutsideEvent.objects.get().customer == kofi


def test_the_command_previews_and_reads(tmp_path: Path, kofi: Customer) -> None:
    file = tmp_path / "t.csv"
    file.write_text("nr,date,email,x\nP-1,2026-03-02,kofi@example.com,1\nP-2,2026-03-02,a,1\n")
    options = {"source": "shop", "kind": "delivery", "map": ["nr=external_id", "x="]}

    out, err = StringIO(), StringIO()
    call_command("import_events", file, **options, preview=True, stdout=out)
    assert not OutsideEvent.objects.exists()
    call_command("import_events", file, **options, stdout=out, stderr=err)

    assert "2026-03-02 00:00 delivery" in out.getvalue()
    assert "1 created, 0 changed, 0 the same, 1 refused" in out.getvalue()
    assert "row 2: “a” is not an address" in err.getvalue()
    with pytest.raises(CommandError, match="no column z"):
        call_command("import_events", file, source="x", kind="delivery", map=["z=at"])
