// A rep's morning by keyboard alone: claim, reply, take back, canned reply, note, transfer, snooze, close.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { lineOf, openWindow, signIn, startBrowser, startHouse } from '../harness/house.js';
import { handset, openPhones, REPS } from '../harness/phones.js';

let house, browser, ana, bo, phones, one, two;

/** Says, with the mouse, before the morning begins, that no new customers come by themselves. */
async function goesAway({ page }) {
  await page.goto('/conversations?view=all');
  await page.locator('.duty summary').click();
  await page.locator('.duty button[value="away"]').click();
  await page.locator('.duty summary').getByText(/away/i).waitFor();
}

/** Presses Tab until what has the focus is called so. */
async function tabTo(page, name) {
  for (let presses = 0; presses < 120; presses += 1) {
    const here = await page.evaluate(() => {
      const { activeElement: element } = document;
      return (element.getAttribute('aria-label') ?? element.innerText ?? '').trim();
    });
    if (here === name) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`Tab never came to "${name}"`);
}

before(async () => {
  house = await startHouse({ SWITCHBOARD_INBOX__UNDO_WINDOW: '3s' });
  browser = await startBrowser();
  await house.apply(lineOf('ana', 'bo'));
  ana = await openWindow(browser, house);
  bo = await openWindow(browser, house);
  await signIn(ana.page, house.link(await house.run('link', 'ana@example.com')));
  await signIn(bo.page, house.link(await house.run('link', 'bo@example.com')));
  await goesAway(ana);
  await goesAway(bo);

  await ana.page.goto('/canned');
  await ana.page.getByLabel('Name').fill('hours');
  await ana.page.getByLabel('Text', { exact: true }).fill('{line} is open until six. {rep}');
  await ana.page.getByRole('button', { name: 'Keep', exact: true }).click();
  await ana.page.getByText('/hours', { exact: true }).first().waitFor();

  phones = await openWindow(browser, house);
  await openPhones(phones.page);
  const customers = phones.page.getByRole('region', { name: /^Customers/ }).getByRole('article');
  while (await customers.count() < 2) {
    const there = await customers.count();
    await phones.page.getByRole('button', { name: 'Customer' }).click();
    await customers.nth(there).waitFor();
  }
  const names = await customers.evaluateAll((articles) => articles.map((article) => article.getAttribute('aria-label').replace('Phone of ', '')));
  [one, two] = names.map((name) => handset(phones.page, name));
  await ana.page.goto('/conversations?view=all');
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

const timeline = ({ page }) => page.locator('#timeline');
const rows = ({ page }) => page.locator('#list li.row');
/** Types a text where the focus is and sends it. */
const types = async ({ page }, text) => {
  await page.keyboard.type(text);
  await page.keyboard.press('Control+Enter');
};

test('a new text is found by its view, opened and claimed', async () => {
  await one.texts('Do you rent kayaks?');
  const { page } = ana;
  await page.keyboard.press('g');
  await page.keyboard.press('u');
  await page.waitForURL(/view=unassigned/);
  await rows(ana).getByText('Do you rent kayaks?').waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await timeline(ana).getByText('Do you rent kayaks?').waitFor();
  await page.keyboard.press('c');
  await page.locator('#thread-title').getByText('with Ana').waitFor();
});

test('a reply is taken back, put right and sent', async () => {
  const { page } = ana;
  await page.keyboard.press('r');
  await types(ana, 'We do not.');
  await timeline(ana).getByText(/in \d s/).waitFor();
  await tabTo(page, 'Undo');
  await page.keyboard.press('Enter');
  await timeline(ana).locator('.wait').waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  await page.keyboard.press('r');
  await page.keyboard.press('Control+A');
  await types(ana, 'We do, from nine.');
  await one.shows('We do, from nine.');
  assert.ok(!(await one.bubbles()).some((text) => text.includes('We do not.')));
});

test('a canned reply is chosen by its first letters', async () => {
  const { page } = ana;
  await page.keyboard.press('Escape');
  await page.keyboard.press('r');
  await page.keyboard.type('/ho');
  await page.getByRole('option', { name: /hours/ }).waitFor();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Control+Enter');
  await one.shows('Bait and Tackle is open until six. Ana');
});

test('a note stays in the house', async () => {
  const { page } = ana;
  await page.keyboard.press('Escape');
  await page.keyboard.press('n');
  await types(ana, 'Rack six is taken.');
  await timeline(ana).locator('.note').getByText('Rack six is taken.').waitFor();
  for (const name of [one.name, ...REPS]) {
    assert.ok(!(await handset(phones.page, name).bubbles()).some((text) => text.includes('Rack six')), name);
  }
});

test('a conversation is handed to a colleague with a note', async () => {
  const { page } = ana;
  await page.keyboard.press('Escape');
  await page.keyboard.press('a');
  await page.keyboard.type('Bo');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Yours, they asked for you.');
  await page.keyboard.press('Enter');
  await bo.page.goto('/conversations?view=mine');
  await rows(bo).getByRole('link').first().click();
  await timeline(bo).getByText('Yours, they asked for you.').first().waitFor();
  await rows(ana).getByText('open until six').waitFor({ state: 'detached' });
});

test('another is put aside, found again by the palette, taken back and closed', async () => {
  const { page } = ana;
  await two.texts('Is the dock open on Sunday?');
  await page.goto('/conversations?view=unassigned');
  await rows(ana).getByText('Is the dock open on Sunday?').waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await timeline(ana).getByText('Is the dock open on Sunday?').waitFor();
  await page.keyboard.press('c');
  await page.locator('#thread-title').getByText('with Ana').waitFor();
  await page.keyboard.press('s');
  await page.keyboard.press('Enter');
  await page.locator('#thread-title').getByText(/put aside until/).waitFor();

  await page.keyboard.press('Control+k');
  await page.keyboard.type('snoozed');
  await page.getByRole('option', { name: /^Snoozed/ }).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(/view=snoozed/);
  await rows(ana).getByText('Is the dock open on Sunday?').waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await timeline(ana).getByText('Is the dock open on Sunday?').waitFor();
  await page.keyboard.press('s');
  await page.locator('#thread-title').getByText(/put aside until/).waitFor({ state: 'detached' });
  await page.keyboard.press('e');
  await page.locator('#thread-title').getByText('closed').waitFor();
  ana.clean();
  bo.clean();
  phones.clean();
});
