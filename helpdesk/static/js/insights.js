/* The page of now: fetched again every minute while nobody stops it.

   data-now             fetched by the event "refresh"
   data-now-refresh     a button (.) that fetches it at once
   data-now-pause       a button that stops and goes on
   data-now-stale       shown once the numbers are older than three minutes */

const EVERY_MS = 60_000;
const STALE_MS = 180_000;
const LOOK_MS = 5_000;

const board = () => document.querySelector("[data-now]");
const pause = document.querySelector("[data-now-pause]");
const stale = document.querySelector("[data-now-stale]");
let fetchedAt = performance.now();
let askedAt = fetchedAt;

const isPaused = () => pause.getAttribute("aria-pressed") === "true";

function ask() {
    askedAt = performance.now();
    window.htmx?.trigger(board(), "refresh");
}

/* A list is not changed under somebody who chooses in it. */
function isInUse() {
    return board().querySelector("details[open]") !== null;
}

function look() {
    const now = performance.now();
    if (!isPaused() && !isInUse() && now - askedAt >= EVERY_MS) ask();
    stale.hidden = now - fetchedAt < STALE_MS;
}

if (pause && stale && board()) {
    const refresh = document.querySelector("[data-now-refresh]");
    refresh.hidden = false;
    pause.hidden = false;
    refresh.addEventListener("click", ask);
    pause.addEventListener("click", () => {
        pause.setAttribute("aria-pressed", String(!isPaused()));
        look();
    });
    document.addEventListener("htmx:afterSwap", (event) => {
        if (!event.detail.target?.matches("[data-now]")) return;
        fetchedAt = performance.now();
        look();
    });
    setInterval(look, LOOK_MS);
}
