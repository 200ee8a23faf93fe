// What strangers write is text on the pages beside the thread, too: lists, history, the board, held texts, texts in doubt,
// and wherever the words that staff keep are shown.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openWindow, signIn, startBrowser, startHouse } from '../harness/house.js';
import { NAMES, PAYLOADS, posts } from '../harness/payloads.js';

const LINE = '+18005550100';

let house, browser, inbox, phones;

before(async () => {
  house = await startHouse({ SWITCHBOARD_INBOX__UNDO_WINDOW: '0s' });
  browser = await startBrowser();
  inbox = await openWindow(browser, house);
  phones = await openWindow(browser, house);
  await signIn(inbox.page, house.link());
  await phones.page.goto('/simulator');
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

/** Asks the simulator's own door, as a carrier's tools do. */
const carrier = (method, path, value) => phones.page.evaluate(async ([how, to, body]) => {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const answer = await fetch(`/simulator${to}`, { method: how, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${how} ${to}: ${answer.status}`);
  return answer.headers.get('content-type')?.includes('json') ? answer.json() : null;
}, [method, path, value]);

/** What the open page shows at `selector`, on this and on every following page. */
async function allOf(page, address, selector, next) {
  const shown = new Set();
  for (let to = address; to;) {
    await page.goto(to);
    for (const text of await page.locator(selector).allTextContents()) shown.add(text.trim());
    const link = page.locator(next);
    to = await link.count() ? await link.first().getAttribute('href') : null;
  }
  return shown;
}

const shows = (shown, wanted, where) => {
  for (const text of wanted) assert.ok(shown.has(text.trim()), `${where} does not show as it was written: ${text}`);
};

const phone = (n) => `+1505557${String(1000 + n)}`;

test(`case 22: ${NAMES.length} as names of customers, in lists, thread, history and board`, async () => {
  const { page } = inbox;
  for (const [n, name] of NAMES.entries()) await carrier('POST', `/phones/${phone(n)}/texts`, { to: LINE, body: `quayside ${name}` });
  const ids = [];
  for (let to = '/conversations?view=all&sort=oldest'; to;) {
    await page.goto(to);
    ids.push(...await page.locator('[data-row]').evaluateAll((rows) => rows.map((row) => row.dataset.row)));
    const next = page.locator('#list a[rel=next]');
    to = await next.count() ? await next.getAttribute('href') : null;
  }
  assert.ok(ids.length >= NAMES.length, `${ids.length} conversations`);
  // Nobody has written any of these cards yet, so all forms were opened with the same.
  await page.goto(`/conversations/${ids[0]}`);
  const seen = await page.locator('#edit-contact input[name=seen]').inputValue();
  await page.goto('/me');
  for (const [n, name] of NAMES.entries()) {
    const card = { name, language: name.slice(0, 40), tags: name.replaceAll(',', '').slice(0, 20), notes: name, seen };
    assert.equal(await posts(page, `/conversations/${ids[n]}/contact`, card), 200, name);
  }
  for (const n of [0, 60, 120, NAMES.length - 1]) {
    await page.goto(`/conversations/${ids[n]}`);
    assert.ok((await page.title()).includes(`${NAMES[n]} · Switchboard`), await page.title());
    assert.equal((await page.locator('#d-contact .big').textContent()).trim(), NAMES[n]);
    assert.equal((await page.locator('#d-contact .about').textContent()).trim(), NAMES[n]);
  }
  shows(await allOf(page, '/conversations?view=all&sort=oldest', '#list [data-row] bdi', '#list a[rel=next]'), NAMES, 'the list');
  // What was just said is found within seconds.
  await page.goto('/history?q=quayside');
  while (!/20 |[2-9]\d|\d{3}/.test(await page.locator('#found').textContent())) await page.reload();
  const found = await allOf(page, '/history?q=quayside', '.found h3 bdi, .found h3 a, .found .who-said bdi', '.history nav a:text("Older")');
  assert.ok(NAMES.filter((name) => found.has(name)).length >= 10, `history shows ${[...found].slice(0, 5)}`);
  await page.goto('/board');
  const waiting = new Set((await page.locator('#board-body th bdi').allTextContents()).map((text) => text.trim()));
  assert.ok(NAMES.filter((name) => waiting.has(name)).length >= 10, `the board shows ${[...waiting].slice(0, 5)}`);
  inbox.clean();
});

test(`case 22: ${PAYLOADS.length} as texts that are held`, async () => {
  const { page } = inbox;
  const mask = (await carrier('GET', '/numbers')).map((one) => one.number).find((number) => number !== LINE);
  for (const body of PAYLOADS) await carrier('POST', `/phones/+15055569999/texts`, { to: mask, body });
  shows(await allOf(page, '/held', '.held .bubble', '#held-body .more a'), PAYLOADS, 'the page of held texts');
  inbox.clean();
});

test('case 22: as kinds of files', async () => {
  const { page } = inbox;
  const kinds = PAYLOADS.slice(0, 30);
  for (let n = 0; n < kinds.length; n += 5) {
    const media = kinds.slice(n, n + 5).map((content_type, at) => ({ url: `https://example.com/${n + at}`, content_type }));
    await carrier('POST', `/phones/${phone(500)}/texts`, { to: LINE, body: `files ${n}`, media });
  }
  await page.goto('/conversations?view=all');
  await page.locator('[data-row] a').first().click();
  await page.locator('.bubble.file').first().waitFor();
  const files = await page.locator('.bubble.file span').allTextContents();
  for (const kind of kinds) assert.ok(files.some((text) => text.includes(kind)), `not shown as it was written: ${kind} in ${files.slice(0, 3)}`);
  inbox.clean();
});

test('case 22: as texts in doubt', async () => {
  const { page } = inbox;
  for (let n = 0; n < 20; n++) await carrier('POST', '/faults', { kind: 'error', to: phone(n), taken: false });
  await page.goto('/conversations?view=all&sort=oldest');
  const rows = await page.locator('[data-row]').evaluateAll((all) => all.map((row) => row.dataset.row));
  const replies = async (id, body) => {
    await page.goto(`/conversations/${id}`);
    const fields = await page.locator('form[action*="/replies"]').first().evaluate((form) => [...new FormData(form)].filter(([, value]) => typeof value === 'string'));
    assert.equal(await posts(page, `/conversations/${id}/replies`, [...fields.filter(([key]) => key !== 'body'), ['body', body]]), 200);
  };
  for (const [n, id] of rows.slice(0, 20).entries()) {
    await replies(id, PAYLOADS[n]);
    // Something gets through after each: a carrier that answers nothing at all is an outage, in which no text is tried.
    await replies(rows[20], `quayside ${n}`);
  }
  const shown = () => page.locator('#deliveries-body td').allTextContents();
  const deadline = Date.now() + 30_000;
  let texts = [];
  while (!PAYLOADS.slice(0, 20).every((body) => texts.some((text) => text.includes(body)))) {
    assert.ok(Date.now() < deadline, `not all are shown: ${texts.slice(0, 12)}`);
    await page.goto('/deliveries');
    texts = await shown();
  }
  const to = await page.locator('#deliveries-body th[scope=row]').allTextContents();
  assert.ok(NAMES.slice(0, 20).filter((name) => to.some((text) => text.includes(name))).length >= 10, `with the names: ${to.slice(0, 3)}`);
  inbox.clean();
});

test('case 22: as labels and canned replies', async () => {
  const { page } = inbox;
  const labels = NAMES.filter((name) => name.length <= 40);
  await page.goto('/me');
  for (const name of labels) assert.equal(await posts(page, '/labels', { name }), 200, name);
  await page.goto('/labels');
  const kept = await page.locator('.label-list input[name=name]').evaluateAll((inputs) => inputs.map((input) => input.value));
  shows(new Set(kept), labels, 'the page of labels');
  // What is in braces is a field there, and unknown ones are refused.
  const canned = PAYLOADS.filter((payload) => !payload.includes('{'));
  for (const [n, body] of canned.entries()) {
    assert.equal(await posts(page, '/canned', { owner: 'company', shortcut: `p${n}`, body }), 200, body);
  }
  await page.goto('/canned');
  shows(new Set((await page.locator('.kept summary span').allTextContents()).map((text) => text.trim())), canned, 'the page of canned replies');
  // Beside a thread all labels and canned replies are offered.
  await page.goto('/conversations?view=all');
  await page.locator('[data-row] a').first().click();
  await page.locator('#timeline').waitFor();
  const offered = await page.locator('#d-labels option').allTextContents();
  shows(new Set(offered.map((text) => text.trim())), labels, 'the list of labels beside a thread');
  inbox.clean();
});
