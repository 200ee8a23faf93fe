// The tour of the README, word for word, as somebody plays it who has never seen the program.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { lineOf, openWindow, signIn, startBrowser, startHouse } from '../harness/house.js';
import { customer, handset, openPhones, REPS, theRepWhoGot } from '../harness/phones.js';

/** The line of the built-in set-up, as phones write it. */
const LINE = '(800) 555-0100';

let house, browser, inbox, phones, joel, rep, next;

before(async () => {
  house = await startHouse();
  browser = await startBrowser();
  inbox = await openWindow(browser, house);
  phones = await openWindow(browser, house);
});
after(async () => {
  await browser?.close();
  if (house) assert.equal(await house.stop(), 0, 'SIGTERM ends it in good order');
});

/** Marks the open page; the mark is gone if the page is loaded anew. */
const mark = (page) => page.evaluate(() => { window.marked = true; });
const isMarked = (page) => page.evaluate(() => window.marked === true);
const timeline = () => inbox.page.getByRole('log', { name: 'Messages' });

/** Hands the open thread to a colleague. */
async function transferTo(page, name) {
  await page.locator('#act-transfer > summary').click();
  const to = page.getByLabel('To', { exact: true });
  const option = to.locator('option').filter({ hasText: new RegExp(`^${name} `) });
  await to.selectOption({ label: (await option.textContent()).trim() });
  await page.locator('#act-transfer').getByRole('button', { name: 'Transfer' }).click();
}

test('the printed link signs in by a button, once', async () => {
  const link = house.link();
  await signIn(inbox.page, link);
  await inbox.page.getByText('All lines are quiet').waitFor();

  const second = await openWindow(browser, house);
  await second.page.goto(link);
  await second.page.getByText('This link does not work').waitFor();
  second.close();
});

test('a text to the line arrives on exactly one rep’s phone, from a mask', async () => {
  await mark(inbox.page);
  await openPhones(phones.page);
  joel = await customer(phones.page);
  await joel.texts('Do you rent kayaks?');
  rep = await theRepWhoGot(phones.page, 'Do you rent kayaks?');

  const mask = await rep.peer();
  assert.match(mask, /^\(800\) 555-01\d\d$/, 'the rep sees a number of the pool');
  assert.notEqual(mask, LINE, 'not the line');
  assert.notEqual(mask, await joel.number(), 'and not the customer');
});

test('the inbox shows the conversation without being reloaded, and why that rep was picked', async () => {
  await inbox.page.getByRole('group', { name: /^Conversations/ }).getByText('Do you rent kayaks?').waitFor();
  assert.ok(await isMarked(inbox.page), 'the page was not loaded anew');
  await inbox.page.locator('#list').getByRole('link').filter({ hasText: /ending in/ }).first().click();
  await timeline().getByText('Do you rent kayaks?').waitFor();
  await inbox.page.getByText(`Why ${rep.name}?`).first().click();
  await inbox.page.locator('.trace').getByText(/random|draw/i).first().waitFor();
});

test('an answer from the rep’s phone comes from the line, and the open thread shows it live', async () => {
  await mark(inbox.page);
  await rep.texts('Yes, from 9 to 5.');
  await joel.shows('Yes, from 9 to 5.');
  assert.equal(await joel.peer(), LINE);
  await timeline().getByText('Yes, from 9 to 5.').waitFor();
  await timeline().getByText('Delivered').first().waitFor();
  assert.ok(await isMarked(inbox.page), 'the page was not loaded anew');
});

test('a reply from the web reaches the customer from the line, and the rep’s phone under its author’s name', async () => {
  await inbox.page.getByLabel(/^Text to/).fill('Bring a towel.');
  await inbox.page.getByRole('button', { name: 'Send text' }).click();
  await timeline().getByText('Bring a towel.').waitFor();
  await joel.shows('Bring a towel.');
  assert.equal(await joel.peer(), LINE);
  await rep.shows('Ada: Bring a towel.');
});

test('a note stays in the house', async () => {
  await inbox.page.getByText('Note', { exact: true }).click();
  await inbox.page.getByLabel(/^Note, seen by staff only/).fill('Asked for a discount last year.');
  await inbox.page.getByRole('button', { name: 'Keep note' }).click();
  await timeline().getByText('Asked for a discount last year.').waitFor();

  // Something that is sent afterwards has arrived, so the note would have, too.
  await joel.texts('One more thing');
  await rep.shows('One more thing');
  for (const name of [joel.name, ...REPS]) {
    const bubbles = await handset(phones.page, name).bubbles();
    assert.ok(!bubbles.some((bubble) => bubble.includes('discount')), `the note is on the phone of ${name}`);
  }
});

