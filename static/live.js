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
    if (element.closest('.row') || 'ends' in element.dataset) continue;
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

// Somebody has typed or chosen something there that is not sent yet.
function isChanged(field) {
  if (field.localName === 'select') return [...field.options].some((option) => option.selected !== option.defaultSelected && option.value);
  return field.value !== field.defaultValue || field.checked !== field.defaultChecked || field.validity.badInput;
}

// Somebody writes there, or has written there.
function inUse(part) {
  return part.contains(document.activeElement?.closest('input, textarea, select'))
    || [...part.querySelectorAll('input, textarea, select')].some(isChanged);
}

// What somebody has typed moves into the part that comes in the place of the old one, as what they have opened does.
function keep(old, part) {
  for (const field of old.querySelectorAll('input[id], textarea[id], select[id]')) {
    const other = part.querySelector(`#${CSS.escape(field.id)}`);
    if (!other || (field !== document.activeElement && !isChanged(field))) continue;
    if (field.localName !== 'select') other.replaceWith(field);
    else if ([...other.options].some((option) => option.value === field.value)) other.value = field.value;
  }
}

let late = false; // something new waits until a field is left

addEventListener('focusout', () => {
  if (!late) return;
  late = false;
  setTimeout(() => heard({ kind: 'all' }));
});

function put(html) {
  const fresh = new DOMParser().parseFromString(html, 'text/html');
  for (const part of fresh.querySelectorAll('[data-part]')) {
    const old = document.getElementById(part.id);
    if (!old || part.parentElement?.closest('[data-part]')) continue;
    // What is shown once only stays; so does what somebody is typing into, unless it may not be used any more.
    if (old.hasAttribute('data-stay') || ('state' in part.dataset && part.dataset.state === old.dataset.state)) continue;
    if (old.closest('#details') && inUse(old)) continue;
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    // A date that is typed by halves would not survive the move.
    if (focused?.matches('[type="datetime-local"]')) { late = true; continue; }
    // So does a list of which somebody is choosing.
    if (old.querySelector('input[type=checkbox]:checked')) continue;
    localTimes(part);
    for (const { id, open } of old.querySelectorAll('details[id]')) part.querySelector(`#${CSS.escape(id)}`)?.toggleAttribute('open', open);
    if (part.outerHTML === old.outerHTML) continue;
    keep(old, part);
    const scrolled = old.scrollTop;
    old.replaceWith(part);
    part.scrollTop = scrolled;
    if (focused) again(part, focused)?.focus({ preventScroll: true });
  }
  document.dispatchEvent(new Event('put'));
}

// What in `part` is what had the focus: by its id, where it leads, what it opens, or what its form does.
function again(part, focused) {
  if (focused.id) return document.getElementById(focused.id);
  const leads = (element) => ['href', 'formaction', 'name', 'value', 'tabindex', 'aria-label', 'aria-labelledby'].map((name) => element.getAttribute(name)).join(' ')
    + (element.form?.getAttribute('action') ?? '') + (element.parentElement.id || '');
  const place = leads(focused);
  return [...part.querySelectorAll(focused.localName)].find((element) => leads(element) === place);
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
// Nobody looks at a hidden page: only its title and its bell tell something, and they go by the views.
const refreshList = seldom(() => fetchPart((!document.hidden && page.dataset.list) || page.dataset.views));
const refreshThread = seldom(() => fetchPart(`/conversations/${conversation}/thread${location.search}`));

function heard(change) {
  // Who looks and who types changes nothing else on any page.
  if (change.kind === 'presence') return document.dispatchEvent(new CustomEvent('presence', { detail: change.conversation }));
  refreshList();
  // That it has been read shows in lists; in the thread the line before what is new stays while somebody reads.
  if (change.kind === 'reading') return;
  const together = document.getElementById('timeline')?.dataset.of?.split(' ') ?? [conversation];
  if (conversation && !document.hidden && (change.kind === 'all' || together.includes(change.conversation))) refreshThread();
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
if (page.dataset.every) setInterval(() => { if (!document.hidden) refreshList(); }, page.dataset.every * 1000);
// Other scripts ask for a part that they show.
document.addEventListener('wanted', ({ detail }) => fetchPart(detail).catch(() => {}));

/* The stream */

const OPENS = 10_000; // a stream that has said nothing for so many milliseconds is held back somewhere on the way
const ASKS = 10_000; // then the page asks by itself, so often

const STOPPED = 'Live updates stopped. The page may be old.';
const LATE = `Live updates do not get through. The page asks for news every ${ASKS / 1000} seconds.`;

function stop(words = STOPPED) {
  const banner = document.getElementById('stopped');
  if (!banner) return;
  banner.querySelector('p').textContent = words;
  banner.hidden = false;
}

function goOn() {
  document.getElementById('stopped')?.setAttribute('hidden', '');
}

let cursor = page.dataset.cursor;
let patience = 0;
let asking = 0;
let wrong = '';

// From now on a stream has so long to speak, however often it is begun anew. Then the page says what is wrong and asks in its
// place, for the other tabs as well; they are told each time, because one may have been opened since.
function hopeFor(words) {
  wrong = words;
  const tell = () => {
    stop(wrong);
    heard({ kind: 'all' });
    channel?.postMessage({ kind: 'all', stopped: wrong });
  };
  patience ||= setTimeout(() => {
    tell();
    asking ||= setInterval(tell, ASKS);
  }, OPENS);
}

function listen() {
  return new Promise((ended) => {
    const stream = new EventSource(`/live?after=${encodeURIComponent(cursor)}`);
    if (!wrong) hopeFor(LATE);
    // Its first words, not its head: a proxy may pass the head on and keep the rest.
    stream.addEventListener('listening', () => {
      clearTimeout(patience);
      clearInterval(asking);
      patience = asking = 0;
      wrong = '';
      goOn();
      channel?.postMessage({ back: true });
    });
    stream.addEventListener('change', (event) => {
      cursor = event.lastEventId;
      const change = JSON.parse(event.data);
      heard(change);
      channel?.postMessage(change);
    });
    stream.addEventListener('error', () => {
      hopeFor(STOPPED);
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
channel?.addEventListener('message', ({ data }) => {
  if (data.back) return goOn();
  if (data.stopped) stop(data.stopped);
  heard(data);
});
if (navigator.locks) navigator.locks.request('switchboard-live', lead);
else lead();
// A tab that was frozen, or came back from history, may have missed what the others heard.
addEventListener('pageshow', (event) => { if (event.persisted) heard({ kind: 'all' }); });
document.addEventListener('visibilitychange', () => { if (!document.hidden) heard({ kind: 'all' }); });
// Times in the list are relative, and a wait passes its target without anybody doing anything.
setInterval(() => { if (!document.hidden && document.querySelector('.row')) refreshList(); }, 60_000);
