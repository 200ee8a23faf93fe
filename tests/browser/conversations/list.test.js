// The list and its keys: a rep's morning without a mouse, the tab that tells what is unread, the page on a phone.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { lineOf, openWindow, overhang, signIn, startBrowser, startHouse, violations } from '../harness/house.js';
import { customer, newcomer, openPhones } from '../harness/phones.js';

let house, browser, phones, joel, ana;

before(async () => {
  house = await startHouse();
  browser = await startBrowser();
  // Everybody goes to Ana, so that it is known who sees what.
  await house.apply(lineOf('ana'));
  phones = await openWindow(browser, house);
  await openPhones(phones.page);
  joel = await customer(phones.page);
  await joel.texts('Do you rent kayaks?');
  ana = await openWindow(browser, house);
  await signIn(ana.page, house.link(await house.run('link', 'ana@example.com')));
  await ana.page.locator('#list .row').first().waitFor();
});
after(async () => {
  ana?.clean();
  await browser?.close();
  await house?.stop();
});

const key = (...keys) => keys.reduce((done, one) => done.then(() => ana.page.keyboard.press(one)), Promise.resolve());
const focused = () => ana.page.evaluate(() => document.activeElement.id || document.activeElement.closest('[data-row]')?.dataset.row || document.activeElement.tagName);
const timeline = () => ana.page.getByRole('log', { name: 'Messages' });

test('the title and the icon tell what is unread before anything is opened', async () => {
  const { page } = ana;
  assert.match(await page.title(), /^\(1\) /);
  await page.locator('link[rel=icon][href="/static/icon-1.svg"]').waitFor({ state: 'attached' });
  await page.locator('.row.unread').getByText('Unread:').waitFor({ state: 'attached' });
});

