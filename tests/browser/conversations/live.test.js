// Open inboxes stay true: twelve tabs of one browser, a connection that was lost; and the first page is small.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openWindow, signIn, startBrowser, startHouse } from '../harness/house.js';
import { customer, openPhones } from '../harness/phones.js';
import { collectorBefore, wireTo } from '../harness/proxy.js';

/** What the first page may weigh over the wire with everything that it names, in bytes. */
const BUDGET = 60_000;

let house, browser, phones, joel;

before(async () => {
  house = await startHouse();
  browser = await startBrowser();
  phones = await openWindow(browser, house);
  await openPhones(phones.page);
  joel = await customer(phones.page);
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

const anotherLink = async () => house.link(await house.run('link', 'admin@example.com'));
const rows = (page) => page.locator('#list li.row');
const messages = (page) => page.getByRole('log', { name: 'Messages' });

test('the first page weighs at most 60 kB, with everything that it names', async () => {
  const window = await openWindow(browser, house);
  await signIn(window.page, await anotherLink());
  const fresh = await browser.newContext({ baseURL: house.origin, storageState: await window.context.storageState() });
  const page = await fresh.newPage();
  const finished = [];
  page.on('requestfinished', (request) => finished.push(request));
  await page.goto('/conversations', { waitUntil: 'load' });
  await page.waitForFunction(() => document.readyState === 'complete');
  const weights = [];
  for (const request of finished) {
    const { responseBodySize, responseHeadersSize } = await request.sizes();
    weights.push([new URL(request.url()).pathname, responseBodySize + responseHeadersSize]);
  }
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
  assert.ok(weights.length >= 3, `only ${weights.length} requests were seen`);
  assert.ok(total <= BUDGET, `${total} bytes: ${weights.map(([path, weight]) => `${path} ${weight}`).join(', ')}`);
  await fresh.close();
  window.clean();
  await window.close();
});

test('twelve tabs of one browser all show a text that comes', async () => {
  const window = await openWindow(browser, house);
  await signIn(window.page, await anotherLink());
  const tabs = [window.page];
  while (tabs.length < 12) {
    const tab = await window.context.newPage();
    await tab.goto('/conversations?view=all');
    tabs.push(tab);
  }
  await window.page.goto('/conversations?view=all');
  await joel.texts('Do you rent kayaks?');
  for (const tab of tabs) await rows(tab).getByText('Do you rent kayaks?').waitFor();
  // Whoever held the stream for the others may go.
  await tabs[0].close();
  await joel.texts('And canoes?');
  for (const tab of tabs.slice(1)) await rows(tab).getByText('And canoes?').waitFor();
  window.clean();
  await window.close();
});

test('after a lost connection an open thread shows what came meanwhile, each text once', async () => {
  const wire = await wireTo(house);
  const window = await openWindow(browser, wire.house);
  await signIn(window.page, wire.by(await anotherLink()));
  await window.page.goto('/conversations?view=all');
  await rows(window.page).getByRole('link').first().click();
  await messages(window.page).getByText('And canoes?').waitFor();
  await window.page.evaluate(() => { window.marked = true; });

  wire.cut();
  const missed = ['One: is anybody there?', 'Two: we are six', 'Three: from nine o’clock'];
  for (const text of missed) {
    await joel.texts(text);
    await joel.shows(text);
  }
  wire.mend();
  await messages(window.page).getByText(missed[2]).waitFor();
  for (const text of missed) assert.equal(await messages(window.page).getByText(text).count(), 1, text);
  await joel.texts('Four: thank you');
  await messages(window.page).getByText('Four: thank you').waitFor();
  assert.equal(await window.page.evaluate(() => window.marked), true, 'the page was never loaded anew');
  await window.close();
  wire.close();
});

/** Longer than the page waits for its stream's first words, and then for its own next question. */
const LATE = 40_000;
const banner = (page) => page.getByRole('status').filter({ hasText: 'Live updates' });

for (const [how, collects] of [['an answer', {}], ['a body', { heads: true }]]) {
  test(`behind a proxy that keeps ${how} to itself the page says so and asks by itself`, async () => {
    const proxy = await collectorBefore(house, collects);
    const window = await openWindow(browser, proxy.house);
    await signIn(window.page, proxy.by(await anotherLink()));
    const tab = await window.context.newPage();
    for (const page of [window.page, tab]) {
      await page.goto('/conversations?view=all');
      await banner(page).getByText('do not get through').waitFor({ timeout: LATE });
    }
    const words = `Is the ramp wet, by ${how}?`;
    await joel.texts(words);
    for (const page of [window.page, tab]) await rows(page).getByText(words).waitFor({ timeout: LATE });
    await window.close();
    proxy.close();
  });
}

test('a proxy that collects what it may lets live updates through', async () => {
  const proxy = await collectorBefore(house, { heeds: true });
  const window = await openWindow(browser, proxy.house);
  await signIn(window.page, proxy.by(await anotherLink()));
  const listened = window.page.waitForResponse((answer) => answer.url().includes('/live'));
  await window.page.goto('/conversations?view=all');
  await listened;
  await joel.texts('Is the ramp dry?');
  await rows(window.page).getByText('Is the ramp dry?').waitFor();
  assert.equal(await banner(window.page).isVisible(), false);
  window.clean();
  await window.close();
  proxy.close();
});
