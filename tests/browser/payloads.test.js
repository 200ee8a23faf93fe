// What strangers write is text, on every page that shows it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openWindow, signIn, startBrowser, startHouse } from './house.js';
import { customer, openPhones } from './phones.js';

const TAGS = ['script', 'img', 'svg', 'iframe', 'object', 'body', 'input', 'video', 'details', 'style'];
const HANDLERS = ['onload', 'onerror', 'onfocus autofocus', 'ontoggle open', 'onmouseover'];
const PAYLOADS = [
  ...TAGS.flatMap((tag) => HANDLERS.map((handler) => `<${tag} src=x ${handler}=alert(1)>`)),
  '<script>alert(1)</script>', '"><script>alert(1)</script>', '\'><img src=x onerror=alert(1)>', '</textarea><script>alert(1)</script>',
  '</title><script>alert(1)</script>', '<!--<img src="--><img src=x onerror=alert(1)//">', '<a href="javascript:alert(1)">x</a>',
  '{{7*7}}', '${alert(1)}', '{% raw %}', '&lt;script&gt;alert(1)&lt;/script&gt;', '<math><mtext><img src=x onerror=alert(1)>',
  '<svg><script>alert&#40;1)</script>', 'javascript:alert(1)', '<img src="http://127.0.0.2/x.png">', '<style>*{display:none}</style>',
  '<meta http-equiv=refresh content="0;url=http://127.0.0.2/">', '<base href="http://127.0.0.2/">', '<form action="http://127.0.0.2/"><button>',
  'a\u202Eb', '\u0000', '<link rel=stylesheet href=http://127.0.0.2/x.css>',
].filter((payload) => !payload.includes('\u0000'));

let house, browser, inbox, phones;

before(async () => {
  house = await startHouse();
  browser = await startBrowser();
  inbox = await openWindow(browser, house);
  phones = await openWindow(browser, house);
  await signIn(inbox.page, house.link());
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

test(`${PAYLOADS.length} script payloads as texts stay text in the thread, in the list and on the phones`, async () => {
  await openPhones(phones.page);
  const joel = await customer(phones.page);
  await joel.texts('Hello');
  await inbox.page.goto('/conversations?view=all');
  await inbox.page.locator('#list').getByRole('link').filter({ hasText: /ending in/ }).first().click();
  for (const payload of PAYLOADS) {
    await joel.texts(payload);
    await joel.shows(payload);
  }
  await inbox.page.reload();
  const timeline = inbox.page.locator('#timeline');
  await timeline.getByText(PAYLOADS.at(-1), { exact: true }).first().waitFor();
  const shown = new Set(await timeline.locator('.bubble').allTextContents());
  for (const payload of PAYLOADS) assert.ok(shown.has(payload), `not shown as it was written: ${payload}`);
  inbox.clean();
  phones.clean();
});

test('as a note, too', async () => {
  const payload = PAYLOADS[0];
  await inbox.page.getByText('Note', { exact: true }).click();
  await inbox.page.getByLabel(/^Note, seen by staff only/).fill(payload);
  await inbox.page.getByRole('button', { name: 'Keep note' }).click();
  await inbox.page.locator('.note .said').getByText(payload, { exact: true }).waitFor();
  inbox.clean();
});
