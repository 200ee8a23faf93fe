// Every page works without JavaScript: a text, an answer, a note and a closing by links and forms alone.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openWindow, PATIENCE, signIn, startBrowser, startHouse } from '../harness/house.js';
import { customer, openPhones, REPS } from '../harness/phones.js';

let house, browser, inbox, phones;

before(async () => {
  house = await startHouse();
  browser = await startBrowser();
  inbox = await openWindow(browser, house, { javaScriptEnabled: false });
  phones = await openWindow(browser, house, { javaScriptEnabled: false });
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

/** Loads the page again, as a person without JavaScript does, until it shows what is looked for. */
async function reloadUntil(page, shows) {
  const deadline = Date.now() + PATIENCE;
  while (await shows().count() === 0) {
    assert.ok(Date.now() < deadline, 'the page never showed it');
    await page.reload();
  }
}

test('a customer texts, the inbox shows it, a reply and a note are kept, and the conversation is closed', async () => {
  await signIn(inbox.page, house.link());
  await openPhones(phones.page);
  const joel = await customer(phones.page);
  await joel.texts('Do you rent kayaks?');
  await reloadUntil(phones.page, () => phones.page.getByRole('region', { name: /^Reps/ }).getByText('Do you rent kayaks?'));

  await inbox.page.goto('/conversations?view=all');
  await inbox.page.locator('#list').getByRole('link').filter({ hasText: /ending in/ }).first().click();
  await inbox.page.getByLabel(/^Text to/).fill('Yes, from 9 to 5.');
  await inbox.page.getByRole('button', { name: 'Send text' }).click();
  await reloadUntil(phones.page, () => phones.page.getByRole('region', { name: /^Customers/ }).getByText('Yes, from 9 to 5.'));

  await inbox.page.getByText('Note', { exact: true }).click();
  await inbox.page.getByLabel(/^Note, seen by staff only/).fill('A regular.');
  await inbox.page.getByRole('button', { name: 'Keep note' }).click();
  await inbox.page.locator('.note').getByText('A regular.').waitFor();

  await inbox.page.getByRole('button', { name: 'Close', exact: true }).click();
  await inbox.page.getByText('· closed').waitFor();
  inbox.clean();
  phones.clean();
});

test('a rep’s phone answers without JavaScript', async () => {
  await openPhones(phones.page);
  const joel = await customer(phones.page);
  await joel.texts('One more question');
  const reps = phones.page.getByRole('region', { name: /^Reps/ });
  await reloadUntil(phones.page, () => reps.getByText('One more question'));
  const phone = reps.getByRole('article').filter({ hasText: 'One more question' }).first();
  const name = (await phone.getAttribute('aria-label')).replace('Phone of ', '');
  assert.ok(REPS.includes(name));
  await phone.getByLabel(`Text from ${name}`).fill('Ask away.');
  await phone.getByRole('button', { name: 'Send' }).click();
  await reloadUntil(phones.page, () => phones.page.getByRole('region', { name: /^Customers/ }).getByText('Ask away.'));
});
