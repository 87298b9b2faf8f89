/* Live pages: one EventSource a browser, shared by its tabs; the tab that holds the lock reads it.

   <meta name="live" content=TOKEN>   made by {% live_token %}
   data-live="ticket:1 queue"   fetched again (hx-get, hx-trigger="live") when a channel speaks
   data-live-seen="17"          the newest event already shown here; it and older ones are no news
   data-live-offer              beside data-live: only count, and offer a [data-live-refresh] button
   data-presence="ticket:1"     filled with who else is there */

const page = document.querySelector("meta[name=live]");
const POLL_MS = 20_000;
const HEARTBEAT_MS = 15_000;
const AWAY_MS = 60_000;
const REST_MS = 500;
const GATHER_MS = 250;

const tab = crypto.randomUUID();
const shared = new BroadcastChannel("beforehand-live");
const tokens = new Map();
let source = null;
let lastId = "";
let leading = false;
let connected = true;

/* What this tab does with an event */

const pending = new Set();
let gather = 0;
let newest = 0;

function hear(channels, id = Infinity) {
    newest = gather ? Math.max(newest, id) : id;
    channels.forEach((channel) => pending.add(channel));
    gather ||= setTimeout(() => {
        gather = 0;
        const heard = new Set(pending);
        pending.clear();
        for (const element of document.querySelectorAll("[data-live]")) {
            if (Number(element.dataset.liveSeen) >= newest && !heard.has("*")) continue;
            if (element.dataset.live.split(" ").some((channel) => heard.has(channel) || heard.has("*"))) refresh(element);
        }
    }, GATHER_MS);
}

function refresh(element) {
    const button = element.dataset.liveOffer !== undefined && element.querySelector("[data-live-refresh]");
    if (!button) return window.htmx?.trigger(element, "live");
    const count = Number(button.dataset.count ?? 0) + 1;
    const words = button.querySelector("[data-live-count]");
    button.dataset.count = count;
    button.hidden = false;
    words.textContent = count === 1 ? words.dataset.one : words.dataset.many.replace("{n}", count);
}

function take(message) {
    if (message.event === "presence") return message.channels.forEach((channel) => beat(channel));
    hear(message.event === "resync" ? ["*"] : message.channels, message.data?.id);
}

function showConnection(up) {
    if (up === connected) return;
    connected = up;
    const bar = document.getElementById("live-bar");
    const words = bar?.querySelector("template");
    if (up) bar?.replaceChildren(words);
    else bar?.append(words.content.cloneNode(true));
    if (up) hear(["*"]);
}

document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-live-refresh]");
    if (!button) return;
    button.hidden = true;
    button.dataset.count = 0;
    window.htmx?.trigger(button.closest("[data-live]"), "live");
});

/* The tab that leads reads for all */

function open() {
    source?.close();
    clearTimeout(open.again);
    const query = new URLSearchParams([...tokens.values()].map((token) => ["t", token]));
    if (lastId) query.set("since", lastId);
    else query.set("rendered", page.dataset.rendered); // what happened while the page was on its way is heard too
    source = new EventSource(`${page.dataset.eventsUrl}?${query}`);
    source.onopen = () => tell({ connection: true });
    source.onerror = () => {
        tell({ connection: false });
        if (source.readyState === EventSource.CLOSED) open.again = setTimeout(renew, POLL_MS);
    };
    source.addEventListener("live", (event) => {
        lastId = event.lastEventId;
        tell({ ...JSON.parse(event.data), id: lastId });
    });
}

async function renew() {
    const answer = await fetch(location.href).catch(() => null);
    const text = answer?.ok ? await answer.text() : "";
    const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("meta[name=live]");
    if (fresh) page.content = fresh.content;
    tokens.set(tab, page.content);
    open();
}

function tell(message) {
    shared.postMessage(message);
    receive(message);
}

function receive(message) {
    if (message.id) lastId = message.id;
    if (message.connection !== undefined) showConnection(message.connection);
    else if (message.event) take(message);
    else if (message.ask && !leading) shared.postMessage({ join: tab, token: page.content });
    else if (leading && message.join) joinTab(message.join, message.token);
    else if (leading && message.left) tokens.delete(message.left);
}

function joinTab(id, token) {
    if (tokens.get(id) === token) return;
    const heard = [...tokens.values()].includes(token);
    tokens.set(id, token);
    if (!heard) {
        clearTimeout(joinTab.soon);
        joinTab.soon = setTimeout(open, 100);
    }
}

/* Presence */

let writing = { at: 0, state: "viewing" };

function state() {
    if (document.hidden && performance.now() - hiddenAt > AWAY_MS) return "away";
    return performance.now() - writing.at < HEARTBEAT_MS * 2 ? writing.state : "viewing";
}

let hiddenAt = 0;
const beating = new Map();
const later = new Map();

async function beat(channel, now = state()) {
    const line = document.querySelector(`[data-presence="${CSS.escape(channel)}"]`);
    if (!line) return;
    const rest = (beating.get(channel) ?? 0) - performance.now();
    if (rest > 0) {
        clearTimeout(later.get(channel));
        return later.set(channel, setTimeout(() => beat(channel), rest));
    }
    beating.set(channel, performance.now() + REST_MS);
    const body = new URLSearchParams({ t: page.content, channel, state: now });
    const answer = await fetch(page.dataset.presenceUrl, { method: "POST", body }).catch(() => null);
    if (!answer?.ok) return;
    const { here } = await answer.json();
    const people = here.map((person) => {
        const words = document.createElement("span");
        words.dataset.state = person.state;
        words.textContent = (line.dataset[person.state] ?? "").replace("{name}", person.name);
        return words;
    });
    if (people.map((p) => p.textContent).join() !== [...line.children].map((p) => p.textContent).join()) line.replaceChildren(...people);
}

const beatAll = () => document.querySelectorAll("[data-presence]").forEach((line) => beat(line.dataset.presence));

document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-composer]");
    if (!form) return;
    const before = state();
    const kind = new FormData(form).get("kind");
    writing = { at: performance.now(), state: kind === "note" ? "writing_note" : "writing_reply" };
    if (state() === before) return;
    beatAll();
});
document.addEventListener("visibilitychange", () => {
    hiddenAt = performance.now();
    if (!document.hidden) beatAll();
});
window.addEventListener("pagehide", () => {
    shared.postMessage({ left: tab });
    document.querySelectorAll("[data-presence]").forEach((line) =>
        navigator.sendBeacon(page.dataset.presenceUrl, new URLSearchParams({ t: page.content, channel: line.dataset.presence, state: "gone" })),
    );
});

if (page) {
    shared.onmessage = ({ data }) => receive(data);
    tokens.set(tab, page.content);
    shared.postMessage({ join: tab, token: page.content });
    navigator.locks.request("beforehand-live", () => {
        leading = true;
        shared.postMessage({ ask: true });
        open();
        return new Promise(() => {});
    });
    setInterval(() => connected || hear(["*"]), POLL_MS);
    setInterval(beatAll, HEARTBEAT_MS);
    beatAll();
    window.addEventListener("pageshow", (event) => event.persisted && location.reload());
}
