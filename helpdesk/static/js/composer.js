/* <desk-composer>: a rich field over the plain <textarea name=body>, which stays what is sent.

   Squire edits, DOMPurify cleans what is pasted; `html` carries the formatted text, `body` the
   plain one. The editor is fetched when the composer is first pointed at or focused, so it costs
   the first view nothing. Drafts are saved every three seconds while something changed. */

const SAVE_MS = 3000;
const TAGS = ["a", "b", "blockquote", "br", "code", "div", "em", "i", "img", "li", "ol", "p", "pre", "strong", "u", "ul"];
const ATTRIBUTES = ["href", "src", "alt", "title", "dir"];

class DeskComposer extends HTMLElement {
    connectedCallback() {
        if (this.form) return;
        this.form = this.closest("form");
        this.plain = this.querySelector("textarea");
        this.rich = this.querySelector("input[name=html]");
        this.picker = this.querySelector("input[type=file]");
        this.files = new DataTransfer();
        this.pictures = new Map();
        this.saved = this.signature();
        for (const type of ["focusin", "pointerover"]) this.addEventListener(type, () => this.load(), { once: true });
        this.form.addEventListener("input", () => this.changed());
        this.form.addEventListener("keydown", (event) => this.onKey(event));
        this.form.addEventListener("submit", () => this.sync());
        this.form.addEventListener("htmx:configRequest", (event) => {
            this.sync();
            if (event.detail.parameters.has?.("body")) event.detail.parameters.set("body", this.plain.value);
            if (event.detail.parameters.has?.("html")) event.detail.parameters.set("html", this.rich.value);
        });
        this.picker?.addEventListener("change", () => this.addFiles([...this.picker.files]));
        this.addEventListener("click", (event) => this.onClick(event));
        this.timer = setInterval(() => this.save(), SAVE_MS);
        this.leave = () => this.save(true);
        window.addEventListener("pagehide", this.leave);
        if (this.rich.value) this.load();
    }

    disconnectedCallback() {
        clearInterval(this.timer);
        window.removeEventListener("pagehide", this.leave);
        this.editor?.destroy();
    }

    focusBody() {
        this.load();
        (this.editor ?? this.plain).focus();
    }

    /* Editing */

    async load() {
        this.loading ??= import(this.dataset.editor).then((made) => this.build(made)).catch(() => (this.loading = null));
        return this.loading;
    }

    build({ Squire, DOMPurify }) {
        const clean = (html) => DOMPurify.sanitize(html, { ALLOWED_TAGS: TAGS, ALLOWED_ATTR: ATTRIBUTES, RETURN_DOM_FRAGMENT: true, FORBID_ATTR: ["style"] });
        const hadFocus = document.activeElement === this.plain;
        this.box = document.createElement("div");
        this.box.className = "composer-rich";
        this.box.dir = "auto";
        for (const [name, value] of Object.entries({ role: "textbox", "aria-multiline": "true", "aria-labelledby": "composer-label" })) this.box.setAttribute(name, value);
        this.plain.after(this.box);
        this.editor = new Squire(this.box, { blockTag: "P", sanitizeToDOMFragment: (html) => document.importNode(clean(html), true) });
        this.editor.setHTML(this.rich.value || asHtml(this.plain.value));
        this.plain.hidden = true;
        this.editor.addEventListener("input", () => this.changed());
        this.editor.addEventListener("pathChange", () => this.showFormat());
        this.editor.addEventListener("pasteImage", (event) => this.pasteImages(event));
        this.querySelector("[data-toolbar]")?.removeAttribute("hidden");
        if (hadFocus) {
            this.editor.moveCursorToEnd();
            this.editor.focus();
        }
    }

