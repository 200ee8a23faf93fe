// Offers words while one types: a stroke at the start of a word opens the canned replies, an @ in a note the colleagues.
// The list is worked by arrows, Enter or Tab, and Escape; typing on narrows it.

const KINDS = [
  { field: 'body', sign: '/', all: () => [...document.querySelectorAll('[data-offer]')].map((button) => {
    const [name, text] = [button.querySelector('b').textContent, button.querySelector('span').textContent];
    return { name: name.slice(1), shown: name, more: text, text };
  }) },
  { field: 'note', sign: '@', all: () => [...document.querySelectorAll('#people li')].map((person) => {
    const name = person.textContent;
    return { name, shown: name, more: '', text: `@${name} ` };
  }) },
];

let open = null;

function close() {
  open?.list.remove();
  open?.field.removeAttribute('aria-activedescendant');
  open?.field.removeAttribute('aria-controls');
  open = null;
}

/** The word before the caret, if it begins with the sign and a new word. */
function word(field, sign) {
  if (field.selectionStart !== field.selectionEnd) return null;
  const before = field.value.slice(0, field.selectionStart);
  const at = before.lastIndexOf(sign);
  if (at < 0 || (at > 0 && !/\s|[([]/.test(before[at - 1]))) return null;
  const query = before.slice(at + 1);
  return /\n/.test(query) || query.length > 40 ? null : { at, query: query.toLowerCase() };
}

function fits(offer, query) {
  if (offer.name.toLowerCase().startsWith(query)) return 0;
  if (offer.name.toLowerCase().split(/[\s_-]/).some((part) => part.startsWith(query))) return 1;
  return query.length > 2 && !query.includes(' ') && offer.more.toLowerCase().includes(query) ? 2 : null;
}

function offer(field, kind) {
  const found = word(field, kind.sign);
  const ranked = found ? kind.all().map((one) => [fits(one, found.query), one]).filter(([rank]) => rank !== null) : [];
  const offers = ranked.sort(([one], [other]) => one - other).slice(0, 8).map(([, one]) => one);
  if (!offers.length) return close();
  close();
  const list = document.createElement('ul');
  list.className = 'choices';
  list.id = 'choices';
  list.role = 'listbox';
  list.ariaLabel = kind.sign === '/' ? 'Canned replies' : 'Colleagues';
  open = { field, list, offers, at: found.at, index: 0 };
  offers.forEach((one, index) => {
    const item = document.createElement('li');
    item.id = `choice-${index}`;
    item.role = 'option';
    const [name, more] = [document.createElement('b'), document.createElement('span')];
    name.textContent = one.shown;
    more.textContent = one.more;
    item.append(name, more);
    item.addEventListener('mousedown', (event) => { event.preventDefault(); take(index); });
    list.append(item);
  });
  field.before(list);
  field.setAttribute('aria-controls', 'choices');
  mark(0);
}

function mark(index) {
  const items = [...open.list.children];
  open.index = (index + items.length) % items.length;
  items.forEach((item, place) => item.setAttribute('aria-selected', String(place === open.index)));
  items[open.index].scrollIntoView({ block: 'nearest' });
  open.field.setAttribute('aria-activedescendant', items[open.index].id);
}

function put(field, from, to, text) {
  field.focus();
  field.setRangeText(text, from, to, 'end');
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

function take(index) {
  const { field, at, offers } = open;
  const chosen = offers[index];
  close();
  put(field, at, field.selectionStart, chosen.text);
  close();
}

document.addEventListener('input', ({ target }) => {
  const kind = KINDS.find(({ field }) => field === target.id);
  if (kind) offer(target, kind);
});

document.addEventListener('keydown', (event) => {
  if (!open || event.target !== open.field || event.ctrlKey || event.metaKey || event.isComposing) return;
  const keys = {
    ArrowDown: () => mark(open.index + 1),
    ArrowUp: () => mark(open.index - 1),
    Enter: () => take(open.index),
    Tab: () => take(open.index),
    Escape: close,
  };
  if (!(event.key in keys)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  keys[event.key]();
}, true);

document.addEventListener('focusout', ({ target }) => { if (target === open?.field) close(); });

// By mouse or keyboard from the menu: put in where the caret is, without leaving the page.
document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-offer]');
  if (!button) return;
  event.preventDefault();
  const field = document.getElementById('body');
  button.closest('details').open = false;
  put(field, field.selectionStart, field.selectionEnd, button.querySelector('span').textContent);
  close();
});
