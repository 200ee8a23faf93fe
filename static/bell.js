// Tells what is unread where it is seen from elsewhere: in the title and icon of the tab, and, for those who chose it, by
// a notification and a sound. Nothing rings while a page of ours is in front.

const icon = document.querySelector('link[rel=icon]');
const plain = icon?.getAttribute('href');
const kept = (name) => localStorage.getItem(`switchboard.${name}`);
const keep = (name, value) => localStorage.setItem(`switchboard.${name}`, value);

/* Which page is in front, and which of several rings */

let rings = !navigator.locks;
navigator.locks?.request('switchboard-bell', () => {
  rings = true;
  return new Promise(() => {});
});
const front = () => !document.hidden && document.hasFocus();
const isFront = () => front() || Date.now() - Number(kept('front')) < 2500;
setInterval(() => { if (front()) keep('front', String(Date.now())); }, 1000);

/* Title and icon */

let before = null;
let heard = 0n; // the newest text that has rung, or stood there from the start

function tell() {
  const views = document.getElementById('views-body');
  const unread = Number(views?.dataset.count);
  if (!views || Number.isNaN(unread)) return;
  const title = document.title.replace(/^\(\d+\+?\) /, '');
  document.title = unread ? `(${unread > 999 ? '999+' : unread}) ${title}` : title;
  icon?.setAttribute('href', unread ? `/static/icon-${Math.min(unread, 10)}.svg` : plain);
  const newest = BigInt(views.dataset.newest ?? 0);
  // One may be read while another comes, and then there are not more.
  if (before !== null && (unread > before || newest > heard)) ring(unread);
  before = unread;
  if (newest > heard) heard = newest;
}

/* The bell */

let sounds = null;

function sound() {
  sounds ??= new AudioContext();
  const at = sounds.currentTime;
  for (const [pitch, begin] of [[660, 0], [880, 0.14]]) {
    const tone = sounds.createOscillator();
    const loudness = sounds.createGain();
    tone.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.0001, at + begin);
    loudness.gain.exponentialRampToValueAtTime(0.12, at + begin + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.0001, at + begin + 0.28);
    tone.connect(loudness).connect(sounds.destination);
    tone.start(at + begin);
    tone.stop(at + begin + 0.3);
  }
}

// Says how many, never who or what: a locked screen is read by anybody.
function ring(unread) {
  if (!rings || isFront()) return;
  if (kept('sound') === 'on') sound();
  if (kept('notify') !== 'on' || !('Notification' in window) || Notification.permission !== 'granted') return;
  const body = unread === 1 ? 'One conversation is unread.' : `${unread > 999 ? '999+' : unread} conversations are unread.`;
  const note = new Notification('A customer wrote', { body, tag: 'switchboard', icon: plain });
  note.addEventListener('click', () => {
    focus();
    note.close();
    location.assign('/conversations?view=unread');
  });
}

/* The switches */

function wire(id, name, allowed) {
  const box = document.getElementById(id);
  if (!box) return;
  box.checked = kept(name) === 'on' && (name !== 'notify' || globalThis.Notification?.permission === 'granted');
  box.addEventListener('change', async () => {
    if (box.checked && !(await allowed())) {
      box.checked = false;
      document.getElementById('bell-refused').hidden = false;
      return;
    }
    document.getElementById('bell-refused').hidden = true;
    keep(name, box.checked ? 'on' : 'off');
  });
}

document.getElementById('bell')?.removeAttribute('hidden');
wire('bell-notify', 'notify', async () => 'Notification' in window && (await Notification.requestPermission()) === 'granted');
wire('bell-sound', 'sound', async () => { sound(); return true; });
document.addEventListener('put', tell);
tell();
