"""A browser window that keeps a list of what went wrong in it."""

from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

AXE = Path(__file__).with_name("vendor") / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What a refusal looks like to the console: the page shows it in words.
EXPECTED = ("status of 409", "status of 422", "status of 429", "status of 404")
WATCH_FOCUS = """
let held = false;
document.addEventListener("htmx:beforeSwap", () => {
    held = document.activeElement !== document.body;
}, true);
document.addEventListener("htmx:afterSettle", () => setTimeout(() => {
    const lost = held && document.activeElement === document.body;
    if (lost) console.error("the focus was lost after a swap");
}));
"""
RUN_AXE = """
async (tags) => {
    const found = await axe.run(document, { runOnly: { type: "tag", values: tags } });
    const parts = (violation) => violation.nodes.map((node) => node.target.join(" ")).join(", ");
    return found.violations.map((violation) => `${violation.id}: ${parts(violation)}`);
}
"""


class Visitor:
    """A page, and `problems`: console errors, lost focus, requests that leave the machine."""

    def __init__(self, context: BrowserContext, *, scripts: bool) -> None:
        self.context = context
        self.problems: list[str] = []
        self._scripts = scripts
        context.on("request", self._note_request)
        if scripts:
            context.add_init_script(WATCH_FOCUS)
        self.page: Page = context.new_page()
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(known in message.text for known in EXPECTED):
            self.problems.append(f"{self.page.url}: {message.text}")

    def _note_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https"} and address.hostname != "127.0.0.1":
            self.problems.append(f"asked {request.url}")

    def go(self, path: str) -> None:
        self.page.goto(path)
        self.look()

    def look(self) -> None:
        """Note what automatic checks find on this page: too wide, or not accessible."""
        here = urlsplit(self.page.url).path
        size = self.page.viewport_size
        assert size is not None
        if self.page.evaluate("document.documentElement.scrollWidth") > size["width"]:
            self.problems.append(f"{here} scrolls sideways at {size['width']}")
        if self._scripts:
            self._look_with_axe(here)

    def _look_with_axe(self, here: str) -> None:
        self.page.evaluate(AXE.read_text())
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)
            found = self.page.evaluate(RUN_AXE, TAGS)
            self.problems += [f"{here} in {scheme}: {one}" for one in found]
        self.page.emulate_media(color_scheme="light")

    def is_in_view(self, selector: str) -> bool:
        """Whether the whole part lies in the first screenful, without scrolling."""
        box, size = self.page.locator(selector).first.bounding_box(), self.page.viewport_size
        assert box is not None
        assert size is not None
        return box["y"] >= 0 and box["y"] + box["height"] <= size["height"]
