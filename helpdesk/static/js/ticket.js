/* The ticket page: focus on the headline, menus, evidence that is opened where it stands.

   data-menu       a <details> that takes the focus in, and closes on Escape or a click outside
   data-undo-seconds  how long a reply can still be taken back; counted down, then gone
   data-evidence   a link to a message; one that is not on the page is looked for in between
   data-proves     which rule of the briefing a link proves; opening it is counted */

const menus = () => [...document.querySelectorAll("details[data-menu][open]")];

function shut(menu) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
}

document.addEventListener("toggle", (event) => {
    const menu = event.target;
    if (!menu.matches?.("details[data-menu]") || !menu.open) return;
    menu.querySelector("select, input:not([type=hidden]), textarea")?.focus();
}, true);

document.addEventListener("click", (event) => {
    for (const menu of menus()) if (menu.matches(".menu") && !menu.contains(event.target)) menu.open = false;
    if (event.target.closest("[data-keep-editing]")) {
        event.preventDefault();
        document.querySelector("desk-composer")?.focusBody();
    }
});

document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.("details[data-menu][open]");
    if (menu && event.key === "Escape") {
        event.stopPropagation();
        shut(menu);
    }
    if (event.key === "Enter" && event.target.matches("select") && menu?.matches(".menu")) {
        event.preventDefault();
        event.target.form.requestSubmit();
    }
}, true);

function showTarget() {
    const name = decodeURIComponent(location.hash.slice(1));
    if (!name.startsWith("message-")) return;
    const message = document.getElementById(name);
    const between = document.getElementById("between");
    if (!message && between) return location.replace(between.href.replace("#conversation", `#${name}`));
    if (message?.matches("details")) message.open = true;
    message?.focus();
}

/* What has been before the agent's eyes for two seconds is not new to them next time. */
const SEEN_AFTER_MS = 2000;

function noteLook() {
    const briefing = document.getElementById("briefing");
    if (!briefing || document.hidden) return;
    window.htmx?.ajax("POST", briefing.dataset.looked, { source: briefing, swap: "none" });
}

setTimeout(noteLook, SEEN_AFTER_MS);

/* Rules whose evidence nobody opens are listed for removal; a page counts once for each rule. */
const openedRules = new Set();

document.addEventListener("click", (event) => {
    const rule = event.target.closest?.("a[data-proves]")?.dataset.proves;
    const url = document.getElementById("briefing")?.dataset.opened;
    if (!rule || !url || openedRules.has(rule)) return;
    openedRules.add(rule);
    const token = document.querySelector("meta[name=csrf-token]")?.content ?? "";
    fetch(url, { method: "POST", keepalive: true, headers: { "X-CSRFToken": token }, body: new URLSearchParams({ rule }) })
        .catch(() => openedRules.delete(rule));
});

/* Counted from when the bar is first seen, so that the two clocks need not agree. */
const deadlines = new WeakMap();

function countDown() {
    for (const bar of document.querySelectorAll("[data-undo-seconds]")) {
        if (!deadlines.has(bar)) deadlines.set(bar, performance.now() + 1000 * Number(bar.dataset.undoSeconds));
        const left = Math.ceil((deadlines.get(bar) - performance.now()) / 1000);
        const shown = bar.querySelector("[data-seconds]");
        if (left <= 0) bar.remove();
        else if (shown && shown.textContent !== String(left)) shown.textContent = left;
    }
}

let takenBack = false;

setInterval(countDown, 250);
countDown();

document.addEventListener("htmx:beforeRequest", (event) => {
    takenBack ||= Boolean(event.detail.elt.matches?.("[data-takes-back]"));
});

document.addEventListener("htmx:afterSettle", async () => {
    if (!takenBack || document.querySelector("[data-takes-back]")) return;
    takenBack = false;
    const composer = document.querySelector("desk-composer");
    await composer?.load();
    composer?.focusBody();
});

window.addEventListener("hashchange", showTarget);
if (location.hash) showTarget();
else document.getElementById("headline")?.focus({ preventScroll: true });
