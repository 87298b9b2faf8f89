"""A whole instance with the demo in it, and headless browsers that notice what goes wrong."""

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.visitor import Visitor
from tests.embedded.instance import Instance, await_true

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
PATIENCE_MILLISECONDS = 30_000  # a busy machine may take long; only a failure waits that long
PASSWORD = "harbour kettles"  # noqa: S105 - the demo's
UNDONE = """
from django.utils import timezone
from tickets.briefing.models import Unbriefed
from tickets.metrics.models import Unsettled
from tickets.models import TicketEvent
now = timezone.now()
print(
    TicketEvent.objects.filter(reacted_at=None).count()
    + sum(kind.objects.filter(due_at__lte=now).count() for kind in (Unbriefed, Unsettled))
)
"""
Visit = Callable[..., Visitor]
expect.set_options(timeout=PATIENCE_MILLISECONDS)


# For the package, not the session: the browser's event loop must not run under Django's own tests.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("no Chromium is installed; name one in the variable CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def told(browser: Browser) -> Iterator[Path]:
    """The files of an instance in which the story has been told, and all that follows is done."""
    with directory() as place:
        with running(Instance(place / "var", demo=True)) as instance:
            await_true(lambda: instance.shell(UNDONE).strip() == "0")
        yield instance.var


# For the module: each journey begins with the story as it is told, whatever another one changed.
@pytest.fixture(scope="module")
def instance(told: Path) -> Iterator[Instance]:
    with directory() as place:
        instance = Instance(place / "var", demo=True)
        instance.begin_with(told)
        with running(instance):
            yield instance


@contextmanager
def directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="beforehand-browser-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


@contextmanager
def running(instance: Instance) -> Iterator[Instance]:
    instance.start()
    try:
        instance.await_ready()
        yield instance
    finally:
        instance.process.terminate()
        instance.process.wait(30)


@pytest.fixture(scope="module")
def sessions() -> dict[str, object]:
    """The cookies of those who have signed in, so that each does so once."""
    return {}


@pytest.fixture
def visit(browser: Browser, instance: Instance) -> Iterator[Visit]:
    """Open a browser of somebody's own: `visit(width=320, height=640, scripts=False)`."""
    visitors: list[Visitor] = []

    def open_one(*, width: int = 1366, height: int = 768, scripts: bool = True) -> Visitor:
        context = browser.new_context(
            base_url=f"http://127.0.0.1:{instance.web_port}",
            viewport={"width": width, "height": height},
            java_script_enabled=scripts,
        )
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        visitors.append(Visitor(context, scripts=scripts))
        return visitors[-1]

    yield open_one
    for visitor in visitors:
        visitor.context.close()
    for visitor in visitors:
        assert not visitor.problems


@pytest.fixture
def sign_in(visit: Visit, sessions: dict[str, object]) -> Visit:
    """Open a browser signed in as one of the demo's agents: `sign_in("priya")`."""

    def signed_in(who: str, **options: object) -> Visitor:
        visitor = visit(**options)
        if who in sessions:
            visitor.context.add_cookies(sessions[who])  # type: ignore[arg-type]
            return visitor
        page = visitor.page
        page.goto("/accounts/login/")
        page.locator("input[name=login]").focus()
        page.keyboard.type(f"{who}@harbour.example")
        page.locator("input[name=password]").focus()
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("/desk/"))
        sessions[who] = visitor.context.cookies()
        return visitor

    return signed_in
