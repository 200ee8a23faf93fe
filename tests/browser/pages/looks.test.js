// For everybody: no accessibility fault that axe finds, light and dark, wide and on a phone, and nothing to scroll sideways,
// on every page there is. (The page of the first run and the links for passwords are looked at where they are used, in
// people.test.js.)

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fitsEverybody, openWindow, overhang, signIn, startBrowser, startHouse, violations } from '../harness/house.js';
import { customer, openPhones, theRepWhoGot } from '../harness/phones.js';

let house, browser, thread;

before(async () => {
  house = await startHouse();
  browser = await startBrowser();
  const phones = await openWindow(browser, house);
  await openPhones(phones.page);
  const joel = await customer(phones.page);
  await joel.texts('Do you rent kayaks? We are six, and one of us is in a wheelchair: is the ramp at the north end wide enough?');
  const rep = await theRepWhoGot(phones.page, 'Do you rent kayaks?');
  await rep.texts('Yes, and we help you in.');
  await joel.shows('Yes, and we help you in.');
  await phones.close();
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

const anotherLink = async () => house.link(await house.run('link', 'admin@example.com'));

for (const colorScheme of ['light', 'dark']) {
  for (const width of [1440, 1000, 360]) {
    test(`${colorScheme}, ${width} pixels wide`, async (t) => {
      const window = await openWindow(browser, house, { width, height: width > 400 ? 900 : 844, colorScheme });
      const { page } = window;
      const look = async (name, path) => {
        if (path) await page.goto(path);
        await t.test(name, async () => {
          assert.deepEqual(await violations(page), []);
          assert.ok(await overhang(page) <= 0, `${await overhang(page)} pixels stand out to the right`);
        });
      };
      await look('the simulator', '/simulator');
      await look('sign-in', '/sign-in');
      const link = await anotherLink();
      await look('a one-time link', link);
      await signIn(page, link);
      await look('the inbox', '/conversations?view=all');
      thread ??= await page.locator('#list').getByRole('link').filter({ hasText: /ending in/ }).first().getAttribute('href');
      await look('a thread', thread);
      await look('its details', `${thread.split('#')[0]}#details`);
      await look('an empty view', '/conversations?view=closed');
      if (width < 960) await page.locator('#list .only-narrow').click();
      await page.locator('.duty summary').click();
      await look('the switch of duty');
      window.clean();
      await look('a page that is not there', '/conversations/999999');
      await window.close();
    });
  }
}

test('every other page', async (t) => {
  const window = await openWindow(browser, house);
  const { page } = window;
  await signIn(page, await anotherLink());
  const looks = async (name, path) => {
    if (path) await page.goto(path);
    await t.test(name, () => fitsEverybody(page, [[1440, 'light'], [360, 'dark']]));
  };
  const conversation = thread.match(/conversations\/(\d+)/)[1];

  await page.goto('/labels');
  await page.getByLabel('New label').fill('a label with quite a long name');
  await page.getByRole('button', { name: 'Make' }).click();
  await looks('labels');
  await page.goto('/canned');
  await page.getByLabel('Name').fill('hours');
  await page.getByLabel('Text', { exact: true }).fill('{line} is open until six. {rep}');
  await page.getByRole('button', { name: 'Keep', exact: true }).click();
  await looks('canned replies');
  await looks('held texts', '/held');
  await looks('the lines', '/lines');
  await looks('a line', await page.locator('table a').first().getAttribute('href'));
  await looks('people', '/people');
  await looks('a person', await page.locator('table.people a').first().getAttribute('href'));
  await page.goto('/tokens');
  await page.getByLabel('Name').fill('a program with quite a long name, for the shop at the pier');
  await page.getByLabel('pairs:read').check();
  await page.getByRole('button', { name: 'Make the token' }).click();
  await looks('a token');
  await looks('tokens', '/tokens');
  await page.goto('/endpoints');
  await page.getByLabel('Address').fill('http://127.0.0.1:9/a-rather-long-address-at-which-nobody-listens-to-events');
  await page.getByRole('button', { name: 'Add the endpoint' }).click();
  await looks('a secret');
  await looks('endpoints', '/endpoints');
  await looks('an endpoint', await page.locator('table a').first().getAttribute('href'));
  await looks('the reference of the API', '/api/v1/reference');
  await looks('oneself', '/me');
  await looks('a new conversation', '/conversations/new');
  await looks('the board', '/board');
  await looks('a board that is paused', '/board?paused=yes');
  await looks('texts in doubt', '/deliveries');
  await looks('everything ever said', '/history');
  await page.locator('#filters summary').click();
  await looks('what a search can be narrowed by');
  await looks('a search that finds nothing', '/history?q=walrus&state=open&kind=notes');
  await looks('an export', `/conversations/${conversation}/exports/new`);
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('columnheader', { name: 'What became of it' }).waitFor();
  await looks('a page to print');
  await looks('who looked', '/audit');
  await looks('handing on', `/reassignments/new?c=${conversation}`);
  await page.locator('#to').selectOption('anew');
  await page.getByRole('button', { name: /^Reassign/ }).click();
  await page.getByRole('heading', { name: 'Reassigned' }).waitFor();
  await looks('what was handed on');
  window.clean();
  await window.close();
});
