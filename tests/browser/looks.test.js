// For everybody: no accessibility fault that axe finds, light and dark, wide and on a phone, and nothing to scroll sideways.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openWindow, overhang, signIn, startBrowser, startHouse, violations } from './house.js';
import { customer, openPhones, theRepWhoGot } from './phones.js';

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

for (const colorScheme of ['light', 'dark']) {
  for (const width of [1440, 1000, 390]) {
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
      const link = house.link(await house.run('link', 'admin@example.com'));
      await look('a one-time link', link);
      await signIn(page, link);
      await look('the inbox', '/conversations?view=all');
      thread ??= await page.locator('#list').getByRole('link').filter({ hasText: /ending in/ }).first().getAttribute('href');
      await look('a thread', thread);
      await look('its details', `${thread.split('#')[0]}#details`);
      await look('an empty view', '/conversations?view=closed');
      await look('held texts', '/held');
      await look('the lines', '/lines');
      await look('a line', await page.locator('table a').first().getAttribute('href'));
      await page.locator(width < 960 ? '.topbar a' : 'body').first().click();
      await page.locator('.duty summary').click();
      await look('the switch of duty');
      window.clean();
      await look('a page that is not there', '/conversations/999999');
      await window.close();
    });
  }
}
