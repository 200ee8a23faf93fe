// The pool by an admin: what it costs is seen before anything is ordered, masks come and go, by day and by night, on a phone,
// and without a script.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openWindow, overhang, signIn, startBrowser, startHouse, violations } from '../harness/house.js';
import { customer, openPhones } from '../harness/phones.js';

let house;
let browser;

before(async () => {
  house = await startHouse({ SWITCHBOARD_POOL__MONTHLY_BUDGET: '30' });
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await house?.stop();
});

test('an admin sees the cost, orders masks and lets one drain', async () => {
  const { page, clean, close } = await openWindow(browser, house);
  await signIn(page, house.link());
  await openPhones(page);
  const phone = await customer(page);
  await phone.texts('Is the ramp open?');
  await phone.shows('Is the ramp open?');
  await page.goto('/conversations');
  await page.getByRole('link', { name: 'Pool' }).click();
  await page.getByRole('heading', { name: 'What the traffic needs' }).waitFor();
  assert.equal(await page.locator('#pool-masks tbody tr').count(), 20);
  assert.ok(await page.locator('.chart svg').first().isVisible());
  assert.deepEqual(await violations(page), []);

  const grow = page.locator('#grow');
  await grow.getByLabel('Masks').fill('2');
  await grow.getByLabel('Country').fill('US');
  await grow.getByRole('button', { name: 'What would it cost?' }).click();
  await page.getByText('Nothing is ordered yet').waitFor();
  assert.match(await grow.getByRole('status').innerText(), /2 of US at 1\.15 a month each: 2\.30 a month/);
  assert.equal(await page.locator('#pool-orders tbody tr').count(), 0);
  assert.deepEqual(await violations(page), []);
  await grow.getByRole('button', { name: 'Order' }).click();
  await page.waitForURL(/\/pool#orders$/);
  // They are bought within seconds, and the page says so by itself.
  await page.waitForFunction(() => document.getElementById('pool-orders').textContent.match(/Bought: \+1/g)?.length === 2);
  await page.reload();
  assert.equal(await page.locator('#pool-masks tbody tr').count(), 22);

  await page.locator('#shrink').getByLabel('Masks').fill('30');
  await page.locator('#shrink').getByRole('button', { name: 'Let them drain' }).click();
  await page.getByText('Write how many masks, from 1 to 22.').waitFor();
  assert.deepEqual(await violations(page), []);
  await page.locator('#pool-masks').getByRole('button', { name: /drain$/ }).first().click();
  await page.waitForURL(/\/pool#masks$/);
  await page.getByRole('button', { name: /active again$/ }).click();
  await page.waitForFunction(() => !document.body.textContent.includes('Draining'));
  clean();
  await close();
});

test('the page holds on a phone, by night, and without a script', async () => {
  for (const colorScheme of ['light', 'dark']) {
    const { page, clean, close } = await openWindow(browser, house, { width: 360, height: 740, colorScheme });
    await signIn(page, house.link(await house.run('link', 'admin@example.com')));
    await page.goto('/pool?ask=grow&count=50&country=US');
    await page.getByText('That is refused').waitFor();
    assert.equal(await overhang(page), 0, colorScheme);
    assert.deepEqual(await violations(page), [], colorScheme);
    await page.getByText('The figures').first().click();
    assert.equal(await overhang(page), 0, colorScheme);
    clean();
    await close();
  }
  const { page, clean, close } = await openWindow(browser, house, { javaScriptEnabled: false });
  await signIn(page, house.link(await house.run('link', 'admin@example.com')));
  await page.goto('/pool');
  const shrink = page.locator('#shrink');
  await shrink.getByLabel('Masks').fill('1');
  await shrink.getByRole('button', { name: 'Which would go?' }).click();
  await page.getByText('These would go').waitFor();
  await shrink.getByRole('button', { name: 'Let them drain' }).click();
  await page.getByText('Draining').first().waitFor();
  clean();
  await close();
});
