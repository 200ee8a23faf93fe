// Writing in the inbox, by keyboard: canned replies, undo, later, mentions, drafts, and two people who answer at once.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openWindow, overhang, signIn, startBrowser, startHouse, violations } from '../harness/house.js';
import { customer, handset, openPhones, REPS } from '../harness/phones.js';

let house, browser, ada, mara, phones, joel, path;

before(async () => {
  house = await startHouse({ SWITCHBOARD_INBOX__UNDO_WINDOW: '3s' });
  browser = await startBrowser();
  ada = await openWindow(browser, house);
  mara = await openWindow(browser, house);
  phones = await openWindow(browser, house);
  await signIn(ada.page, house.link());
  await signIn(mara.page, house.link(await house.run('link', 'mara@example.com')));
  await openPhones(phones.page);
  joel = await customer(phones.page);
  await joel.texts('Do you rent kayaks?');
  await ada.page.goto('/conversations?view=all');
  await ada.page.locator('#list .row').filter({ hasText: 'kayaks' }).getByRole('link').click();
  await ada.page.locator('#timeline').getByText('Do you rent kayaks?').waitFor();
  path = new URL(ada.page.url()).pathname;
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

const reply = ({ page }) => page.getByLabel(/^Text to/);
/** Waits until the reply box has this text. */
const holds = ({ page }, text) => page.waitForFunction((text) => document.getElementById('body')?.value === text, text);
const bubble = ({ page }, text) => page.locator('#timeline .msg').filter({ hasText: text });

test('the counter counts as carriers do and says what plain characters would save', async () => {
  for (const [text, told] of [
    ['a'.repeat(160), '160 characters · 1 segment'], ['a'.repeat(161), '161 characters · 2 segments'], ['a'.repeat(307), '307 characters · 3 segments'],
    ['['.repeat(80), '80 characters · 1 segment'], ['['.repeat(81), '81 characters · 2 segments'],
    [`${'a'.repeat(152)}[${'a'.repeat(152)}`, '305 characters · 3 segments'], ['é'.repeat(160), '160 characters · 1 segment'],
    ['ç'.repeat(70), '70 characters · 1 segment · Unicode'], ['ç'.repeat(71), '71 characters · 2 segments · Unicode'],
    ['😀'.repeat(35), '35 characters · 1 segment · Unicode'], ['😀'.repeat(36), '36 characters · 2 segments · Unicode'],
    [`${'ж'.repeat(66)}😀${'ж'.repeat(66)}`, '133 characters · 3 segments · Unicode'], [`${'ж'.repeat(65)}😀${'ж'.repeat(67)}`, '133 characters · 2 segments · Unicode'],
    ['`', '1 character · 1 segment · Unicode'], ['€', '1 character · 1 segment'], ['', ''],
  ]) {
    await reply(ada).fill(text);
    const count = await ada.page.locator('#count').innerText();
    assert.equal(count.split('\n')[0], told, text.slice(0, 10));
  }
  await reply(ada).fill(`I’m sure ${'a'.repeat(100)}`);
  await ada.page.getByText(/’ costs 1 segment more/).waitFor();
  await ada.page.getByRole('button', { name: 'Use plain ones' }).click();
  assert.match(await reply(ada).inputValue(), /^I'm sure a+$/);
  assert.equal(await ada.page.locator('#count').innerText(), '109 characters · 1 segment');
  await reply(ada).fill('');
});

test('what is longer than one request is counted where it is cut, and no figure differs from what the server counts', async () => {
  const pieces = ['a', 'word ', 'é[', 'ж', '😀', '你好 ', 'नमस्ते ', 'line\n', '“x” ', '👨‍👩‍👧‍👦', 'क्षत्रिय', '\u{200b}'];
  let seed = 7;
  const chance = (below) => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed % below; };
  for (let turn = 0; turn < 100; turn += 1) {
    let text = '';
    const length = turn % 4 ? 1500 + chance(200) : chance(6000);
    while (text.length < length) text += pieces[chance(pieces.length)].repeat(1 + chance(40));
    await reply(ada).fill(text);
    const counted = await ada.page.evaluate(async (body) => (await fetch('/count', { method: 'POST', body: new URLSearchParams({ body }) })).json(), text);
    const { characters, segments, parts, unicode } = counted;
    const told = `${characters} character${characters === 1 ? '' : 's'} · ${segments} segment${segments === 1 ? '' : 's'}`
      + `${parts > 1 ? ` in ${parts} texts` : ''}${unicode ? ' · Unicode' : ''}`;
    await ada.page.waitForFunction((told) => document.getElementById('count').innerText.split('\n')[0] === told, text ? told : '', { timeout: 5000 })
      .catch(async () => assert.fail(`the page says ${await ada.page.locator('#count').innerText()}, the server ${told}`));
  }
  await reply(ada).fill('word '.repeat(640));
  await ada.page.getByText('3200 characters · 22 segments in 2 texts', { exact: true }).waitFor();
  await reply(ada).fill('');
});

test('a canned reply is kept, and put into a reply by the keyboard alone', async () => {
  await ada.page.goto('/canned');
  await ada.page.getByLabel('Name').fill('hours');
  await ada.page.getByLabel('Text', { exact: true }).fill('{line} is open until six. {rep}');
  await ada.page.getByLabel('For', { exact: true }).selectOption({ label: 'everybody' });
  await ada.page.getByRole('button', { name: 'Keep', exact: true }).click();
  await ada.page.getByText('/hours', { exact: true }).first().waitFor();
  assert.deepEqual(await violations(ada.page), []);
  await ada.page.goto(path);
  await ada.page.keyboard.press('r');
  await ada.page.keyboard.type('Hi! /ho');
  const list = ada.page.getByRole('listbox', { name: 'Canned replies' });
  await list.getByRole('option', { name: /hours/ }).waitFor();
  assert.deepEqual(await violations(ada.page), []);
  await ada.page.keyboard.press('Enter');
  assert.equal(await reply(ada).inputValue(), 'Hi! Bait and Tackle is open until six. Ada');
  assert.equal(await list.count(), 0);
  await ada.page.keyboard.type(' and/or a/b');
  assert.equal(await list.count(), 0, 'only at the start of a word');
});

test('a draft survives leaving the page', async () => {
  await reply(ada).fill('Half a senten');
  await ada.page.goto('/conversations?view=all');
  await ada.page.goto(path);
  assert.equal(await reply(ada).inputValue(), 'Half a senten');
});

test('a reply is taken back by Undo and never leaves; sent again, it does', async () => {
  await reply(ada).fill('We are closed today.');
  await ada.page.keyboard.press('Control+Enter');
  const leaving = bubble(ada, 'We are closed today.');
  await leaving.getByText(/in \d s/).waitFor();
  assert.deepEqual(await violations(ada.page), []);
  await leaving.getByRole('button', { name: 'Undo' }).press('Enter');
  await holds(ada, 'We are closed today.');
  assert.equal(await ada.page.locator('#timeline .wait').count(), 0);
  await reply(ada).fill('We are open today.');
  await ada.page.keyboard.press('Control+Enter');
  await joel.shows('We are open today.');
  await bubble(ada, 'We are open today.').getByText('Delivered').waitFor();
  assert.ok(!(await joel.bubbles()).some((text) => text.includes('closed today')));
});

test('a reply is scheduled, shown with its time, moved and cancelled', async () => {
  await reply(ada).fill('Your part is here.');
  await ada.page.locator('#send-later > summary').click();
  assert.deepEqual(await violations(ada.page), []);
  await ada.page.getByRole('button', { name: 'Send tomorrow at 9:00' }).click();
  const planned = bubble(ada, 'Your part is here.');
  await planned.getByText(/Leaves/).waitFor();
  assert.match(await planned.locator('time').innerText(), /9:00|09:00/);
  await planned.getByText('Change time').click();
  await planned.getByRole('button', { name: 'In 1 hour' }).click();
  await planned.getByRole('button', { name: 'Cancel' }).click();
  await holds(ada, 'Your part is here.');
  await reply(ada).fill('');
});

test('a colleague is named in a note, which never leaves the house', async () => {
  await ada.page.locator('body').click({ position: { x: 5, y: 5 } });
  await ada.page.keyboard.press('n');
  await ada.page.keyboard.type('Ask @ma');
  await ada.page.getByRole('listbox', { name: 'Colleagues' }).getByRole('option', { name: 'Mara' }).waitFor();
  await ada.page.keyboard.press('Tab');
  await ada.page.keyboard.type('about the discount');
  await ada.page.keyboard.press('Control+Enter');
  await ada.page.locator('.note .at', { hasText: '@Mara' }).waitFor();
  await joel.texts('Thanks');
  await bubble(ada, 'Thanks').waitFor();
  for (const name of [joel.name, ...REPS]) {
    const texts = await handset(phones.page, name).bubbles();
    assert.ok(!texts.some((text) => text.includes('discount')), `the note is on the phone of ${name}`);
  }
});

test('two people see each other, and the second who answers is asked first', async () => {
  await mara.page.goto(path);
  await ada.page.getByText('Mara is looking').waitFor();
  await mara.page.getByText('Ada is looking').waitFor();
  await mara.page.keyboard.press('r');
  await mara.page.keyboard.type('Certainly!');
  await ada.page.getByText('Mara is typing').waitFor();
  // What the other has not seen for a moment does not count as read; here nothing new comes to her page at all.
  await mara.page.route('**/thread**', (route) => route.fulfill({ status: 200, body: '' }));
  await reply(ada).fill('Yes, of course.');
  await ada.page.keyboard.press('Control+Enter');
  await bubble(ada, 'Yes, of course.').waitFor();
  await mara.page.keyboard.press('Control+Enter');
  const asked = mara.page.getByRole('alert').filter({ hasText: 'while you were writing' });
  await asked.getByText('Yes, of course.').waitFor();
  assert.equal(await reply(mara).inputValue(), 'Certainly!');
  assert.deepEqual(await violations(mara.page), []);
  await mara.page.unroute('**/thread**');
  await mara.page.getByRole('button', { name: 'Send anyway' }).click();
  await joel.shows('Certainly!');
  const texts = await joel.bubbles();
  assert.ok(texts.findIndex((text) => text.includes('of course')) < texts.findIndex((text) => text.includes('Certainly')));
  await mara.page.goto('/conversations?view=all');
  await ada.page.getByText(/Mara is/).waitFor({ state: 'detached' });
});

test('how a text travelled is told, and everything stands within a phone', async () => {
  await ada.page.goto(path);
  await bubble(ada, 'Do you rent kayaks?').getByRole('link', { name: 'How did this travel?' }).click();
  await ada.page.locator('.travel').getByText('Came in').waitFor();
  assert.deepEqual(await violations(ada.page), []);
  for (const colorScheme of ['light', 'dark']) {
    const phone = await openWindow(browser, house, { width: 360, height: 740, colorScheme });
    await signIn(phone.page, house.link(await house.run('link', 'admin@example.com')));
    for (const page of [path, '/canned']) {
      await phone.page.goto(page);
      assert.equal(await overhang(phone.page), 0, `${page} stands out of a phone`);
      assert.deepEqual(await violations(phone.page), []);
    }
    phone.clean();
    await phone.close();
  }
  ada.clean();
});