    /* A pasted picture goes as a file of a name of its own, by which the text refers to it. */
    pasteImages({ detail }) {
        const pasted = [...(detail.clipboardData?.items ?? [])].map((item) => item.kind === "file" && item.getAsFile()).filter(Boolean);
        for (const file of pasted) {
            const ending = file.type.replace(/^image\//, "").replace(/[^a-z0-9]/g, "") || "png";
            const name = `picture-${crypto.getRandomValues(new Uint32Array(1))[0].toString(36)}.${ending}`;
            const reader = new FileReader();
            reader.addEventListener("load", () => {
                this.pictures.set(reader.result, name);
                this.editor.insertImage(reader.result, { alt: name });
                this.addFiles([new File([file], name, { type: file.type })]);
            });
            reader.readAsDataURL(file);
        }
    }

    named(html) {
        for (const [shown, name] of this.pictures) html = html.replaceAll(shown, `cid:${name}`);
        return html;
    }

    showFormat() {
        const on = { bold: /^(B|STRONG)$/, italic: /^(I|EM)$/, list: /^UL$/, numbers: /^OL$/ };
        for (const [command, tag] of Object.entries(on)) {
            const inside = this.editor.getPath().split(">").some((part) => tag.test(part.split(/[.#[]/)[0]));
            this.querySelector(`[data-command=${command}]`)?.setAttribute("aria-pressed", String(inside));
        }
    }

    command(name, pressed) {
        const does = {
            bold: () => (pressed ? this.editor.removeBold() : this.editor.bold()),
            italic: () => (pressed ? this.editor.removeItalic() : this.editor.italic()),
            list: () => (pressed ? this.editor.removeList() : this.editor.makeUnorderedList()),
            numbers: () => (pressed ? this.editor.removeList() : this.editor.makeOrderedList()),
            quote: () => this.editor.increaseQuoteLevel(),
            undo: () => this.editor.undo(),
            link: () => {
                const address = prompt(this.dataset.link, "https://");
                if (/^(https?:|mailto:|tel:)\S+/.test(address ?? "")) this.editor.makeLink(address);
            },
        };
        does[name]?.();
        this.editor.focus();
        this.changed();
    }

    /* Words put in from outside */

    /* Whether the line the cursor stands in is empty so far. */
    atLineStart() {
        if (!this.editor) return /(^|\n)$/.test(this.plain.value.slice(0, this.plain.selectionStart));
        const before = this.editor.getSelection().cloneRange();
        const block = before.startContainer.nodeType === Node.TEXT_NODE ? before.startContainer.parentElement.closest("p, div, li, blockquote") : before.startContainer;
        before.setStart(block ?? this.box, 0);
        return before.toString().replace(/[\u200B\s]/g, "") === "";
    }

    insertText(text) {
        if (this.editor) this.editor.insertHTML(asHtml(text));
        else this.plain.setRangeText(text, this.plain.selectionStart, this.plain.selectionEnd, "end");
        this.changed();
    }

    /* Put other words in the place of a sentence, in its own run of text where it stands in one. */
    replaceWords(old, words) {
        this.sync();
        if (!this.editor) {
            this.plain.value = this.plain.value.replace(old, () => words);
            return this.changed();
        }
        const walk = document.createTreeWalker(this.box, NodeFilter.SHOW_TEXT);
        while (walk.nextNode()) {
            const run = walk.currentNode.data.replace(/\u00A0/g, " ");
            if (!run.includes(old)) continue;
            walk.currentNode.data = run.replace(old, () => words);
            return this.changed();
        }
        this.editor.setHTML(asHtml(this.plain.value.replace(old, () => words)));
        this.changed();
    }

    /* What is sent and saved */

    sync() {
        if (!this.editor) return;
        this.plain.value = asText(this.box);
        this.rich.value = this.plain.value ? this.named(this.editor.getHTML()) : "";
    }

    changed() {
        this.sync();
        const note = this.querySelector("[data-attachment-warning]");
        const words = (this.dataset.words ?? "").split(/\s+/).filter(Boolean);
        const own = this.plain.value.replace(/^>.*$/gm, "").toLowerCase();
        if (note) note.hidden = this.files.files.length > 0 || !words.some((word) => own.includes(word));
    }

    signature() {
        const kind = new FormData(this.form).get("kind");
        return JSON.stringify([kind, this.plain.value, this.rich.value]);
    }

    async save(leaving = false) {
        const url = this.dataset.draftUrl;
        const now = url && this.signature();
        if (!url || now === this.saved || this.saving) return;
        const body = new FormData(this.form);
        body.delete("files");
        if (leaving) return navigator.sendBeacon(url, body);
        this.saving = true;
        const answer = await fetch(url, { method: "POST", body, headers: { "HX-Request": "true" } }).catch(() => null);
        this.saving = false;
        const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
        if (answer?.ok) this.saved = now;
        const status = this.form.querySelector("[data-draft-status]");
        if (status) status.textContent = answer?.ok ? this.dataset.saved.replace("{time}", time) : this.dataset.failed;
    }

    /* Files */

    addFiles(added) {
        for (const file of added) this.files.items.add(file);
        this.showFiles();
    }

    showFiles() {
        this.picker.files = this.files.files;
        const list = this.querySelector("[data-files]");
        list.hidden = !this.files.files.length;
        list.replaceChildren(...[...this.files.files].map((file, at) => {
            const item = document.createElement("li");
            const remove = document.createElement("button");
            item.className = "attachment";
            remove.type = "button";
            remove.className = "button-link";
            remove.dataset.remove = at;
            remove.textContent = this.dataset.remove.replace("{name}", file.name);
            item.append(`${file.name} · ${Math.ceil(file.size / 1000)} kB `, remove);
            return item;
        }));
        this.changed();
    }

    onClick({ target }) {
        const format = target.closest("[data-command]");
        const remove = target.closest("button[data-remove]");
        if (format && this.editor) this.command(format.dataset.command, format.getAttribute("aria-pressed") === "true");
        if (!remove) return;
        this.files.items.remove(Number(remove.dataset.remove));
        this.showFiles();
        this.picker.focus();
    }

    onKey(event) {
        if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        this.sync();
        const send = [...this.form.querySelectorAll("button[type=submit].button-primary")].find((button) => button.getClientRects().length);
        send?.click();
    }
}

function asHtml(text) {
    const line = document.createElement("p");
    return text.split("\n").map((words) => {
        line.textContent = words.replace(/ (?= |$)/g, "\u00A0"); // else a space typed just before is lost
        return words ? line.outerHTML : "<p><br></p>";
    }).join("");
}

/* Plain text of the editor: blocks on lines of their own, quotes with >, items with their mark. */
function asText(node, mark = "") {
    const lines = [""];
    const block = (inner, prefix) => {
        if (lines.at(-1) === "") lines.pop();
        inner.split("\n").forEach((line, at) => lines.push(prefix(at) + line));
        lines.push("");
    };
    for (const child of node.childNodes) {
        const name = child.nodeName;
        if (child.nodeType === Node.TEXT_NODE) lines[lines.length - 1] += child.data.replace(/[\u200B\n]/g, "").replace(/\u00A0/g, " ");
        else if (name === "BR") child.nextSibling && lines.push("");
        else if (name === "IMG") lines[lines.length - 1] += `[${child.alt || "image"}]`;
        else if (name === "BLOCKQUOTE") block(asText(child), () => "> ");
        else if (name === "LI") block(asText(child), (at) => (at ? "   " : mark === "1." ? `${[...node.children].indexOf(child) + 1}. ` : "- "));
        else if (/^(P|DIV|PRE)$/.test(name)) block(asText(child), () => "");
        else if (/^(UL|OL)$/.test(name)) block(asText(child, name === "OL" ? "1." : "-"), () => "");
        else if (name === "A" && child.href && child.textContent !== child.getAttribute("href")) lines[lines.length - 1] += `${child.textContent} <${child.getAttribute("href")}>`;
        else lines[lines.length - 1] += asText(child);
    }
    return lines.join("\n").replace(/\n$/, "");
}

customElements.define("desk-composer", DeskComposer);
