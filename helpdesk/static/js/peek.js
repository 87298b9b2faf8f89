/* What opens beside the page, so that nobody leaves what they are writing.

   data-peek[="url"]   a link whose page opens in the side sheet; without url, the link's own
   data-peek-close     closes the sheet; Escape goes back one sheet, then closes, and the focus
                       returns to the link it was opened from
   data-lines          a part in which the arrow keys go from one evidence link to the next */

const sheet = document.getElementById("peek");
const FIELD = "input, textarea, select, [contenteditable=true], [contenteditable='']";
const shown = (element) => element.getClientRects().length > 0;
let opened = [];
let opener = null;

async function show(url) {
    await window.htmx.ajax("GET", url, { target: sheet, swap: "innerHTML", source: sheet });
    const title = sheet.querySelector("[data-peek-title]");
    if (!title) return false;
    sheet.hidden = false;
    sheet.querySelector("[data-peek-close]")?.removeAttribute("hidden");
    title.focus({ preventScroll: true });
    const match = sheet.querySelector("[data-peek-match]");
    if (match) match.scrollIntoView({ block: "start" });
    else sheet.scrollTop = 0;
    return true;
}

async function open(link) {
    const url = link.dataset.peek || link.href;
    if (!sheet.contains(link)) [opened, opener] = [[], link];
    if (await show(url)) opened.push(url);
}

function again(link) {
    if (link?.isConnected) return link;
    const href = link?.getAttribute("href");
    return href && document.querySelector(`a[data-peek][href="${CSS.escape(href)}"]`);
}

function close() {
    sheet.hidden = true;
    sheet.replaceChildren();
    opened = [];
    const back = again(opener) ?? document.getElementById("headline") ?? document.getElementById("main");
    back?.focus();
}

async function back() {
    opened.pop();
    if (!opened.length || !(await show(opened.at(-1)))) close();
}

document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target.closest("[data-peek-close]")) return close();
    const link = event.target.closest("a[data-peek]");
    if (!link || !sheet || !window.htmx) return;
    event.preventDefault();
    open(link);
});

document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !sheet || sheet.hidden || document.querySelector("dialog[open]")) return;
    const inside = sheet.contains(event.target);
    if (!inside && event.target.closest(`${FIELD}, details[data-menu][open]`)) return;
    event.preventDefault();
    event.stopPropagation();
    back();
}, true);

function step(part, by) {
    const lines = [...part.querySelectorAll("[data-evidence]")].filter(shown);
    const now = lines.indexOf(document.activeElement);
    const next = lines[now < 0 ? (by > 0 ? 0 : lines.length - 1) : now + by];
    next?.focus();
    return Boolean(next);
}

document.addEventListener("keydown", (event) => {
    if (!["ArrowDown", "ArrowUp"].includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    const part = event.target.closest?.("[data-lines]");
    if (!part || event.target.closest(FIELD)) return;
    if (step(part, event.key === "ArrowDown" ? 1 : -1)) event.preventDefault();
});
