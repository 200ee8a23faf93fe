// What strangers write is text, on every page that shows it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openWindow, signIn, startBrowser, startHouse } from '../harness/house.js';
import { NAMES, PAYLOADS, posts } from '../harness/payloads.js';
import { customer, openPhones } from '../harness/phones.js';

let house, browser, inbox, phones;

before(async () => {
  house = await startHouse();
  browser = await startBrowser();
  inbox = await openWindow(browser, house);
  phones = await openWindow(browser, house);
  await signIn(inbox.page, house.link());
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

/**
 * What every page of the open thread shows of `selector`, oldest pages included. The thread is live, so a page may move
 * on while it is read: it is read again until all of `wanted` was seen, three times at most.
 */
async function shownIn(page, selector, wanted) {
  const shown = new Set();
  const thread = page.url();
  for (let pass = 0; pass < 3 && !wanted.every((text) => shown.has(text)); pass += 1) {
    await page.goto(thread);
    for (;;) {
      for (const text of await page.locator('#timeline').locator(selector).allTextContents()) shown.add(text);
      const older = page.getByRole('link', { name: 'Show what was said before' });
      if (await older.count() === 0) break;
      await page.goto(await older.getAttribute('href'));
    }
  }
  return shown;
}

test(`case 22: ${PAYLOADS.length} script payloads as texts stay text in the thread, in the list and on the phones`, async () => {
  assert.ok(PAYLOADS.length >= 200);
  await openPhones(phones.page);
  const joel = await customer(phones.page);
  await joel.texts('Hello');
  await inbox.page.goto('/conversations?view=all');
  await inbox.page.locator('#list').getByRole('link').filter({ hasText: /ending in/ }).first().click();
  await inbox.page.locator('#timeline').waitFor();
  const thread = inbox.page.url();
  // By the simulator's own door, which is quicker than typing; the pages are live meanwhile.
  const digits = await phones.page.getByRole('article', { name: `Phone of ${joel.name}`, exact: true }).getAttribute('data-phone');
  const statuses = await phones.page.evaluate(async ([from, bodies]) => {
    const answers = [];
    for (const body of bodies) {
      const text = JSON.stringify({ to: '+18005550100', body });
      const sent = await fetch(`/simulator/phones/+${from}/texts`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: text });
      answers.push(sent.status);
    }
    return [...new Set(answers)];
  }, [digits, PAYLOADS]);
  assert.ok(statuses.every((status) => status < 300), `${statuses}`);
  await joel.shows(PAYLOADS.at(-1));
  const bubbles = new Set(await joel.bubbles());
  for (const payload of PAYLOADS.slice(-30)) assert.ok(bubbles.has(payload), `not on the phone as it was written: ${payload}`);
  await inbox.page.locator('#list').getByText(PAYLOADS.at(-1)).first().waitFor();
  await inbox.page.goto(thread);
  const shown = await shownIn(inbox.page, '.bubble', PAYLOADS);
  for (const payload of PAYLOADS) assert.ok(shown.has(payload), `not shown as it was written: ${payload}`);
  await inbox.page.goto(thread);
  inbox.clean();
  phones.clean();
});

test('case 22: as notes', async () => {
  const { page } = inbox;
  const [, id] = page.url().match(/conversations\/(\d+)/);
  for (const [n, payload] of PAYLOADS.entries()) {
    assert.equal(await posts(page, `/conversations/${id}/notes`, { body: payload, form_key: `note-${n}` }), 200, payload);
  }
  await page.goto(`/conversations/${id}`);
  await page.locator('#timeline').getByText(PAYLOADS.at(-1), { exact: true }).first().waitFor();
  const shown = await shownIn(page, '.note .said', PAYLOADS);
  for (const payload of PAYLOADS) assert.ok(shown.has(payload), `not shown as it was written: ${payload}`);
  inbox.clean();
});

test(`case 22: ${NAMES.length} as names of people and of lines`, async () => {
  const people = NAMES.map((name, n) => `[[person]]\nemail = "p${n}@example.com"\nname = ${JSON.stringify(name)}\nrole = "rep"\n`);
  const lines = NAMES.map((name, n) => `[[line]]\nnumber = "+1800556${1000 + n}"\nname = ${JSON.stringify(name)}\nmembers = ["p${n}@example.com"]\n`);
  await house.apply([...people, ...lines].join('\n'));
  const { page } = inbox;
  await page.goto('/people');
  const names = new Set(await page.locator('tbody th a').allTextContents());
  for (const name of NAMES) assert.ok(names.has(name), `not shown as it was written: ${name}`);
  await page.goto('/lines');
  const rows = page.locator('tbody th a');
  const called = new Set(await rows.allTextContents());
  for (const name of NAMES) assert.ok(called.has(name), `not shown as it was written: ${name}`);
  // A page of its own for a few of each: title, heading, field, box and the menu have the name, too.
  const link = (name) => rows.filter({ hasText: name }).first().getAttribute('href');
  for (const name of ['"><script>alert(1)</script>', '</title><script>alert(1)</script>', '<svg onload=alert(1)>'].filter((one) => NAMES.includes(one))) {
    await page.goto('/lines');
    await page.goto(await link(name));
    assert.equal((await page.locator('h1').textContent()).trim(), name);
    assert.equal(await page.getByRole('textbox', { name: 'Name' }).inputValue(), name);
    assert.equal((await page.title()).replace(/^\(\d+\+?\) /, ''), `${name} · Switchboard`);
    await page.goto('/people');
    await page.locator('tbody th a').filter({ hasText: name }).first().click();
    assert.equal((await page.locator('h1').textContent()).trim(), name);
  }
  inbox.clean();
});

test('case 22: as one’s own name, which stands in the menu of every page', async () => {
  const { page } = inbox;
  await page.goto('/me');
  for (const name of ['"><img src=x onerror=alert(1)>', '<script>alert(1)</script>']) {
    assert.equal(await posts(page, '/me/name', { 'field[name]': name }), 200);
    await page.goto('/conversations?view=all');
    await page.locator('.me').getByText(name, { exact: true }).waitFor();
    await page.goto('/me');
  }
  inbox.clean();
});
