// Helps with writing: counts characters and segments as carriers do, keeps drafts, sends on Ctrl+Enter, sends once.

const BASIC = '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const EXTENDED = '\f^{}\\[~]|€';
// What carriers put in place of characters that would double the price, where nothing is lost by it.
const PLAIN = new Map([
  ...[...'“”„‟«»'].map((one) => [one, '"']), ...[...'‘’‛´`ʼ'].map((one) => [one, "'"]), ...[...'–—―‐•'].map((one) => [one, '-']),
  ['…', '...'], ['¼', '1/4'], ['½', '1/2'], ['¾', '3/4'], ['\u00a0', ' '], ['\u202f', ' '], ['\u2009', ' '], ['\t', ' '], ['\u200b', ''], ['\ufeff', ''],
]);

// Whole characters are never split over two parts: an escape pair in GSM-7, a surrogate pair in UCS-2.
function parts(costs, alone, each) {
  const total = costs.reduce((sum, cost) => sum + cost, 0);
  if (total <= alone) return costs.length ? 1 : 0;
  let count = 1;
  let room = each;
  for (const cost of costs) {
    if (cost > room) { count += 1; room = each; }
    room -= cost;
  }
  return count;
}

function segments(text) {
  const characters = [...text];
  const odd = [...new Set(characters.filter((character) => !BASIC.includes(character) && !EXTENDED.includes(character)))];
  const costs = odd.length
    ? characters.map((character) => character.length)
    : characters.map((character) => (EXTENDED.includes(character) ? 2 : 1));
  return { characters: characters.length, count: odd.length ? parts(costs, 70, 67) : parts(costs, 160, 153), odd };
}

const plain = (text) => [...text].map((character) => PLAIN.get(character) ?? character).join('');
const several = (count, word) => `${count} ${word}${count === 1 ? '' : 's'}`;

function make(name, text, rest = {}) {
  return Object.assign(document.createElement(name), { textContent: text, ...rest });
}

// How long `text` is: what one request takes is counted here, what is longer where it is cut into several.
async function measure(text) {
  const { characters, count, odd } = segments(text);
  if (text.length <= Number(document.getElementById('count').dataset.most)) return { characters, segments: count, parts: 1, odd };
  const answer = await fetch('/count', { method: 'POST', body: new URLSearchParams({ body: text }), redirect: 'manual' });
  if (!answer.ok) throw new Error(answer.status);
  return { ...await answer.json(), odd };
}

let telling = 0;

async function tell(field) {
  const count = document.getElementById('count');
  const text = field.value.replaceAll('\r\n', '\n');
  const turn = ++telling;
  const long = text.length > Number(count.dataset.most);
  if (long) {
    count.replaceChildren(`${several([...text].length, 'character')} · counting`);
    // Not for every key.
    await new Promise((done) => { setTimeout(done, 200); });
    if (turn !== telling) return;
  }
  try {
    const told = await measure(text);
    const without = told.odd.some((one) => PLAIN.has(one)) ? (await measure(plain(text))).segments : told.segments;
    if (turn === telling) show(field, count, told, told.segments - without);
  } catch {
    // The server cannot be asked: what is not known is not told.
    if (turn === telling) count.replaceChildren(several([...text].length, 'character'));
  }
}

function show(field, count, { characters, segments: number, parts: texts, odd }, saved) {
  count.replaceChildren();
  if (!characters) return;
  count.append(`${several(characters, 'character')} · `, make('b', several(number, 'segment')));
  if (texts > 1) count.append(` in ${texts} texts`);
  if (!odd.length) return;
  count.append(' · Unicode');
  if (saved > 0) {
    const few = odd.filter((one) => PLAIN.has(one)).slice(0, 3).map((one) => (one.trim() ? one : 'a special blank')).join(' ');
    const use = make('button', 'Use plain ones', { type: 'button', className: 'link' });
    use.addEventListener('click', () => { replace(field, plain(field.value)); field.focus(); });
    const save = make('span', `${few} cost${saved === 1 ? 's' : ''} ${several(saved, 'segment')} more. `, { className: 'save' });
    save.append(use);
    count.append(document.createElement('br'), save);
  } else if (number > 1) {
    count.append(document.createElement('br'), make('span', `because of ${odd.slice(0, 3).join(' ')}`, { className: 'save' }));
  }
}

