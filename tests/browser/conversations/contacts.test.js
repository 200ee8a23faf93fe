// The details beside a thread, and what is done from there: a contact is written, a conversation is given away with a
// note, put aside until a picked time, two contacts become one, a conversation is begun, a number is shown.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openWindow, overhang, signIn, startBrowser, startHouse, violations } from '../harness/house.js';
import { customer, openPhones } from '../harness/phones.js';

const SETUP = `
[[line]]
number = "+18005550100"
members = ["admin@example.com"]
`;

let house, browser, inbox, phones, joel, number;

before(async () => {
  house = await startHouse();
  browser = await startBrowser();
  await house.apply(SETUP);
  inbox = await openWindow(browser, house);
  phones = await openWindow(browser, house);
  await signIn(inbox.page, house.link());
  await openPhones(phones.page);
  joel = await customer(phones.page);
  number = (await joel.number()).replace(/[^\d+]/g, '').replace(/^(?!\+)/, '+1');
  await joel.texts('Is the ramp open?');
  await inbox.page.goto('/conversations?view=all');
  await inbox.page.locator('#list .row a').filter({ hasText: /ending in/ }).first().click();
  await inbox.page.getByRole('complementary', { name: 'Details' }).waitFor();
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

const details = () => inbox.page.getByRole('complementary', { name: 'Details' });
const act = (name) => details().locator('.acts summary').filter({ hasText: name });

test('a contact is written, and the list has the new name at once', async () => {
  const { page } = inbox;
  await details().getByText('Edit contact').click();
  await details().getByLabel('Name', { exact: true }).fill('Joel Marsh');
  await details().getByLabel('Language').fill('English');
  await details().getByLabel('Tags').fill('deposit, damage');
  await details().getByLabel('About them').fill('Two kids, rents most summers.');
  // News that comes while somebody types takes nothing from them.
  await joel.texts('Hello?');
  await page.locator('#timeline').getByText('Hello?').waitFor();
  assert.equal(await details().getByLabel('Tags').inputValue(), 'deposit, damage');
  await details().getByRole('button', { name: 'Save' }).click();
  await details().locator('.badge').getByText('damage').waitFor();
  await page.locator('#list').getByRole('link', { name: 'Joel Marsh' }).waitFor();
  await details().getByText('Two kids, rents most summers.').first().waitFor();
  assert.deepEqual(await violations(page), []);
});

test('a number is shown by one click, and a reload hides it again', async () => {
  const { page } = inbox;
  assert.ok(!(await page.content()).includes(number));
  await details().getByRole('button', { name: 'Show' }).click();
  await details().locator('#number').getByText(number).waitFor();
  await joel.texts('Are you there?');
  await page.locator('#timeline').getByText('Are you there?').waitFor();
  assert.ok(await details().locator('#number').isVisible(), 'news took the number away');
  await page.reload();
  await details().getByRole('button', { name: 'Show' }).waitFor();
  assert.ok(!(await page.content()).includes(number));
});

test('put aside until a picked time', async () => {
  await act('Snooze').click();
  const until = details().getByLabel('Until');
  const picked = new Date(Date.now() + 26 * 3600_000).toISOString().slice(0, 16);
  assert.match(await until.inputValue(), /^\d{4}-\d\d-\d\dT\d\d:00$/);
  await until.fill('2020-01-01T10:00');
  await details().getByRole('button', { name: 'Put aside' }).click();
  await details().getByText('Choose a time that is between').waitFor();
  assert.equal(await until.inputValue(), '2020-01-01T10:00');
  assert.deepEqual(await violations(inbox.page), []);
  await until.fill(picked);
  await details().getByRole('button', { name: 'Put aside' }).click();
  await inbox.page.getByRole('button', { name: 'Take back' }).click();
  await inbox.page.locator('#timeline').getByText('This is back').waitFor();
});

test('a conversation is begun with a number, and the first text sent', async () => {
  const { page } = inbox;
  await page.getByRole('link', { name: 'New conversation' }).click();
  await page.getByLabel('Their number').fill('505 555 019');
  await page.getByLabel('First text').fill('Your kayak is ready.');
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByText('It is too short: 9 digits follow the country code +1').waitFor();
  assert.deepEqual(await violations(page), []);
  assert.equal(await page.getByLabel('First text').inputValue(), 'Your kayak is ready.');
  await page.getByLabel('Their number').fill('+1 (505) 555-0199');
  await page.getByLabel('Name', { exact: true }).fill('Joel at work');
  await page.getByRole('button', { name: 'Start' }).click();
  await page.locator('#timeline .bubble').getByText('Your kayak is ready.').waitFor();
  await page.getByRole('heading', { name: 'Joel at work' }).waitFor();
});

test('two contacts become one, and one two again', async () => {
  const { page } = inbox;
  await act('Merge').click();
  await details().getByLabel('Same person as').fill('joel');
  await details().getByRole('button', { name: 'Merge' }).click();
  await details().getByRole('radio', { name: /Joel Marsh/ }).check();
  assert.deepEqual(await violations(page), []);
  await details().getByRole('button', { name: 'Merge' }).click();
  await page.locator('#timeline .bubble').getByText('Is the ramp open?').waitFor();
  // What the other phone texts is news here, too.
  await joel.texts('From my own phone');
  await page.locator('#timeline .bubble').getByText('From my own phone').waitFor();
  await details().getByRole('button', { name: 'Take apart' }).click();
  await page.locator('#timeline').getByText(/took this contact and that of #\d+ apart/).waitFor();
  assert.equal(await page.locator('#timeline .bubble').getByText('Is the ramp open?').count(), 0);
});

test('given to a colleague with a note', async () => {
  const { page } = inbox;
  await house.apply(SETUP.replace('"]', '", "bo@example.com"]'));
  await page.reload();
  await act('Transfer').click();
  const to = details().getByLabel('To', { exact: true });
  assert.match(await to.locator('option').nth(1).textContent(), /^\w+ \(on duty, \d+ open/);
  await to.selectOption({ index: 1 });
  await details().getByLabel('Note for them').fill('Knows the north ramp.');
  await details().getByRole('button', { name: 'Transfer' }).click();
  await page.locator('#timeline .note').getByText('Knows the north ramp.').waitFor();
  await page.locator('#timeline').getByText(/gave this to \w+/).waitFor();
});

test('on a phone, too, and in the dark', async () => {
  const { page } = inbox;
  const address = page.url().split('#')[0];
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    for (const width of [1440, 390, 360]) {
      await page.setViewportSize({ width, height: 860 });
      for (const path of [`${address}#details`, '/conversations/new']) {
        await page.goto(path);
        assert.deepEqual(await violations(page), [], `${path} at ${width} in ${colorScheme}`);
        assert.ok(await overhang(page) <= 0, `${path} at ${width}`);
        if (process.env.PICTURES) {
          const name = path.includes('new') ? 'new' : 'details';
          if (name === 'details') await act('Transfer').click();
          await page.screenshot({ path: `${process.env.PICTURES}/${name}-${width}-${colorScheme}.png`, fullPage: width < 1000 });
        }
      }
    }
  }
  inbox.clean();
});
