// Keys, the sheet that shows them, and the palette. Everything is done by the links and forms of the page, so nothing is
// possible here that is not possible without. None fires while typing, none needs Alt.
//
// It is no module: a module runs when the whole page is there, and what is pressed before that would be lost.

(() => {
'use strict';

const one = (selector) => document.querySelector(selector);
const rows = () => [...document.querySelectorAll('#list .row a')];

function move(step) {
  const all = rows();
  const here = all.indexOf(document.activeElement);
  const from = here >= 0 ? here : all.findIndex((row) => row.hasAttribute('aria-current'));
  const next = all[Math.min(Math.max(from + step, 0), all.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

function write(tab, field) {
  const choice = document.getElementById(tab);
  if (!choice) return;
  choice.checked = true;
  document.getElementById(field)?.focus();
}

/** The button of a form of the open conversation, by where the form goes. */
const button = (verb) => one(`#thread-acts form[action*="/${verb}"] button, #thread form[action*="/${verb}"] button, #details form[action*="/${verb}"] button`);
const press = (verb) => button(verb)?.click();

function snooze() {
  const menu = document.getElementById('later');
  if (!menu) return press('waking');
  menu.open = true;
  menu.querySelector('button')?.focus();
}

function assign() {
  const to = one('#details [name="to"]');
  if (!to) return;
  if (!to.getClientRects().length) location.hash = 'details';
  to.closest('details')?.setAttribute('open', '');
  to.focus();
}

function find() {
  const field = document.getElementById('q');
  if (!field) return openPalette();
  if (!field.getClientRects().length) location.hash = 'list';
  field.focus();
  field.select();
}

const go = (view) => one(`[data-go="${view}"]`)?.click();

/* The sheet */

function openSheet() {
  document.getElementById('keys')?.showModal();
}

/* The palette */

let found = [];
let chosen = 0;
let asked = 0;

/** What can be done on this page: its views, and what the open conversation allows. */
function deeds() {
  const name = (element) => element.textContent.replace(/\s+/g, ' ').trim();
  const acts = [...document.querySelectorAll('#thread-acts button')]
    .filter((act) => name(act) && !act.form?.querySelector('input[required]'))
    .map((act) => ({ name: name(act), hint: act.closest('#later') ? 'Snooze' : 'This conversation', run: () => act.click() }));
  if (one('#as-reply')) acts.push({ name: 'Write a reply', hint: 'r', run: KEYS.r }, { name: 'Write a note', hint: 'n', run: KEYS.n });
  if (one('#details [name="to"]')) acts.push({ name: 'Assign to somebody', hint: 'a', run: assign });
  const views = [...document.querySelectorAll('#views .views a')].map((link) => {
    const count = link.querySelector('.n')?.textContent ?? '';
    return { name: name(link).slice(0, count ? -count.length : undefined).trim(), hint: count, href: link.href };
  });
  return [...acts, ...views, { name: 'New conversation', hint: '', href: '/conversations/new' }, { name: 'Keyboard shortcuts', hint: '?', run: openSheet }];
}

function show() {
  const list = document.getElementById('palette-found');
  chosen = Math.min(chosen, Math.max(found.length - 1, 0));
  list.replaceChildren(...found.map((item, index) => {
    const option = document.createElement('li');
    option.id = `palette-${index}`;
    option.setAttribute('role', 'option');
    option.setAttribute('aria-selected', String(index === chosen));
    const hint = document.createElement('small');
    const name = document.createElement('bdi');
    name.textContent = item.name;
    hint.textContent = item.hint;
    option.append(name, hint);
    option.addEventListener('click', () => choose(index));
    return option;
  }));
  const words = document.getElementById('palette-words');
  if (found.length) words.setAttribute('aria-activedescendant', `palette-${chosen}`);
  else words.removeAttribute('aria-activedescendant');
  list.children[chosen]?.scrollIntoView({ block: 'nearest' });
  document.getElementById('palette-count').textContent = found.length ? '' : 'Nothing like that.';
}

function choose(index) {
  const item = found[index];
  document.getElementById('palette').close();
  if (!item) return;
  if (item.run) item.run();
  else location.assign(item.href);
}

async function look() {
  const words = document.getElementById('palette-words').value.trim();
  const turn = ++asked;
  const near = words.toLowerCase();
  const own = deeds().filter((item) => item.name.toLowerCase().includes(near));
  found = own;
  chosen = 0;
  show();
  if (!words) return;
  await new Promise((rested) => setTimeout(rested, 150));
  if (turn !== asked) return;
  const answer = await fetch(`/palette?q=${encodeURIComponent(words)}`, { headers: { 'x-by-itself': '1' } }).catch(() => null);
  if (!answer?.ok || turn !== asked) return;
  found = [...own, ...await answer.json()];
  show();
}

function openPalette() {
  const palette = document.getElementById('palette');
  if (!palette || palette.open) return;
  document.getElementById('keys')?.close();
  palette.showModal();
  const words = document.getElementById('palette-words');
  words.value = '';
  look();
}

document.addEventListener('input', ({ target }) => { if (target.id === 'palette-words') look(); });
document.addEventListener('keydown', (event) => {
  if (event.target.id !== 'palette-words') return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && found.length) {
    event.preventDefault();
    chosen = (chosen + step + found.length) % found.length;
    show();
  } else if (event.key === 'Enter' && !event.isComposing) {
    event.preventDefault();
    choose(chosen);
  } else if (event.key === 'Escape' && !event.isComposing) {
    // A search field would only empty itself.
    event.preventDefault();
    document.getElementById('palette').close();
  }
});
document.addEventListener('click', ({ target }) => {
  if (target.matches('dialog.palette, dialog.sheet-of-keys')) target.close();
  else if (target.closest('[data-opens]')) openSheet();
});

/* Keys */

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  r: () => write('as-reply', 'body'),
  n: () => write('as-note', 'note'),
  e: () => press('closure'),
  s: snooze,
  a: assign,
  c: () => one('#thread-acts form[action*="/pin"] button')?.click(),
  '/': find,
  '?': openSheet,
};
const GO = { i: 'mine', u: 'unassigned', a: 'all' };
let going = 0;

/* What is pressed while the page is still arriving is done when it is there; after a key that opens a field, it is typed */

const TYPING = 'input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]';
let early = [];

function act(event, deed) {
  event.preventDefault();
  if (document.readyState === 'loading') early.push([event.key, deed]);
  else deed();
}

document.addEventListener('readystatechange', () => {
  if (document.readyState !== 'interactive') return;
  for (const opener of document.querySelectorAll('[data-opens]')) opener.hidden = false;
  for (const [key, deed] of early) {
    const field = document.activeElement;
    if (!field?.matches('textarea, input')) deed?.();
    else if (key.length === 1) {
      field.setRangeText(key, field.selectionStart, field.selectionEnd, 'end');
      field.dispatchEvent(new Event('input', { bubbles: true }));
    }
  }
  early = [];
});

document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented) return;
  if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
    return act(event, openPalette);
  }
  const menu = event.key === 'Escape' && !event.isComposing && one('details.menu[open]');
  if (menu) {
    menu.open = false;
    return menu.querySelector('summary').focus();
  }
  const typing = event.target.closest?.(TYPING);
  if (typing && event.key === 'Escape' && !event.isComposing && !typing.closest('dialog')) return typing.blur();
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || one('dialog[open]')) return;
  const after = Date.now() - going < 1500;
  going = event.key === 'g' && !after ? Date.now() : 0;
  if (after && event.key in GO) act(event, () => go(GO[event.key]));
  else if (event.key in KEYS) act(event, KEYS[event.key]);
  else if (early.length && event.key === 'Enter') act(event, () => document.activeElement.click());
  else if (early.length && event.key.length === 1) act(event, null);
});

// A menu is put away by a press elsewhere.
document.addEventListener('click', ({ target }) => {
  for (const menu of document.querySelectorAll('details.menu[open]')) if (!menu.contains(target)) menu.open = false;
});

// A choice of order is taken at once; without script the filter's button takes it.
document.addEventListener('change', ({ target }) => {
  if ('sends' in target.dataset) target.form?.requestSubmit();
});
})();
