// Plays the tour with a few customers more and takes the pictures of the README: node screenshots.js FOLDER

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openWindow, signIn, startBrowser, startHouse } from './harness/house.js';
import { handset, openPhones, theRepWhoGot } from './harness/phones.js';

const folder = process.argv[2] ?? 'docs/screenshots';
const WIDTHS = { 1440: 900, 390: 844 };

await mkdir(folder, { recursive: true });
const house = await startHouse();
const browser = await startBrowser();
try {
  const link = house.link();
  const phones = await openWindow(browser, house);
  await openPhones(phones.page);
  const customers = phones.page.getByRole('region', { name: /^Customers/ }).getByRole('article');
  while (await customers.count() < 3) {
    const before = await customers.count();
    await phones.page.getByRole('button', { name: 'Customer' }).click();
    await customers.nth(before).waitFor();
  }
  const names = await customers.evaluateAll((articles) => articles.map((article) => article.getAttribute('aria-label').replace('Phone of ', '')));
  const [one, two, three] = names.map((name) => handset(phones.page, name));

  await three.texts('Can I pay at the dock?');
  const third = await theRepWhoGot(phones.page, 'Can I pay at the dock?');
  await third.texts('You can, by card or in cash.');
  await three.shows('You can, by card or in cash.');

  const inbox = await openWindow(browser, house);
  await signIn(inbox.page, link);
  const list = inbox.page.locator('#list');
  await list.getByText('by card or in cash').waitFor();
  await list.getByRole('link').filter({ hasText: /ending in/ }).first().click();
  await inbox.page.getByRole('button', { name: 'Close', exact: true }).click();
  await inbox.page.getByText('· closed').waitFor();
  await third.texts('Is the dock open on Sunday, too?');

  await openPhones(phones.page);
  await two.texts('Do you still have the 16 ft skiff for Saturday?');
  await theRepWhoGot(phones.page, 'Do you still have the 16 ft skiff for Saturday?');

  await openPhones(phones.page);
  await one.texts('Hi, is the north ramp open tomorrow? We pick up two kayaks at 8.');
  const rep = await theRepWhoGot(phones.page, 'We pick up two kayaks at 8.');
  await rep.texts('It is, from 7. Green gate, left of the boat shed.');
  await one.shows('Green gate, left of the boat shed.');
  await one.texts('Great. Do you have life jackets for two children?');
  await rep.shows('Do you have life jackets for two children?');

  await inbox.page.goto('/conversations?view=all');
  await list.getByRole('link').filter({ hasText: /ending in/ }).first().click();
  await inbox.page.getByText('Note', { exact: true }).click();
  await inbox.page.getByLabel(/^Note, seen by staff only/).fill('Rack 6 is taken until Friday, theirs are on rack 9.');
  await inbox.page.getByRole('button', { name: 'Keep note' }).click();
  await inbox.page.locator('.note').waitFor();
  await inbox.page.getByLabel(/^Text to/).fill('We do, in every size. They are in the shed; take what fits.');
  await inbox.page.getByRole('button', { name: 'Send text' }).click();
  await one.shows('We do, in every size.');
  const thread = new URL(inbox.page.url()).pathname;
  const state = await inbox.context.storageState();
  await inbox.close();
  await phones.close();

  for (const [width, height] of Object.entries(WIDTHS)) {
    for (const colorScheme of ['light', 'dark']) {
      const visitor = await openWindow(browser, house, { width: Number(width), height, colorScheme });
      const staff = await openWindow(browser, house, { width: Number(width), height, colorScheme, storageState: state });
      const take = async (window, name, path, fullPage = false) => {
        await window.page.goto(path, { waitUntil: 'load' });
        await window.page.evaluate(() => document.fonts.ready);
        await window.page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), fullPage });
      };
      await take(visitor, 'simulator', '/simulator', Number(width) > 400);
      await take(visitor, 'sign-in', '/sign-in');
      await take(staff, 'inbox', `${thread}?view=all`);
      if (Number(width) < 400) await take(staff, 'list', '/conversations?view=all');
      await take(staff, 'history', '/history?q=kayaks');
      await take(staff, 'board', '/board');
      await take(staff, 'people', '/people');
      await staff.page.goto('/people');
      await take(staff, 'person', await staff.page.locator('table a').first().getAttribute('href'), true);
      await take(staff, 'held', '/held');
      await staff.page.goto('/lines');
      await take(staff, 'line', await staff.page.locator('table a').first().getAttribute('href'), true);
      await visitor.close();
      await staff.close();
    }
  }
} finally {
  await browser.close();
  await house.stop();
}
