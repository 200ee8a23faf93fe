// Helps with writing: counts characters and segments as carriers do, sends on Ctrl+Enter, sends once.

const BASIC = '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüàÆæßÉ';
const EXTENDED = '\f^{}\\[~]|€';

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

export function segments(text) {
  const characters = [...text];
  const odd = characters.find((character) => !BASIC.includes(character) && !EXTENDED.includes(character));
  if (odd === undefined) {
    const costs = characters.map((character) => (EXTENDED.includes(character) ? 2 : 1));
    return { characters: characters.length, count: parts(costs, 160, 153) };
  }
  return { characters: characters.length, count: parts(characters.map((character) => character.length), 70, 67), odd };
}

function tell(count, text) {
  const { characters, count: number, odd } = segments(text.replaceAll('\r\n', '\n'));
  count.replaceChildren();
  if (!characters) return;
  const bold = document.createElement('b');
  bold.textContent = number === 1 ? '1 segment' : `${number} segments`;
  count.append(characters === 1 ? '1 character · ' : `${characters} characters · `, bold);
  if (odd) count.append(' · Unicode');
  if (odd && number > 1) {
    const save = document.createElement('span');
    save.className = 'save';
    save.textContent = `because of ${odd}`;
    count.append(document.createElement('br'), save);
  }
}

document.addEventListener('input', ({ target }) => {
  if (target.id === 'body') tell(document.getElementById('count'), target.value);
});
const body = document.getElementById('body');
if (body?.value) tell(document.getElementById('count'), body.value);

document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && event.target.matches('textarea')) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
});

// A second press does not send twice; the server would see to it as well. Coming back to the page frees the form.
document.addEventListener('submit', (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = '1';
});
addEventListener('pageshow', () => {
  for (const form of document.forms) delete form.dataset.sent;
});
