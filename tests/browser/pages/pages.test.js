// Pages that keep themselves true take nothing from whoever uses them: not the place in the menu, not the words in a
// field, not the focus. What tells of unread texts is on every page, and keys work from the first moment on.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { lineOf, openWindow, signIn, startBrowser, startHouse } from '../harness/house.js';
import { customer, newcomer, openPhones, theRepWhoGot } from '../harness/phones.js';

let house, browser, phones, joel, ada;

before(async () => {
  // What comes after the end is held at once.
  house = await startHouse({ SWITCHBOARD_SUPPORT__REOPEN_WITHIN: '0s' });
  browser = await startBrowser();
  await house.apply(lineOf('ana'));
  phones = await openWindow(browser, house);
  await openPhones(phones.page);
  joel = await customer(phones.page);
  await joel.texts('Do you rent kayaks?');
  ada = await openWindow(browser, house);
  await signIn(ada.page, house.link());
});
after(async () => {
  ada?.clean();
  await browser?.close();
  await house?.stop();
});

const focused = () => ada.page.evaluate(() => document.activeElement.id);
const unread = (n) => ada.page.waitForFunction((n) => document.getElementById('views-body').dataset.count === String(n), n);

test('a page that is not the inbox stays marked in the menu when a text comes, and tells it', async () => {
  const { page } = ada;
  const here = () => page.locator('#views [aria-current="page"]').allInnerTexts();
  await page.goto('/labels');
  assert.deepEqual((await here()).map((name) => name.trim()), ['Labels']);
  await unread(1);
  await page.getByLabel('New label').fill('urg');
  const second = await newcomer(phones.page);
  await second.texts('Anybody there?');
  await unread(2);
  assert.deepEqual((await here()).map((name) => name.trim()), ['Labels']);
  assert.equal(await page.getByLabel('New label').inputValue(), 'urg');
  assert.match(await page.title(), /^\(2\) /);
});

test('the bell and its switches are on a page that stands still, too', async () => {
  const { page } = ada;
  await page.goto('/audit');
  await page.locator('.duty summary').click();
  await page.getByLabel('Play a sound').waitFor();
});

test('it rings when one text was read and another came, although there are not more', async () => {
  const window = await openWindow(browser, house);
  const { page } = window;
  await page.addInitScript(() => {
    globalThis.rung = 0;
    const part = { frequency: {}, gain: { setValueAtTime() {}, exponentialRampToValueAtTime() {} }, connect: (to) => to, start() {}, stop() {} };
    globalThis.AudioContext = class {
      createOscillator() { globalThis.rung += 0.5; return part; } // there are two tones

      createGain() { return part; }
    };
    Document.prototype.hasFocus = () => false;
    localStorage.setItem('switchboard.sound', 'on');
  });
  await signIn(page, house.link(await house.run('link', 'mara@example.com')));
  await page.goto('/me');
  await page.waitForFunction(() => navigator.locks.query().then(({ held }) => held.some((lock) => lock.name === 'switchboard-bell')));
  const views = page.locator('#views-body');
  const newest = BigInt(await views.getAttribute('data-newest'));
  /** How often it has rung when the menu says that the newest unread text is the `n`th after the one of before. */
  const rings = (n) => views.evaluate((element, newest) => {
    element.dataset.newest = newest;
    document.dispatchEvent(new Event('put'));
    return globalThis.rung;
  }, String(newest + BigInt(n)));
  assert.equal(await rings(0), 0);
  assert.equal(await rings(7), 1);
  assert.equal(await rings(7), 1);
  assert.equal(await rings(-3), 1, 'an older one is no news');
  window.clean();
  await window.close();
});

test('the reason that somebody is writing under a held text stays, with the caret, when another one comes', async () => {
  const { page } = ada;
  await joel.texts('One more thing');
  const rep = await theRepWhoGot(phones.page, 'One more thing');
  await page.goto('/conversations?view=all');
  await page.locator('#list .row').filter({ hasText: 'One more thing' }).getByRole('link').click();
  await page.locator('#timeline').getByText('One more thing').waitFor();
  await page.keyboard.press('e');
  await page.locator('#thread-title').getByText('closed').waitFor();
  await rep.texts('Too late, the first');
  await page.goto('/held');
  await page.getByText('Too late, the first').waitFor();
  const reason = page.getByLabel('Why it goes to nobody').last();
  await reason.fill('They were nswered');
  await page.keyboard.press('Home');
  for (let presses = 0; presses < 'They were '.length; presses += 1) await page.keyboard.press('ArrowRight');
  const here = await focused();
  await rep.texts('Too late, the second');
  await page.getByText('Too late, the second').waitFor();
  assert.equal(await focused(), here);
  await page.keyboard.type('a');
  assert.equal(await reason.inputValue(), 'They were answered');
});

test('a menu that was opened by a key keeps the focus when a text comes', async () => {
  const { page } = ada;
  await joel.texts('Is the ramp open?');
  await page.goto('/conversations?view=all');
  await page.locator('#list .row').filter({ hasText: 'Is the ramp open?' }).getByRole('link').click();
  await page.locator('#timeline').getByText('Is the ramp open?').waitFor();
  await page.keyboard.press('s');
  assert.equal(await focused(), 'later-1h');
  await page.locator('#until').fill('2031-05-06T07:08');
  await page.locator('#later-3h').focus();
  await joel.texts('Hello?');
  await page.locator('#timeline').getByText('Hello?').waitFor();
  assert.equal(await focused(), 'later-3h');
  assert.equal(await page.locator('#until').inputValue(), '2031-05-06T07:08');
  await page.keyboard.press('Enter');
  await page.locator('#thread-title').getByText(/put aside until/).waitFor();
});

test('a note stays when its conversation is closed meanwhile', async () => {
  const { page } = ada;
  const other = await ada.context.newPage();
  await other.goto(page.url());
  await page.keyboard.press('n');
  await page.keyboard.type('Likes kayaks');
  await other.keyboard.press('e');
  await page.locator('#thread-title').getByText('closed').waitFor();
  await page.locator('.shut').waitFor({ state: 'attached' });
  assert.equal(await page.locator('#note').inputValue(), 'Likes kayaks');
  assert.ok(await page.locator('#note').isVisible(), 'it is still a note that is being written');
  await other.close();
});

test('keys that are pressed as soon as a page shows are heeded, however late its other scripts come', async () => {
  const window = await openWindow(browser, house);
  const { page } = window;
  await signIn(page, house.link(await house.run('link', 'admin@example.com')));
  await joel.texts('Are the kayaks dry?');
  await page.goto('/conversations?view=all');
  await page.locator('#list .row').first().getByText('Are the kayaks dry?').waitFor();
  await window.context.route(/static\/(live|bell|write|offers|presence|details)\.js/, async (route) => {
    await new Promise((rested) => setTimeout(rested, 2000));
    await route.continue();
  });
  await page.goto('/conversations?view=all', { waitUntil: 'commit' });
  await page.locator('#list .row').first().waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.locator('#timeline').getByText('Are the kayaks dry?').waitFor();
  await page.keyboard.press('n');
  await page.keyboard.type('Early');
  assert.equal(await page.locator('#note').inputValue(), 'Early');
  assert.notEqual(await page.evaluate(() => document.readyState), 'complete', 'the scripts were late');
  window.clean();
  await window.close();
});
