// Tells colleagues that this page is in front and whether its reader types, and shows who else is there.

const page = document.body;
const address = page.dataset.conversation && `/conversations/${page.dataset.conversation}/presence`;
const EVERY = 15_000; // no sign is sent more often, unless it is another one
const SILENT = 10_000; // who has not typed for so long is not typing
const GONE = 41_000; // others who have fallen silent are looked for again

let told = null;
let toldAt = -Infinity;
let typedAt = -Infinity;

function tell(sign) {
  if (sign === told && performance.now() - toldAt < EVERY - 500) return;
  told = sign;
  toldAt = performance.now();
  fetch(address, { method: 'POST', body: new URLSearchParams({ sign }), headers: { 'x-by-itself': '1' }, keepalive: sign === 'left' }).catch(() => {});
}

function beat() {
  if (document.hidden) { if (told && told !== 'left') tell('left'); return; }
  tell(performance.now() - typedAt < SILENT ? 'typing' : 'looking');
}

let again = 0;

function show() {
  if (!document.hidden) document.dispatchEvent(new CustomEvent('wanted', { detail: address }));
}

function wait() {
  clearTimeout(again);
  document.addEventListener('put', wait);
  wait();
}

if (address) {
  setInterval(beat, 5_000);
  beat();
  document.addEventListener('visibilitychange', () => { beat(); show(); });
  addEventListener('pagehide', () => tell('left'));
  addEventListener('pageshow', beat);
  document.addEventListener('input', ({ target }) => {
    if (!target.matches('#body, #note')) return;
    typedAt = performance.now();
    if (told !== 'typing') beat();
  });
  document.addEventListener('presence', ({ detail }) => { if (detail === page.dataset.conversation) show(); });
  if (document.getElementById('presence')?.childElementCount) again = setTimeout(show, GONE);
}
