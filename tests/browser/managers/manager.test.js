// A manager's day: what was said is found and opened at the hit, a search is kept, a copy is taken out and read, customers
// are handed on, and the board keeps itself true.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { openWindow, overhang, signIn, startBrowser, startHouse, violations } from '../harness/house.js';
import { customer, openPhones } from '../harness/phones.js';

let house;
let browser;

before(async () => {
  house = await startHouse();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await house?.stop();
});

test('a manager finds what was said in March and hands it on', async () => {
  const { page, clean, close } = await openWindow(browser, house, { acceptDownloads: true });
  await signIn(page, house.link());
  await openPhones(page);
  const phone = await customer(page);
  const number = (await phone.number()).replace(/\D/g, '');
  assert.ok(number.length >= 10, number);
  await phone.texts('Was the deposit from March paid back?');
  await phone.shows('Was the deposit from March paid back?');
  await page.goto('/conversations');

  // What was said a moment ago can be found within seconds.
  await page.getByRole('link', { name: 'History' }).click();
  await page.getByRole('searchbox', { name: 'Search history' }).fill('MARCH deposit');
  for (let again = 0; again < 20; again += 1) {
    await page.getByRole('button', { name: 'Search' }).first().click();
    await page.waitForLoadState();
    if (await page.locator('.found').count()) break;
    await new Promise((rested) => setTimeout(rested, 500));
  }
  assert.deepEqual(await page.locator('mark').allTextContents(), ['deposit', 'March']);
  assert.deepEqual(await violations(page), []);

  await page.getByLabel('Save this search as').fill('Deposits');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.goto('/history');
  await page.getByRole('link', { name: 'Deposits' }).click();
  assert.equal(await page.locator('.found').count(), 1);

  await page.locator('.hit .said').click();
  await page.waitForURL(/\/conversations\/\d+\?at=\d+#m\d+/);
  assert.ok(await page.locator(':target').isVisible());
  const conversation = page.url().match(/conversations\/(\d+)/)[1];

  await page.goto(`/conversations/${conversation}/exports/new`);
  assert.deepEqual(await violations(page), []);
  await page.getByLabel('As', { exact: true }).selectOption('csv');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export' }).click()]);
  assert.equal(download.suggestedFilename(), `conversation-${conversation}.csv`);
  const rows = (await readFile(await download.path(), 'utf8')).split('\r\n');
  assert.match(rows[0], /^\uFEFFconversation,at,author/, 'with the mark by which Excel knows UTF-8');
  assert.match(rows[1], /Was the deposit from March paid back\?/);
  assert.ok(!rows.join().includes(number));

  await page.goto('/history?q=deposit');
  await page.getByRole('button', { name: 'Reassign all that were found' }).click();
  await page.getByRole('heading', { name: 'Reassign 1 conversation' }).waitFor();
  const names = await page.locator('#to option').allTextContents();
  const to = names.findIndex((name) => /on duty, 0 open/.test(name));
  await page.locator('#to').selectOption({ index: to });
  await page.getByRole('button', { name: 'Reassign 1' }).click();
  await page.getByText('1 conversation went to').waitFor();

  await page.goto('/audit');
  await page.getByText('took out the conversation as CSV, without numbers').waitFor();
  clean();
  await close();
});

test('the board keeps itself true until it is paused, also on a phone', async () => {
  const { page, clean, close } = await openWindow(browser, house);
  await signIn(page, house.link(await house.run('link', 'admin@example.com')));
  await page.goto('/board');
  const open = () => page.locator('.figures b').first().textContent();
  const were = Number(await open());
  assert.deepEqual(await violations(page), []);

  const waits = () => page.locator('.figures > div', { hasText: 'Waiting for us' }).locator('b').textContent();
  const other = await page.context().newPage();
  await openPhones(other);
  await customer(other);
  await other.getByRole('button', { name: 'Customer' }).first().click();
  const phones = other.getByRole('region', { name: /^Customers/ }).getByRole('article');
  await phones.nth(1).waitFor();
  const second = (await phones.nth(1).getAttribute('aria-label')).replace('Phone of ', '');
  await phones.nth(1).getByLabel(`Text from ${second}`, { exact: true }).fill('Anybody there?');
  await phones.nth(1).getByRole('button', { name: 'Send' }).click();
  await page.bringToFront();
  await page.waitForFunction((n) => Number(document.querySelector('.figures b').textContent) === n, were + 1);
  assert.ok(Number(await waits()) >= 1);

  await page.getByRole('link', { name: 'Pause' }).click();
  await page.getByText('Paused since').waitFor();
  for (const path of ['/board', '/history?q=deposit', '/deliveries', '/audit']) {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(path);
    assert.equal(await overhang(page), 0, path);
    assert.deepEqual(await violations(page), [], path);
  }
  clean();
  await close();
});
