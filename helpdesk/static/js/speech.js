/* What goes into a reply and what it says: macros, and "don't ask again".

   data-lint-url     where the composer's words are looked at, LINT_MS after typing stops
   data-lint-insert  replaces the asking sentence by what is known
   data-macros       a select that works alone; "/" in an empty line opens a picker over it */

const LINT_MS = 800;
const ignored = new Set();
let waiting = null;
let asked = 0;

const composer = () => document.querySelector("desk-composer");

document.addEventListener("input", (event) => {
    if (event.target.closest("desk-composer") && !event.target.closest("[data-macros], #lint")) lintSoon();
});

function lintSoon() {
    clearTimeout(waiting);
    waiting = setTimeout(lint, LINT_MS);
}

async function lint() {
    const place = document.getElementById("lint");
    const form = place?.closest("form");
    if (!form || form.querySelector("[name=kind]:checked")?.value !== "reply") return;
    composer().sync();
    const body = new FormData(form);
    for (const name of ["files", "html", "kept_files"]) body.delete(name);
    const mine = (asked += 1);
    const answer = await fetch(place.dataset.lintUrl, { method: "POST", body, headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok || mine !== asked) return;
    if (place.contains(document.activeElement) && place.querySelector("details[open]")) return;
    place.innerHTML = await answer.text();
    for (const line of place.querySelectorAll("[data-lint]")) line.hidden = ignored.has(line.dataset.lint);
}

document.addEventListener("click", (event) => {
    const insert = event.target.closest("[data-lint-insert]");
    const ignore = event.target.closest("[data-lint-ignore]");
    if (insert) {
        composer().replaceWords(insert.dataset.lintAsked, insert.dataset.lintInsert);
        insert.closest("[data-lint]").remove();
        composer().focusBody();
        lintSoon();
    }
    if (ignore) {
        ignored.add(ignore.dataset.lintIgnore);
        ignore.closest("[data-lint]").hidden = true;
        composer().focusBody();
    }
});

/* A promise that was read in what was just sent takes the focus, so that one key answers it. */

const offered = new WeakSet(document.querySelectorAll("[data-suggestion]"));

document.addEventListener("htmx:afterSettle", () => {
    const fresh = [...document.querySelectorAll("[data-suggestion]")].filter((chip) => !offered.has(chip));
    for (const chip of fresh) offered.add(chip);
    const composing = document.activeElement === document.body || document.activeElement.closest("#composer, main");
    if (fresh.length && composing && !document.querySelector("desk-composer")?.plain?.value.trim()) fresh[0].focus();
});

/* Macros */

document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-macro-insert], [data-macro-use]");
    if (!button) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (button.dataset.macroUse) useMacro(button.dataset.macroUse);
    else if (document.getElementById("composer-macro").value) insertMacro(document.getElementById("composer-macro").value);
}, true);

async function useMacro(pk) {
    document.querySelector("#composer [name=kind][value=reply]").click();
    await insertMacro(pk);
    composer().focusBody();
}

async function insertMacro(pk) {
    const box = document.querySelector("[data-macros]");
    const body = new FormData();
    body.set("macro", pk);
    body.set("csrfmiddlewaretoken", box.closest("form").querySelector("[name=csrfmiddlewaretoken]").value);
    await composer().load();
    const answer = await fetch(box.dataset.macroUrl, { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) return;
    const macro = await answer.json();
    const used = document.createElement("input");
    Object.assign(used, { type: "hidden", name: "macros", value: macro.id });
    if (!box.querySelector(`input[name=macros][value="${macro.id}"]`)) box.append(used);
    composer().insertText(macro.text);
    lint();
}

/* The picker: a list over the select's own choices, moved in by arrows. */

document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && event.target.closest?.(".composer-rich, #composer-body") && composer().atLineStart()) {
        const picker = document.querySelector(".macro-picker");
        if (!picker) return;
        event.preventDefault();
        open(picker);
    }
    if (event.target.id === "macro-search") move(event);
}, true);

document.addEventListener("input", (event) => {
    if (event.target.id === "macro-search") list(event.target.value);
});

document.addEventListener("focusout", (event) => {
    if (event.target.id === "macro-search") setTimeout(() => (event.target.closest(".macro-picker").hidden = true), 150);
});

document.addEventListener("mousedown", (event) => {
    const option = event.target.closest("#macro-list [role=option]");
    if (!option) return;
    event.preventDefault();
    choose(option);
});

function open(picker) {
    picker.hidden = false;
    const field = picker.querySelector("input");
    field.value = "";
    list("");
    field.focus();
}

function list(words) {
    const all = [...document.querySelectorAll("#composer-macro option[value]:not([value=''])")];
    const found = all.filter((option) => option.textContent.toLowerCase().includes(words.trim().toLowerCase())).slice(0, 8);
    const place = document.getElementById("macro-list");
    place.replaceChildren(...found.map((option, at) => {
        const item = document.createElement("li");
        Object.assign(item, { id: `macro-option-${option.value}`, textContent: option.textContent });
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", String(at === 0));
        item.dataset.macro = option.value;
        return item;
    }));
    place.nextElementSibling.hidden = found.length > 0;
    point();
}

function point() {
    const on = document.querySelector("#macro-list [aria-selected=true]");
    const field = document.getElementById("macro-search");
    if (on) field.setAttribute("aria-activedescendant", on.id);
    else field.removeAttribute("aria-activedescendant");
    on?.scrollIntoView({ block: "nearest" });
}

function move(event) {
    const options = [...document.querySelectorAll("#macro-list [role=option]")];
    const now = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        options[now]?.setAttribute("aria-selected", "false");
        options.at((now + (event.key === "ArrowDown" ? 1 : -1)) % options.length)?.setAttribute("aria-selected", "true");
        point();
    } else if (event.key === "Enter") {
        event.preventDefault();
        event.stopPropagation();
        if (options[now]) choose(options[now]);
    } else if (event.key === "Escape") {
        event.preventDefault();
        event.stopPropagation();
        composer().focusBody();
    }
}

async function choose(option) {
    composer().focusBody();
    await useMacro(option.dataset.macro);
}