test('? shows the keys and Escape puts them away', async () => {
  const { page } = ana;
  await key('?');
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
  assert.deepEqual(await violations(page), []);
  await key('j', 'Escape');
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor({ state: 'hidden' });
  // Its button closes it as often as it is opened.
  for (let times = 0; times < 2; times += 1) {
    await key('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).getByRole('button', { name: 'Close' }).click();
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor({ state: 'hidden' });
  }
});

test('j moves, Enter opens, and an opened conversation is read', async () => {
  const { page } = ana;
  await key('j');
  assert.match(await focused(), /^\d+$/);
  await key('Enter');
  await timeline().getByText('Do you rent kayaks?').waitFor();
  await page.locator('.row:not(.unread)').first().waitFor();
  await page.waitForFunction(() => !document.title.startsWith('('));
});

test('r writes a reply, keys are letters there, Ctrl+Enter sends and Escape leaves', async () => {
  const { page } = ana;
  await key('r');
  assert.equal(await focused(), 'body');
  await page.keyboard.type('Yes, je c e s?');
  assert.equal(await page.locator('#body').inputValue(), 'Yes, je c e s?');
  assert.equal(await page.locator('dialog[open]').count(), 0);
  await key('Escape');
  assert.notEqual(await focused(), 'body');
  await key('r', 'Control+Enter');
  await timeline().getByText('Yes, je c e s?').waitFor();
  await joel.shows('Yes, je c e s?');
});

test('n writes a note', async () => {
  await key('n');
  assert.equal(await focused(), 'note');
  await ana.page.keyboard.type('Likes kayaks.');
  await key('Control+Enter');
  await timeline().getByText('Likes kayaks.').waitFor();
});

test('s puts aside by keys alone, and takes back', async () => {
  const { page } = ana;
  await key('s');
  assert.equal(await page.evaluate(() => document.activeElement.textContent.trim()), 'In 1 hour');
  await key('Enter');
  await timeline().getByText('Ana put this aside').waitFor();
  await key('s');
  await timeline().getByText('This is back').waitFor();
});

test('g and a letter go to a view, and Alt does nothing', async () => {
  const { page } = ana;
  await key('g', 'u');
  await page.waitForURL(/view=unassigned/);
  await key('g', 'i');
  await page.waitForURL(/view=mine/);
  await key('Alt+g', 'Alt+a');
  await key('g', 'a');
  await page.waitForURL(/view=all/);
});

test('/ finds by the name, and what is looked for stays in the field', async () => {
  const { page } = ana;
  await key('/');
  assert.equal(await focused(), 'q');
  await page.keyboard.type('nobody of that name');
  await key('Enter');
  await page.getByText('Nobody of that name or number.').waitFor();
  assert.equal(await page.locator('#q').inputValue(), 'nobody of that name');
  await page.getByRole('link', { name: 'Show all' }).click();
  await page.locator('#list .row').first().waitFor();
});

test('Ctrl+K finds a conversation, a view and an action', async () => {
  const { page } = ana;
  const number = await page.locator('#list .row').first().getAttribute('data-row');
  await key('Control+k');
  const palette = page.getByRole('dialog', { name: 'Do or find anything' });
  await palette.waitFor();
  assert.deepEqual(await violations(page), []);
  await page.keyboard.type(number);
  await palette.getByRole('option', { name: new RegExp(`#${number}`) }).waitFor();
  await key('Enter');
  await page.waitForURL(new RegExp(`/conversations/${number}`));
  await key('Control+k');
  await page.keyboard.type('closed');
  await palette.getByRole('option', { name: /^Closed/ }).waitFor();
  await key('Escape');
  await palette.waitFor({ state: 'hidden' });
});

test('c claims what nobody has, and e closes it', async () => {
  const { page } = ana;
  await house.apply(`${lineOf('ana')}[[person]]\nemail = "ana@example.com"\nname = "Ana"\nrole = "rep"\nlimit = 1\n`);
  const second = await newcomer(phones.page);
  await second.texts('Is the ramp open?');
  await key('g', 'u');
  await page.waitForURL(/view=unassigned/);
  await page.locator('#list .row').filter({ hasText: 'Is the ramp open?' }).waitFor();
  await key('j', 'Enter');
  await timeline().getByText('Is the ramp open?').waitFor();
  await key('c');
  await timeline().getByText('Ana took this').waitFor();
  await key('e');
  await timeline().getByText('Ana closed this').waitFor();
});

test('a text that comes in while the page is open raises the title and the list', async () => {
  const { page } = ana;
  await page.goto('/conversations?view=mine');
  await page.waitForFunction(() => !document.title.startsWith('('));
  await joel.texts('One more thing');
  await page.locator('.row.unread').filter({ hasText: 'One more thing' }).waitFor();
  await page.waitForFunction(() => document.title.startsWith('(1) '));
});

test('the bell is a choice that this browser remembers', async () => {
  const { page } = ana;
  await page.locator('.duty summary').click();
  await page.getByLabel('Play a sound').check();
  await page.reload();
  await page.locator('.duty summary').click();
  assert.ok(await page.getByLabel('Play a sound').isChecked());
  assert.deepEqual(await violations(page), []);
});

for (const width of [360, 390, 720, 1000, 1440]) {
  test(`at ${width} pixels nothing stands out, and list, thread and menu are in reach`, async () => {
    const window = await openWindow(browser, house, { width, height: 800 });
    const { page } = window;
    await signIn(page, house.link(await house.run('link', 'ana@example.com')));
    await page.goto('/conversations?view=mine');
    assert.ok(await overhang(page) <= 0);
    assert.deepEqual(await violations(page), []);
    await page.locator('#filter summary').click();
    await page.getByLabel('State').waitFor();
    assert.ok(await overhang(page) <= 0);
    await page.keyboard.press('Escape');
    await page.getByLabel('State').waitFor({ state: 'hidden' });
    if (width < 960) {
      await page.getByRole('link', { name: 'Menu' }).click();
      await page.getByRole('link', { name: /^Unread/ }).waitFor();
      await page.getByRole('link', { name: 'Close the menu' }).click();
    }
    await page.locator('#list .row a').first().click();
    await page.getByRole('log', { name: 'Messages' }).waitFor();
    assert.equal(await page.locator('#list').isVisible(), width >= 720);
    assert.ok(await overhang(page) <= 0);
    assert.deepEqual(await violations(page), []);
    window.clean();
    await window.close();
  });
}
