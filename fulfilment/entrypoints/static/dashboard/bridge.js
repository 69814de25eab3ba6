/* Speaks the App Bridge of Saleor's Dashboard, in whose frame this page stands: by its token we know who looks, and with
   that token the content is fetched. docs/architecture/wire.md has the messages. */
"use strict";

const DASHBOARD = document.documentElement.dataset.dashboard;
const IS_WIDGET = document.documentElement.classList.contains("widget");
const PATIENCE = 15_000;

const main = document.querySelector("main");
const content = document.getElementById("content");

let token = "";
let said = 0;

/* --- what the Dashboard is told ------------------------------------------------------------------------------------ */

function tell(type, payload = {}) {
  said += 1;
  window.parent.postMessage({ type, payload: { actionId: `${Date.now()}-${said}`, ...payload } }, DASHBOARD);
}

function tellHeight() {
  if (IS_WIDGET) tell("widgetResize", { height: Math.ceil(document.body.getBoundingClientRect().height) });
}

/* A frame of the Dashboard's may not open what a page of ours asks to stand alone, so it opens links itself. */
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link) return;
  event.preventDefault();
  tell("redirect", { to: link.href, newContext: true });
});

/* --- what the page shows ------------------------------------------------------------------------------------------- */

function say(name) {
  content.replaceChildren(document.getElementById(name).content.cloneNode(true));
  content.querySelector("[data-again]")?.addEventListener("click", show);
  main.removeAttribute("aria-busy");
}

function address() {
  const { source, asks } = content.dataset;
  const about = new URLSearchParams(window.location.search).get(asks);
  return about ? `${source}?${new URLSearchParams({ [asks]: about })}` : source;
}

async function show() {
  const asked = token;
  main.setAttribute("aria-busy", "true");
  let text = "";
  try {
    const answer = await fetch(address(), {
      headers: { Authorization: `Bearer ${asked}` },
      credentials: "omit",
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.ok || answer.status === 401 || answer.status === 403) text = await answer.text();
  } catch {
    text = "";
  }
  if (asked !== token) return;
  if (!text) {
    say("unreachable");
    return;
  }
  content.innerHTML = text;
  main.removeAttribute("aria-busy");
}

function dress(theme) {
  document.documentElement.dataset.theme = theme === "dark" ? "dark" : "light";
}

/* --- what the Dashboard tells -------------------------------------------------------------------------------------- */

let known = false;

function know(given) {
  const isNew = !known || given !== token;
  known = true;
  token = given;
  if (isNew) show();
}

window.addEventListener("message", ({ origin, source, data }) => {
  if (origin !== DASHBOARD || source !== window.parent || !data?.payload) return;
  if (data.type === "handshake" || data.type === "tokenRefresh") know(String(data.payload.token ?? ""));
  if (data.type === "theme") dress(data.payload.theme);
});

dress(new URLSearchParams(window.location.search).get("theme"));
if (window.parent === window) {
  say("alone");
} else {
  new ResizeObserver(tellHeight).observe(document.body);
  window.setTimeout(() => { if (!known) say("silent"); }, PATIENCE);
  tell("notifyReady");
}
