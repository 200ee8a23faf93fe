// How people come in: the first run with a real carrier, an invitation, a phone proved by a code, and the way out again.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fitsEverybody, freePort, openWindow, startBrowser, startCarrier, startHouse } from '../harness/house.js';
import { handset } from '../harness/phones.js';

const PASSWORD = 'a tide table for everybody';
const PHONE = '+12075550177';

let house, carrier, browser, ada, dee, phones, setup, invitation;

before(async () => {
  carrier = await startCarrier(await freePort());
  browser = await startBrowser();
  house = await startHouse(carrier.env);
  ada = await openWindow(browser, house);
});
after(async () => {
  await browser?.close();
  await house?.stop();
  await carrier?.stop();
});

test('the console prints a link, whose page makes the first admin and the line', async () => {
  setup = house.output().match(/http:\/\/127\.0\.0\.1:\d+\/setup\/[\w-]+/)?.[0];
  assert.ok(setup, `no link in:\n${house.output()}`);
  const { page } = ada;
  await page.goto(setup);
  await fitsEverybody(page);
  await page.getByLabel('Name', { exact: true }).fill('Ada Holt');
  await page.getByLabel('E-mail').fill('ada@saltmarsh.example');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByLabel('Once more').fill('something else again');
  await page.getByLabel(/^Number/).fill('+12075550100');
  await page.getByLabel(/^Name of the line/).fill('Saltmarsh Boats');
  await page.getByRole('button', { name: 'Set it up' }).click();
  await page.getByText('It is not the same as above.').waitFor();
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Ada Holt');
  assert.equal(await page.getByLabel('Password').inputValue(), '', 'no password comes back');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByLabel('Once more').fill(PASSWORD);
  await page.getByRole('button', { name: 'Set it up' }).click();
  await page.waitForURL(/\/conversations/);
  // The refused form is an error in the console, and nothing else was.
});

test('from then on there is no set-up page', async () => {
  const answer = await fetch(setup);
  assert.equal(answer.status, 404);
});

test('the admin invites somebody, who comes in from another browser', async () => {
  const { page } = ada;
  await page.goto('/people');
  await fitsEverybody(page);
  await page.getByLabel('E-mail').fill('dee@saltmarsh.example');
  await page.getByLabel('Name').fill('Dee');
  await page.getByLabel('Role').selectOption('rep');
  await page.getByRole('button', { name: 'Make the invitation' }).click();
  invitation = await page.getByLabel('Link').inputValue();
  assert.ok(invitation.startsWith(`${house.origin}/link/`), invitation);
  await fitsEverybody(page);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'link', 'ready to be copied');

  dee = await openWindow(browser, house);
  await dee.page.goto(invitation);
  await fitsEverybody(dee.page);
  await dee.page.getByLabel('Name').fill('Dee Marsh');
  await dee.page.getByLabel('Password').fill(PASSWORD);
  await dee.page.getByLabel('Once more').fill(PASSWORD);
  await dee.page.getByRole('button', { name: 'Come in' }).click();
  await dee.page.waitForURL(/\/conversations/);

  const third = await openWindow(browser, house);
  await third.page.goto(invitation);
  await third.page.getByText('This link does not work').waitFor();
  await third.close();
  await page.goto('/people');
  await page.getByRole('row').filter({ hasText: 'Dee Marsh' }).getByText('here now').waitFor();
});

test('the new colleague proves a phone by the code that comes to it', async () => {
  phones = await openWindow(browser, carrier);
  await phones.page.goto('/simulator');
  await phones.page.getByText('Rep’s phone').click();
  await phones.page.getByRole('textbox', { name: 'Number' }).fill(PHONE);
  await phones.page.getByRole('textbox', { name: 'Name' }).fill('Dee');
  await phones.page.getByRole('button', { name: 'Add the phone' }).click();

  const { page } = dee;
  await page.goto('/me');
  await fitsEverybody(page);
  await page.getByRole('textbox', { name: 'Phone' }).fill(PHONE);
  await page.getByRole('button', { name: 'Text a code' }).click();
  await page.getByText('A code was texted to ••77').waitFor();
  const phone = handset(phones.page, 'Dee');
  await phone.shows('is your Switchboard code');
  const text = (await phone.bubbles()).find((body) => body.includes('is your Switchboard code'));
  await page.getByLabel('Code').fill(text.slice(0, 6));
  await fitsEverybody(page);
  await page.getByRole('button', { name: 'It is this phone' }).click();
  await page.getByText(/verified/).waitFor();
  phones.clean();
});

test('the admin puts her on the line, and sees that she would get the next text', async () => {
  const { page } = ada;
  await page.goto('/people');
  await page.getByRole('link', { name: 'Dee Marsh' }).click();
  await fitsEverybody(page);
  await page.getByLabel(/Saltmarsh Boats/).check();
  await page.getByRole('button', { name: 'Save the lines' }).click();
  await page.locator('#lines').getByText('Saved.').waitFor();

  await page.goto('/lines');
  await page.getByRole('main').getByRole('link', { name: 'Saltmarsh Boats' }).click();
  await page.getByLabel('Ada Holt, admin').uncheck();
  await page.getByRole('button', { name: 'Save the members' }).click();
  await page.locator('#who').getByText('Saved.').waitFor();
  await page.getByLabel('Customer’s number').fill('+12075550134');
  await page.getByRole('button', { name: 'Who would get it?' }).click();
  await page.getByText('A text from ••34 now: Dee Marsh gets it.').waitFor();
  await fitsEverybody(page);
});

test('whoever is disabled is out at once, on the page that is open, too', async () => {
  await dee.page.goto('/conversations');
  await dee.page.waitForTimeout(300);
  const { page } = ada;
  await page.goto('/people');
  await page.getByRole('link', { name: 'Dee Marsh' }).click();
  await page.getByRole('button', { name: 'Disable' }).click();
  await page.locator('#access').getByText('disabled', { exact: true }).waitFor();
  await dee.page.locator('#stopped').waitFor({ state: 'visible', timeout: 10_000 });
  await dee.page.goto('/conversations');
  await dee.page.waitForURL(/\/sign-in/);
  await dee.page.getByLabel('E-mail').fill('dee@saltmarsh.example');
  await dee.page.getByLabel('Password').fill(PASSWORD);
  await dee.page.getByRole('button', { name: 'Sign in' }).click();
  await dee.page.getByText('E-mail or password is wrong.').waitFor();
});

test('all of it works without JavaScript', async () => {
  const plain = await openWindow(browser, house, { javaScriptEnabled: false });
  await plain.page.goto('/sign-in');
  await plain.page.getByLabel('E-mail').fill('ada@saltmarsh.example');
  await plain.page.getByLabel('Password').fill(PASSWORD);
  await plain.page.getByRole('button', { name: 'Sign in' }).click();
  await plain.page.waitForURL(/\/conversations/);
  await plain.page.goto('/people');
  await plain.page.getByRole('link', { name: 'Dee Marsh' }).click();
  await plain.page.getByRole('button', { name: 'Enable' }).click();
  await plain.page.getByRole('button', { name: 'Make a link for another password' }).click();
  const link = await plain.page.getByLabel('Link').inputValue();
  await plain.page.goto(link);
  await plain.page.getByLabel('Password').fill('another tide table');
  await plain.page.getByLabel('Once more').fill('another tide table');
  await plain.page.getByRole('button', { name: 'Change it and sign in' }).click();
  await plain.page.waitForURL(/\/conversations/);
  await plain.page.goto('/me');
  await plain.page.getByText('dee@saltmarsh.example').first().waitFor();
  plain.clean();
});
