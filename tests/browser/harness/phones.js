// The simulator's page as its people use it: a virtual phone each.

import assert from 'node:assert/strict';

/** The reps of the built-in set-up, each with a phone. */
export const REPS = ['Ana', 'Bo', 'Cleo'];

/**
 * Opens the simulator's page, each phone at its newest thread. (A phone that has typed stays with its thread, so that
 * nobody sends to somebody whom they did not see; a page loaded anew forgets that.)
 */
export const openPhones = (page) => page.goto('/simulator');

/** The virtual phone of `name` on the simulator's page. */
export function handset(page, name) {
  const phone = page.getByRole('article', { name: `Phone of ${name}`, exact: true });
  const log = phone.getByRole('log');
  return {
    name,
    /** Types a text and sends it to whom the phone is talking with. */
    texts: async (body) => {
      await phone.getByLabel(`Text from ${name}`, { exact: true }).fill(body);
      await phone.getByRole('button', { name: 'Send' }).click();
    },
    /** Waits until the open thread shows this text. */
    shows: (body) => log.getByText(body).first().waitFor(),
    /** Every text of the open thread. */
    bubbles: async () => (await phone.count() ? phone.locator('.sms > li:not(.when)').allTextContents() : []),
    /** The number that the phone is talking with. */
    peer: async () => (await phone.locator('.peer b').textContent()).trim(),
    /** The phone's own number, as it is written beside the name. */
    number: async () => (await phone.locator('h3 small').textContent()).trim(),
  };
}

/** A customer's phone: the first that is there, or a new one. */
export async function customer(page) {
  const column = page.getByRole('region', { name: /^Customers/ });
  const phones = column.getByRole('article');
  if (await phones.count() === 0) {
    await page.getByRole('button', { name: 'Customer' }).click();
    await phones.first().waitFor();
  }
  const name = (await phones.first().getAttribute('aria-label')).replace('Phone of ', '');
  return handset(page, name);
}

/** Waits until some reps' phones show `body`, lets things settle, and returns whose do. */
export async function repsWhoGot(page, body) {
  await page.getByRole('region', { name: /^Reps/ }).getByRole('log').getByText(body).first().waitFor();
  const got = [];
  for (const name of REPS) {
    const bubbles = await handset(page, name).bubbles();
    if (bubbles.some((bubble) => bubble.includes(body))) got.push(name);
  }
  return got;
}

/** Waits until exactly one rep's phone shows `body`, and returns it. */
export async function theRepWhoGot(page, body) {
  const got = await repsWhoGot(page, body);
  assert.equal(got.length, 1, `"${body}" is on the phones of ${got.join(' and ')}, not of one rep`);
  return handset(page, got[0]);
}

/** The phone of a customer who was not there before. */
export async function newcomer(page) {
  const phones = page.getByRole('region', { name: /^Customers/ }).getByRole('article');
  const names = () => phones.evaluateAll((all) => all.map((phone) => phone.getAttribute('aria-label').replace('Phone of ', '')));
  const before = await names();
  await page.getByRole('button', { name: 'Customer' }).click();
  await phones.nth(before.length).waitFor();
  return handset(page, (await names()).find((name) => !before.includes(name)));
}
