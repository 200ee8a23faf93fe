// The simulator's page, live: when something changed it fetches itself and replaces only what differs, so that nobody's
// typing, focus or scrolling is lost. Without it the page works by forms and the Refresh link.

document.documentElement.classList.add("scripted");
document.querySelector("[data-refresh]").hidden = true;

/* Times in the reader's zone */
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const seconds = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short" });
function localTimes(root) {
  for (const time of root.querySelectorAll("time[data-time]")) {
    const at = new Date(time.dateTime);
    const today = at.toDateString() === new Date().toDateString();
    const kinds = {
      log: () => seconds.format(at),
      clock: () => clock.format(at),
      when: () => `${today ? "Today" : day.format(at)} ${clock.format(at)}`,
    };
    time.textContent = kinds[time.dataset.time]();
  }
}

/* Threads with something new carry a dot until they are looked at */
const seen = new Map();
function markNew(root, first) {
  for (const tab of root.querySelectorAll("[data-thread]")) {
    const last = Number(tab.dataset.last);
    if (first || tab.hasAttribute("aria-current")) seen.set(tab.dataset.thread, last);
    if (last > (seen.get(tab.dataset.thread) ?? 0)) {
      tab.dataset.new = "";
      tab.setAttribute("aria-label", `${tab.textContent}, new text`);
    }
  }
}

/* Which thread each phone shows is the page's address */
const here = () => new URL(location.href);
function choose(thread) {
  const url = here();
  const phone = `${thread.split(".")[0]}.`;
  const others = url.searchParams.getAll("with").filter((with_) => !with_.startsWith(phone));
  url.searchParams.delete("with");
  for (const with_ of [...others, thread]) url.searchParams.append("with", with_);
  history.replaceState(null, "", url);
}

/* Fetch the page and take over what differs */
function patchList(old, fresh) {
  const items = [...fresh.children];
  let same = 0;
  while (same < items.length && old.children[same]?.outerHTML === items[same].outerHTML) same += 1;
  while (old.children.length > same) old.lastElementChild.remove();
  old.append(...items.slice(same));
}

function patchPart(old, fresh) {
  if (old.outerHTML === fresh.outerHTML) return;
  if (old.localName === "ol") return patchList(old, fresh);
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const id = focused?.id;
  const thread = focused?.dataset.thread;
  old.replaceWith(fresh);
  if (id) document.getElementById(id)?.focus({ preventScroll: true });
  if (thread) fresh.querySelector(`[data-thread="${thread}"]`)?.focus({ preventScroll: true });
}

function patchPhones(fresh) {
  for (const column of fresh.querySelectorAll("[data-column]")) {
    const old = document.querySelector(`[data-column="${column.dataset.column}"]`);
    if (!old) {
      document.getElementById("desk").append(column);
      continue;
    }
    const known = new Set([...old.querySelectorAll("[data-phone]")].map((phone) => phone.dataset.phone));
    const coming = [...column.querySelectorAll("[data-phone]")];
    const staying = new Set(coming.map((phone) => phone.dataset.phone));
    for (const phone of old.querySelectorAll("[data-phone]")) if (!staying.has(phone.dataset.phone)) phone.remove();
    const added = coming.filter((phone) => !known.has(phone.dataset.phone));
    old.querySelector(".row-of-phones").append(...added);
    if (coming.length > 0) old.querySelector(".none")?.remove();
  }
}

let busy = false;
let again = false;
async function refresh() {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    localTimes(fresh);
    markNew(fresh, false);
    patchPhones(fresh);
    for (const part of fresh.querySelectorAll("[data-part]")) {
      const old = document.querySelector(`[data-part="${part.dataset.part}"]`);
      if (old) patchPart(old, part);
    }
    for (const input of fresh.querySelectorAll("[data-typing] [name=body]")) {
      const old = document.getElementById(input.id);
      if (old) [old.disabled, old.placeholder] = [input.disabled, input.placeholder];
    }
    for (const part of fresh.querySelectorAll("[data-class]")) {
      const old = document.querySelector(`[data-class="${part.dataset.class}"]`);
      if (old) old.className = part.className;
    }
  } catch {
    // The server is away; the stream tells when it is back.
  } finally {
    busy = false;
    if (again) {
      again = false;
      refresh();
    }
  }
}

/* Forms go in the background and come back as a refresh */
document.addEventListener("submit", async (event) => {
  const form = event.target;
  event.preventDefault();
  const fields = new URLSearchParams(new FormData(form));
  const typing = form.matches("[data-typing]");
  if (typing) form.elements.body.value = "";
  try {
    const answer = await fetch(form.action, { method: "POST", body: fields });
    if (!answer.ok) return form.submit();
    if (form.closest("details")) {
      form.closest("details").open = false;
      form.reset();
    }
    const landed = new URL(answer.url).hash;
    await refresh();
    if (form.action.endsWith("/phones")) document.querySelector(landed || null)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  } catch {
    if (typing && !form.elements.body.value) form.elements.body.value = fields.get("body");
  }
});

document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-switches]");
  if (form) form.requestSubmit();
});

// Whoever types stays in the thread that they type into, whatever arrives elsewhere.
document.addEventListener("input", (event) => {
  const tab = event.target.closest("[data-typing]") && event.target.closest("[data-phone]").querySelector("[data-thread][aria-current]");
  if (tab) choose(tab.dataset.thread);
});

document.addEventListener("click", (event) => {
  const tab = event.target.closest("[data-thread]");
  if (!tab || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  choose(tab.dataset.thread);
  refresh();
});

/* Live, while the page can be seen: a browser gives one site only six connections */
let stream = null;
let revision = null;
let patience = 0;
let asking = 0;
function listen() {
  stream?.close();
  stream = null;
  clearTimeout(patience);
  clearInterval(asking);
  asking = 0;
  if (document.hidden) return;
  stream = new EventSource("/simulator/live");
  // Something on the way holds the stream back: the page asks by itself.
  patience = setTimeout(() => { asking = setInterval(refresh, 5_000); }, 10_000);
  stream.addEventListener("changed", (event) => {
    clearTimeout(patience);
    clearInterval(asking);
    if (event.data !== revision) refresh();
    revision = event.data;
  });
}
document.addEventListener("visibilitychange", listen);

localTimes(document);
markNew(document, true);
listen();
setInterval(() => document.hidden || refresh(), 30_000);
