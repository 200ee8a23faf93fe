// A manager watches a pair that an app has opened: who says what, what becomes of it, how long they have; and ends it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fitsEverybody, openWindow, signIn, startBrowser, startHouse } from '../harness/house.js';

const [FISHER, HELPER] = ['+15055550131', '+15055550132'];
let house;
let browser;

before(async () => {
  house = await startHouse();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await house?.stop();
});

/** Asks the API for something, as an app would. */
async function asks(token, path, body) {
  const answer = await fetch(`${house.origin}/api/v1${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  assert.equal(answer.status, 201, await answer.clone().text());
  return answer.json();
}

/** Somebody texts one of our numbers from a virtual phone. */
async function texts(from, to, body) {
  const answer = await fetch(`${house.origin}/simulator/phones/${encodeURIComponent(from)}/texts`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ to, body }),
  });
  assert.ok(answer.ok, await answer.text());
}

test('a manager watches a pair and ends it, and a rep sees nothing of it', async () => {
  const printed = await house.run('token', 'bait-app', '--scopes', 'pairs:write');
  const token = printed.split('\n').find((line) => /^\S{20,}$/.test(line));
  const pair = await asks(token, '/pairs', {
    reference: 'bait-77',
    parties: [{ phone: FISHER, alias: 'Fisher' }, { phone: HELPER, alias: 'Helper' }],
    expiry: { kind: 'fixed', after: '9m' },
  });
  const [fishers, helpers] = pair.parties.map((party) => party.mask);
  await texts(FISHER, fishers, 'I am at slip 12');

  const { page, clean, close } = await openWindow(browser, house);
  await signIn(page, house.link(await house.run('link', 'mara@example.com')));
  await page.getByRole('link', { name: /^All/ }).first().click();
  const row = page.locator('#list').getByRole('listitem').filter({ hasText: 'bait-77' });
  await row.getByText('in 8 min').waitFor();
  await row.getByRole('link', { name: 'Fisher and Helper' }).click();
  const thread = page.locator('#timeline');
  await thread.getByText('I am at slip 12').waitFor();

  // What is said now appears by itself, and what became of it.
  await texts(HELPER, helpers, 'Rowing out');
  await thread.locator('.msg', { hasText: 'Rowing out' }).getByText('Delivered').waitFor();
  const left = page.getByRole('timer');
  assert.match(await left.textContent(), /^in 8 min$/);
  assert.ok(!(await page.content()).includes(HELPER));
  await fitsEverybody(page);

  // The number is shown where it was hidden, and hidden again by a reload.
  await page.getByRole('button', { name: 'Show the number of Helper' }).click();
  await page.getByText(HELPER).waitFor();
  await page.reload();
  assert.ok(!(await page.content()).includes(HELPER));

  await page.locator('#thread-acts').getByRole('button', { name: 'End', exact: true }).click();
  await page.getByText('This pair has ended.').waitFor();
  await thread.getByText(/ended this/).waitFor();
  assert.equal(await page.getByRole('timer').count(), 0);
  await texts(FISHER, fishers, 'Hello?');
  await page.goto('/held');
  await page.getByText('Hello?').waitFor();
  await fitsEverybody(page);
  clean();
  await close();

  const ana = await openWindow(browser, house);
  await signIn(ana.page, house.link(await house.run('link', 'ana@example.com')));
  for (const path of ['/conversations?view=all', '/conversations?view=closed', '/history?q=rowing']) {
    await ana.page.goto(path);
    assert.ok(!(await ana.page.content()).includes('Helper'), path);
  }
  assert.equal((await ana.page.goto(`/conversations/${pair.id}`)).status(), 404);
  // A page that is not there is noted by the browser as an error.
  await ana.close();
});