function replace(field, text) {
  field.value = text;
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

/* Drafts: kept after a pause, and when the page is left; the server keeps none of what was sent */

const PAUSE = 1200;
const dirty = new Map();

function save(form, leaving = false) {
  clearTimeout(dirty.get(form));
  dirty.delete(form);
  // Another composer may have taken the place of the one in which it was begun, and what was typed with it.
  const field = form.querySelector('textarea') ?? document.querySelector(`form[data-which="${form.dataset.which}"] textarea`);
  if (!field) return Promise.resolve();
  const body = new URLSearchParams({ which: form.dataset.which, body: field.value, form_key: form.elements.form_key.value });
  // What a browser sends while it leaves a page is small.
  return fetch(form.dataset.draft, { method: 'POST', body, redirect: 'manual', keepalive: leaving && body.toString().length < 50_000 })
    .catch(() => dirty.set(form, 0));
}

const saveAll = (leaving) => Promise.all([...dirty.keys()].map((form) => save(form, leaving)));

document.addEventListener('input', ({ target }) => {
  if (target.id === 'body') tell(target);
  const form = target.matches('textarea') && target.closest('form[data-draft]');
  if (!form) return;
  clearTimeout(dirty.get(form));
  dirty.set(form, setTimeout(() => save(form), PAUSE));
});
addEventListener('pagehide', () => saveAll(true));
document.addEventListener('visibilitychange', () => { if (document.hidden) saveAll(true); });

/* What the writer has seen: what stood there before they began to write, or has stood in front for a while */

const LOOK = 3000;
let looked = 0;
let empty = !document.getElementById('body')?.value;

function see() {
  const seen = document.querySelector('input[name="seen"]');
  const newest = document.getElementById('timeline')?.dataset.newest;
  if (!document.hidden && seen && newest && !location.search.includes('before=')) seen.value = newest;
}

function look() {
  clearTimeout(looked);
  looked = setTimeout(see, LOOK);
}

document.addEventListener('input', ({ target }) => {
  if (target.id !== 'body') return;
  if (empty) see();
  empty = !target.value;
});
document.addEventListener('focusin', ({ target }) => { if (target.id === 'body' && empty) see(); });

/* What came while the page is open stays marked as new, although it counts as read */

const unread = document.getElementById('timeline')?.dataset.unread;

function markNew(timeline) {
  if (!unread || timeline.querySelector('.new')) return;
  const later = [...timeline.querySelectorAll('.msg.in[id^="m"]')].filter((item) => BigInt(item.id.slice(1)) >= BigInt(unread));
  later[0]?.before(make('li', `${later.length} new`, { className: 'new', id: 'unread' }));
}

/* Replies that leave in a moment, and pairs that end: as web/stamp.rs says it */

function left(seconds) {
  const [minutes, hours, days] = [60, 3600, 86_400].map((unit) => Math.floor(seconds / unit));
  if (seconds <= 0) return 'over';
  if (!minutes) return `in ${seconds} s`;
  if (!hours) return `in ${minutes} min`;
  return days ? `in ${days} d ${hours % 24} h` : `in ${hours} h ${minutes % 60} min`;
}

function countDown() {
  if (document.hidden) return;
  for (const time of document.querySelectorAll('time[data-ends]')) {
    const text = left(Math.floor((new Date(time.dateTime) - Date.now()) / 1000));
    if (time.textContent !== text) time.textContent = text;
  }
  for (const time of document.querySelectorAll('time[data-leaves]')) {
    const seconds = Math.max(0, Math.ceil((new Date(time.dateTime) - Date.now()) / 1000));
    const text = seconds ? `in ${seconds} s` : 'now';
    if (time.textContent !== text) time.textContent = text;
  }
}

const thread = document.getElementById('thread');
if (thread) {
  new MutationObserver(() => {
    const timeline = document.getElementById('timeline');
    if (timeline) markNew(timeline);
    look();
    countDown();
  }).observe(thread, { childList: true });
  const log = thread.querySelector('[role="log"]');
  if (log) new MutationObserver(() => { markNew(document.getElementById('timeline')); look(); countDown(); }).observe(log, { childList: true });
  setInterval(countDown, 250);
  countDown();
}
const jump = document.querySelector('#jump a');
if (jump && 'IntersectionObserver' in window) {
  const first = document.getElementById('unread');
  if (first) new IntersectionObserver(([seen]) => { jump.hidden = seen.isIntersecting; }).observe(first);
}

for (const zone of document.querySelectorAll('[data-zone]')) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? '';

/* Sending */

document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && event.target.matches('textarea')) {
    event.preventDefault();
    event.target.form.requestSubmit();
  } else if (event.key === 'Enter' && event.target.matches('input[type="datetime-local"]')) {
    event.preventDefault();
    event.target.form.requestSubmit(event.target.closest('.sheet').querySelector('button[value="at"]'));
  }
});

// A second press does not send twice; the server would see to it as well. Coming back to the page frees the form.
document.addEventListener('submit', async (event) => {
  const form = event.target;
  if (form.method !== 'post') return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  for (const zone of form.querySelectorAll('[data-zone]')) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? '';
  form.dataset.sent = '1';
  clearTimeout(dirty.get(form));
  dirty.delete(form);
  // What is being written elsewhere on the page is kept first: a text that is taken back is put before it.
  if (dirty.size) {
    event.preventDefault();
    const { submitter } = event;
    await saveAll(true);
    dirty.clear();
    delete form.dataset.sent;
    form.requestSubmit(submitter);
  }
});
addEventListener('pageshow', () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// Counted when the page has come, and when another composer took the place of the one before.
let counted = null;
function tellAnew() {
  const body = document.getElementById('body');
  if (body && body.form !== counted && body.value) tell(body);
  counted = body?.form;
}
document.addEventListener('put', tellAnew);
tellAnew();