test('after a transfer the other rep’s phone gets the customer’s texts, and the customer notices nothing', async () => {
  next = handset(phones.page, REPS.find((name) => name !== rep.name));
  await transferTo(inbox.page, next.name);
  await timeline().getByText(`Ada gave this to ${next.name}`).waitFor();

  await joel.texts('And life jackets?');
  await next.shows('And life jackets?');
  const old = await rep.bubbles();
  assert.ok(!old.some((bubble) => bubble.includes('And life jackets?')), 'the first rep does not get it');
  await rep.texts('Are you still there?');
  await rep.shows(`with ${next.name} now`);

  await next.texts('Those are included.');
  await joel.shows('Those are included.');
  assert.equal(await joel.peer(), LINE);
});

test('a manager who is a member claims it; who is none is not offered to', async () => {
  assert.equal(await inbox.page.getByRole('button', { name: 'Claim' }).count(), 0);
  await house.apply(lineOf('ana', 'bo', 'cleo', 'mara'));
  const mara = await openWindow(browser, house);
  await signIn(mara.page, house.link(await house.run('link', 'mara@example.com')));
  await mara.page.goto(new URL(inbox.page.url()).pathname);
  await mara.page.getByRole('button', { name: 'Claim' }).click();
  await mara.page.locator('#thread-title').getByText('with Mara').waitFor();
  await inbox.page.locator('#thread-title').getByText('with Mara').waitFor();
  mara.clean();
  await mara.close();
  await house.apply(lineOf('ana', 'bo', 'cleo'));
});

test('closing ends it', async () => {
  await inbox.page.getByRole('button', { name: 'Close', exact: true }).click();
  await inbox.page.locator('#thread-title').getByText('closed').waitFor();
  await inbox.page.goto('/conversations?view=closed');
  await inbox.page.locator('#list').getByText('Those are included.').waitFor();
});

test('a carrier that answers with an error and sends all the same makes no second text', async () => {
  await openPhones(phones.page);
  const fault = phones.page.getByRole('switch', { name: '500, and sent anyway' });
  await fault.check();
  await phones.page.getByText('1 on', { exact: true }).waitFor();
  const nora = handset(phones.page, 'Nora');
  await nora.texts('Is the ramp open?');
  await inbox.page.goto('/conversations?view=all');
  await inbox.page.locator('#list .row').filter({ hasText: 'Is the ramp open?' }).getByRole('link').click();
  await timeline().getByText('Is the ramp open?').waitFor();
  await inbox.page.getByLabel(/^Text to/).fill('All day.');
  await inbox.page.getByRole('button', { name: 'Send text' }).click();
  const answer = timeline().locator('.msg').filter({ hasText: 'All day.' });
  await answer.waitFor();
  // Longer than the first look at the carrier's list, should a receipt come late.
  await answer.getByText('Delivered').waitFor({ timeout: 60_000 }).catch(async (error) => {
    throw new Error(`the thread shows:\n${await timeline().innerText()}\nthe program says:\n${house.output()}`, { cause: error });
  });
  // The page with the phones asks for what is new by itself: it may hear of the text after the thread.
  await nora.shows('All day.');
  assert.deepEqual((await nora.bubbles()).filter((bubble) => bubble === 'All day.'), ['All day.']);
  await phones.page.getByRole('button', { name: 'All off' }).click();
  await phones.page.getByText('0 on', { exact: true }).waitFor();
});

test('a rep’s late answer takes a closed conversation up again; a text that nobody may get is held', async () => {
  await openPhones(phones.page);
  const nora = handset(phones.page, 'Nora');
  await nora.texts('And the gate?');
  const hers = await theRepWhoGot(phones.page, 'And the gate?');
  await inbox.page.getByRole('button', { name: 'Close', exact: true }).click();
  await inbox.page.locator('#thread-title').getByText('closed').waitFor();

  await hers.texts('It is.');
  await nora.shows('It is.');
  assert.equal(await nora.peer(), LINE);
  await inbox.page.locator('#thread-title').getByText(`with ${hers.name}`).waitFor();

  // Whoever has lost the conversation reaches nobody; managers find the text.
  const next = handset(phones.page, REPS.find((name) => name !== hers.name));
  await transferTo(inbox.page, next.name);
  await inbox.page.locator('#thread-title').getByText(`with ${next.name}`).waitFor();
  await hers.texts('One more thing.');
  await hers.shows(`with ${next.name} now`);
  await inbox.page.goto('/held');
  await inbox.page.locator('#main').getByText('One more thing.', { exact: true }).waitFor();
  const shown = await nora.bubbles();
  assert.ok(!shown.includes('One more thing.'), 'and it reaches nobody');
});

test('nothing on the way asked another origin, broke the policy or failed in a script', () => {
  inbox.clean();
  phones.clean();
});
