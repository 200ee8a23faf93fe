// Keeps an open page true: listens for announcements, fetches again what they concern, with the reader's own rights.
// One stream per browser, however many tabs: whoever holds the lock listens and tells the others.

const page = document.body;
const channel = 'BroadcastChannel' in window ? new BroadcastChannel('switchboard') : null;
const GAP = 1000; // no part is fetched more often than once in so many milliseconds

/* Times: pages give UTC, readers get their own */

const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const date = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });

function localTimes(root) {
  for (const element of root.querySelectorAll('time[datetime]:not([data-local])')) {
    const at = new Date(element.dateTime);
    element.title = at.toLocaleString();
    element.dataset.local = '';
    if (element.closest('.row')) continue;
    if ('date' in element.dataset) element.textContent = date.format(at);
    else if ('full' in element.dataset || element.closest('.trouble')) element.textContent = `${date.format(at)}, ${time.format(at)}`;
    else if (!element.closest('.day')) element.textContent = time.format(at);
  }
  localDays(root);
}

// Days begin at the reader's midnight, so the lines between them are drawn anew.
function localDays(root) {
  const timeline = root.id === 'timeline' ? root : root.querySelector('#timeline');
  if (!timeline) return;
  for (const old of timeline.querySelectorAll('[data-day]')) old.remove();
  let last = '';
  for (const item of timeline.querySelectorAll('[data-at]')) {
    const at = new Date(item.dataset.at);
    if (at.toDateString() === last) continue;
    last = at.toDateString();
    const line = document.createElement('li');
    line.className = 'day';
    line.dataset.day = '';
    line.textContent = last === new Date().toDateString() ? `Today, ${day.format(at)}` : day.format(at);
    item.before(line);
  }
}

/* Parts: what comes again takes the place of what has the same id */

// Somebody writes there, has written there, or reads what is shown once only.
function inUse(part) {
  if (part.hasAttribute('data-stay') || part.contains(document.activeElement?.closest('input, textarea, select'))) return true;
  return [...part.querySelectorAll('input, textarea')].some((field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked)
    || [...part.querySelectorAll('option')].some((option) => option.selected !== option.defaultSelected && option.value);
}

function put(html) {
  const fresh = new DOMParser().parseFromString(html, 'text/html');
  for (const part of fresh.querySelectorAll('[data-part]')) {
    const old = document.getElementById(part.id);
    if (!old || part.parentElement?.closest('[data-part]')) continue;
    // What somebody is typing into stays, unless it may not be used any more.
    if ('state' in part.dataset && part.dataset.state === old.dataset.state) continue;
    if (old.closest('#details') && inUse(old)) continue;
    // So does a list of which somebody is choosing.
    if (old.querySelector('input[type=checkbox]:checked')) continue;
    localTimes(part);
    if (part.outerHTML === old.outerHTML) continue;
    const open = [...old.querySelectorAll('details[open][id]')].map((details) => details.id);
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    const scrolled = old.scrollTop;
    old.replaceWith(part);
    part.scrollTop = scrolled;
    for (const id of open) document.getElementById(id)?.setAttribute('open', '');
    if (focused) again(part, focused)?.focus({ preventScroll: true });
  }
  document.dispatchEvent(new Event('put'));
}

function again(part, focused) {
  if (focused.id) return document.getElementById(focused.id);
  const href = focused.getAttribute('href');
  return href && [...part.querySelectorAll('a')].find((link) => link.getAttribute('href') === href);
}

async function fetchPart(address) {
  const answer = await fetch(address, { headers: { 'x-by-itself': '1' }, redirect: 'manual' });
  if (answer.status === 401) return stop();
  if (answer.status === 404) return location.assign('/conversations');
  if (answer.ok) put(await answer.text());
}

// Runs `work` at once, then at most once a GAP, the last call always being heeded. A run begins when the one before
// has ended: two answers under way could arrive in the wrong order and leave the page as it was. What failed is
// tried again.
function seldom(work) {
  let asked = false;
  let busy = false;
  async function run() {
    busy = true;
    while (asked) {
      asked = false;
      const done = await work().then(() => true, () => false);
      await new Promise((rested) => setTimeout(rested, done ? GAP : 5 * GAP));
      asked ||= !done;
    }
    busy = false;
  }
  return () => {
    asked = true;
    if (!busy) run();
  };
}

const conversation = page.dataset.conversation;
const refreshList = seldom(() => fetchPart(page.dataset.list));
const refreshThread = seldom(() => fetchPart(`/conversations/${conversation}/thread${location.search}`));

function heard(change) {
  // Who looks and who types changes nothing else on any page.
  if (change.kind === 'presence') return document.dispatchEvent(new CustomEvent('presence', { detail: change.conversation }));
  refreshList();
  // That it has been read shows in lists; in the thread the line before what is new stays while somebody reads.
  if (change.kind === 'reading') return;
  const together = document.getElementById('timeline')?.dataset.of?.split(' ') ?? [conversation];
  if (conversation && (change.kind === 'all' || together.includes(change.conversation))) refreshThread();
}

/* What has been read */

let noted = '';

// Somebody has read the thread when it is in front of them, up to where the page shows it.
async function note() {
  const last = document.getElementById('marks')?.dataset.unread;
  const thread = document.getElementById('thread');
  if (!last || last === noted || document.hidden || !document.hasFocus() || !thread.getClientRects().length) return;
  noted = last;
  const body = new URLSearchParams({ last });
  const headers = { 'x-by-itself': '1' };
  await fetch(`/conversations/${conversation}/reading`, { method: 'POST', body, headers, redirect: 'manual' })
    .catch(() => { noted = ''; });
}

if (conversation) {
  document.addEventListener('put', note);
  for (const event of ['focus', 'hashchange']) addEventListener(event, note);
  note();
}
// Where ages are shown, time alone changes the page.
if (page.dataset.every) setInterval(refreshList, page.dataset.every * 1000);

/* The stream */

function stop() {
  document.getElementById('stopped')?.removeAttribute('hidden');
}

let cursor = page.dataset.cursor;

function listen() {
  return new Promise((ended) => {
    let patience = 0;
    const stream = new EventSource(`/live?after=${encodeURIComponent(cursor)}`);
    stream.addEventListener('open', () => {
      clearTimeout(patience);
      patience = 0;
      document.getElementById('stopped')?.setAttribute('hidden', '');
    });
    stream.addEventListener('change', (event) => {
      cursor = event.lastEventId;
      const change = JSON.parse(event.data);
      heard(change);
      channel?.postMessage(change);
    });
    stream.addEventListener('error', () => {
      patience ||= setTimeout(() => { stop(); channel?.postMessage({ stopped: true }); }, 10_000);
      if (stream.readyState !== EventSource.CLOSED) return;
      // It was answered with a page: whether the reader is still signed in, the list tells.
      refreshList();
      setTimeout(ended, 5_000);
    });
  });
}

async function lead() {
  for (;;) await listen();
}

localTimes(document);
channel?.addEventListener('message', ({ data }) => (data.stopped ? stop() : heard(data)));
if (navigator.locks) navigator.locks.request('switchboard-live', lead);
else lead();
// A tab that was frozen, or came back from history, may have missed what the others heard.
addEventListener('pageshow', (event) => { if (event.persisted) heard({ kind: 'all' }); });
document.addEventListener('visibilitychange', () => { if (!document.hidden) heard({ kind: 'all' }); });
// Times in the list are relative, and a wait passes its target without anybody doing anything.
setInterval(() => { if (!document.hidden && document.querySelector('.row')) refreshList(); }, 60_000);
