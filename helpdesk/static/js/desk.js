/* Desk pages: keys, dialogs, toasts, focus after swaps. Everything here also works without it.

   data-key="g i"            the keys that click this element (or focus it: data-key-focus="#id")
   data-list, data-row-link  a list for j and k; the link in each row
   data-dialog-open="#id"    data-dialog-close
   data-toggle="#id"         shows or hides a part by its data-context; remembered on this machine */

const FIELD = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable=true], [contenteditable='']";
const SEQUENCE_MS = 1200;
const visible = (element) => element.getClientRects().length > 0;
const root = document.documentElement;

/* Keys */

let typed = "";
let typedAt = 0;

function elementFor(keys) {
    const all = [...document.querySelectorAll(`[data-key="${CSS.escape(keys)}"]`)];
    const usable = all.filter((element) => visible(element) && !element.disabled);
    const row = document.activeElement?.closest("[data-row]");
    // A key that every row of a list has is the focused row's, or else the first one's.
    const inRows = usable.filter((element) => element.closest("[data-row]"));
    const ofRow = inRows.find((element) => row?.contains(element));
    return ofRow ?? usable.findLast((element) => !inRows.includes(element)) ?? inRows[0];
}

function beginsSequence(keys) {
    return [...document.querySelectorAll("[data-key]")].some((e) => e.dataset.key.startsWith(`${keys} `));
}

function press(element) {
    if (element.matches("input")) {
        element.checked = true;
        element.dispatchEvent(new Event("change", { bubbles: true }));
    } else if (element.dataset.keyFocus === undefined) {
        if (element.matches("a[href], button, summary")) element.click();
        return;
    }
    const target = element.dataset.keyFocus ? document.querySelector(element.dataset.keyFocus) : element;
    const editor = target?.closest("desk-composer");
    if (editor?.focusBody) editor.focusBody();
    else target?.focus();
    target?.scrollIntoView?.({ block: "nearest" });
}

function moveInList(step) {
    const list = document.activeElement?.closest("[data-list]") ?? document.querySelector("[data-list]");
    if (!list) return false;
    const links = [...list.querySelectorAll("[data-row-link]")].filter(visible);
    const row = document.activeElement?.closest("[data-row]");
    const now = links.findIndex((link) => link === document.activeElement || row?.contains(link));
    const next = links[now < 0 ? (step > 0 ? 0 : links.length - 1) : now + step];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
    return true;
}

function onKey(event) {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key === "Escape") return leave(event);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (root.dataset.shortcuts === "off" || event.target.closest?.(FIELD)) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "j" || event.key === "k") {
        if (moveInList(event.key === "j" ? 1 : -1)) event.preventDefault();
        return;
    }
    if (event.key.length !== 1) return;
    const now = performance.now();
    const keys = typed && now - typedAt < SEQUENCE_MS ? `${typed} ${event.key}` : event.key;
    const element = elementFor(keys);
    typed = !element && keys === event.key && beginsSequence(keys) ? keys : "";
    typedAt = now;
    if (!element) return;
    event.preventDefault();
    press(element);
}

function leave(event) {
    const field = event.target.closest?.(FIELD);
    if (!field || document.querySelector("dialog[open]")) return;
    const stay = field.closest("[tabindex='-1'], form, main") ?? document.getElementById("main");
    if (!stay.hasAttribute("tabindex")) stay.tabIndex = -1;
    stay.focus({ preventScroll: true });
}

/* Dialogs, toggles, toasts */

function onClick(event) {
    const opener = event.target.closest("[data-dialog-open]");
    if (opener) return document.querySelector(opener.dataset.dialogOpen)?.showModal();
    if (event.target.closest("[data-dialog-close]")) return event.target.closest("dialog")?.close();
    if (event.target.matches("dialog.dialog")) return event.target.close();
    if (event.target.closest("[data-toast-close]")) return event.target.closest("[data-toast]").remove();
    const toggle = event.target.closest("[data-toggle]");
    if (toggle) flip(toggle);
}

function flip(button, open = button.getAttribute("aria-expanded") === "false") {
    const part = document.querySelector(button.dataset.toggle);
    if (!part) return;
    button.setAttribute("aria-expanded", String(open));
    part.dataset.context = open ? "open" : "closed";
    localStorage.setItem(`toggle:${button.dataset.toggle}`, open ? "open" : "closed");
}

export function toast(text) {
    const toasts = document.getElementById("toasts");
    const made = document.getElementById("toast-template")?.content.cloneNode(true);
    if (!toasts || !made) return;
    made.querySelector("[data-toast-text]").textContent = text;
    toasts.append(made);
}

function ageToasts() {
    for (const old of document.querySelectorAll("[data-toast]:not([data-aging])")) {
        old.dataset.aging = "";
        old.querySelector("[data-toast-close]")?.removeAttribute("hidden");
        let left = old.matches(".toast-error, .toast-warning") ? Infinity : 10;
        const timer = setInterval(() => {
            if (!old.isConnected) return clearInterval(timer);
            if (old.matches(":hover, :focus-within")) return;
            if ((left -= 1) <= 0) old.remove();
        }, 1000);
    }
}

/* htmx: the token on every change, focus that is never lost, words for failures */

let focused = null;

function remember() {
    const active = document.activeElement;
    if (!active || active === document.body) return (focused = null);
    const around = [];
    for (let part = active.parentElement; part; part = part.parentElement) if (part.id) around.push(part.id);
    focused = { id: active.id, name: active.getAttribute("name"), around };
}

function restore() {
    if (!focused || (document.activeElement && document.activeElement !== document.body)) return;
    const parts = focused.around.map((id) => document.getElementById(id)).filter(Boolean);
    const inside = parts[0] ?? document.getElementById("main");
    const choices = [
        inside.querySelector("[data-refusal], [data-error-summary]"),
        focused.id && document.getElementById(focused.id),
        focused.name && inside.querySelector(`[name="${CSS.escape(focused.name)}"]`),
        inside.querySelector("[data-focus]"),
        ...parts.map((part) => part.querySelector(":scope > summary") ?? part),
        document.getElementById("main"),
    ];
    for (const next of choices.filter((choice) => choice && visible(choice))) {
        if (!next.matches("a[href], button, input, select, textarea, summary, [tabindex]")) next.tabIndex = -1;
        next.focus({ preventScroll: true });
        if (document.activeElement !== document.body) break;
    }
    focused = null;
}

document.addEventListener("keydown", onKey);
document.addEventListener("click", onClick);
document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb === "get") return;
    event.detail.headers["X-CSRFToken"] = document.querySelector("meta[name=csrf-token]")?.content ?? "";
});
document.addEventListener("htmx:beforeRequest", (event) => event.detail.target?.setAttribute("aria-busy", "true"));
document.addEventListener("htmx:afterRequest", (event) => event.detail.target?.removeAttribute("aria-busy"));
document.addEventListener("htmx:beforeSwap", remember);
document.addEventListener("htmx:afterSettle", () => {
    restore();
    ageToasts();
});
document.addEventListener("htmx:sendError", () => toast(document.body.dataset.unreachable));
document.addEventListener("htmx:responseError", () => toast(document.body.dataset.failed));

for (const button of document.querySelectorAll("[data-toggle]")) {
    const kept = localStorage.getItem(`toggle:${button.dataset.toggle}`);
    if (kept) flip(button, kept === "open");
}
document.querySelector("[data-error-summary], [data-refusal]")?.focus();
ageToasts();
