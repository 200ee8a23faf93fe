// Keys: j and k move through the list, Enter opens, r replies, n notes. None fires while typing, none needs Alt.

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

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  r: () => write('as-reply', 'body'),
  n: () => write('as-note', 'note'),
};

document.addEventListener('keydown', (event) => {
  const typing = event.target.closest('input:not([type=radio]), textarea, select, [contenteditable]');
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !(event.key in KEYS)) return;
  event.preventDefault();
  KEYS[event.key]();
});
