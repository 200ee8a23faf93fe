// The house as a person meets it: the real program with a database of its own, and a real browser.
//
// The program runs in an empty folder with nothing set but its port, as on a fresh machine.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const axeSource = require.resolve('axe-core/axe.min.js');

/** How long a page or the program may take for what a test waits for, in milliseconds. */
export const PATIENCE = 15_000;

const BINARY = process.env.BINARY ?? 'target/debug/switchboard';
const CHROMIUM = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

/** Starts the program on an empty database; `link()` is the one-time link that it printed. */
export async function startHouse(env = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'switchboard-browser-'));
  const port = Number(env.ROCKET_PORT) || await freePort();
  const { PATH, HOME } = process.env;
  const environment = { PATH, HOME, ROCKET_PORT: String(port), ...env };
  const program = spawn(BINARY, env.SWITCHBOARD_CARRIER ? ['serve', '--new'] : [], { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  program.stdout.on('data', (data) => { output += data; });
  program.stderr.on('data', (data) => { output += data; });
  let code = null;
  const ended = new Promise((done) => program.once('exit', (status, signal) => done(code = status ?? signal)));

  const origin = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + PATIENCE;
  const ready = async () => {
    try { return (await fetch(`${origin}/health/ready`)).ok; } catch { return false; }
  };
  while (!(await ready())) {
    if (code !== null || Date.now() > deadline) {
      program.kill('SIGKILL');
      throw new Error(`${code === null ? 'the program was not ready in time' : `the program ended with ${code}`}:\n${output}`);
    }
    await new Promise((again) => setTimeout(again, 50));
  }

  /** Runs another command of the program on the same database and returns what it printed. */
  const run = (...args) => new Promise((done, failed) => {
    const command = spawn(BINARY, args, { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    command.stdout.on('data', (data) => { printed += data; });
    command.stderr.on('data', (data) => { printed += data; });
    command.once('exit', (status) => status === 0 ? done(printed) : failed(new Error(`${args.join(' ')}: ${status}\n${printed}`)));
  });

  return {
    origin,
    /** Applies a set-up file of this text, beside the running program. */
    apply: async (setup) => {
      await writeFile(join(folder, 'setup.toml'), setup);
      return run('apply', 'setup.toml');
    },
    output: () => output,
    /** The one-time link that a text contains, by default what the program printed at its start. */
    link: (text = output) => {
      const found = text.match(/http:\/\/127\.0\.0\.1:\d+\/link\/[\w-]+/);
      assert.ok(found, `no one-time link in:\n${text}`);
      return found[0];
    },
    run,
    /** Asks the program to stop, as an operator would, and says how it ended. */
    stop: async () => {
      if (code === null) program.kill('SIGTERM');
      const status = await ended;
      await rm(folder, { recursive: true, force: true });
      return status;
    },
  };
}

/** Starts the simulated carrier as a process of its own, which calls the house at `port`; `env` lets a house serve with it. */
export async function startCarrier(port) {
  const own = await freePort();
  const [account, token] = ['AC00000000000000000000000000000001', '12345'];
  const args = ['simulator', '--port', String(own), '--account', account, '--token', token];
  const carrier = spawn(BINARY, [...args, '--webhook', `http://127.0.0.1:${port}/hooks/twilio/messages`], { env: {}, stdio: 'ignore' });
  const ended = new Promise((done) => carrier.once('exit', done));
  const origin = `http://127.0.0.1:${own}`;
  const deadline = Date.now() + PATIENCE;
  while (!(await fetch(`${origin}/simulator`).then((answer) => answer.ok, () => false))) {
    assert.ok(Date.now() < deadline, 'the carrier was not ready in time');
    await new Promise((again) => setTimeout(again, 50));
  }
  return {
    origin,
    env: {
      ROCKET_PORT: String(port), SWITCHBOARD_CARRIER: 'twilio', TWILIO_API_BASE: origin, TWILIO_ACCOUNT_SID: account, TWILIO_AUTH_TOKEN: token,
    },
    stop: () => {
      carrier.kill('SIGTERM');
      return ended;
    },
  };
}

export async function startBrowser() {
  assert.ok(CHROMIUM, 'no Chromium found: install it, or name it in CHROMIUM');
  return chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS });
}

/**
 * A person's browser window. Everything that must never happen on any page is noted and checked by `clean()`:
 * a request to another origin, a breach of the security policy, a script error, a dialog.
 */
export async function openWindow(browser, house, options = {}) {
  const { width = 1440, height = 900, ...rest } = options;
  const context = await browser.newContext({ viewport: { width, height }, baseURL: house.origin, ...rest });
  context.setDefaultTimeout(PATIENCE);
  if (options.javaScriptEnabled !== false) await context.addInitScript({ path: axeSource });
  const wrong = [];
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== house.origin && !['data:', 'blob:', 'about:'].includes(url.protocol)) wrong.push(`a request to ${url.origin}`);
  });
  context.on('page', (page) => {
    page.on('console', (message) => {
      // A refused form is answered with 422, which browsers note as an error.
      if (/status of 422/.test(message.text())) return;
      if (message.type() === 'error' || /content.security.policy/i.test(message.text())) wrong.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => wrong.push(`script error: ${error.message}`));
    page.on('dialog', (dialog) => { wrong.push(`a dialog: ${dialog.message()}`); dialog.dismiss(); });
  });
  const page = await context.newPage();
  return { context, page, clean: () => assert.deepEqual(wrong, []), close: () => context.close() };
}

/** Opens a one-time link and presses its button. */
export async function signIn(page, link) {
  await page.goto(link);
  await page.getByRole('main').getByRole('button').first().click();
  await page.waitForURL(/\/conversations/);
}

/** What axe finds wrong with the page, in one line each. */
export async function violations(page) {
  const results = await page.evaluate(() => window.axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  }));
  return results.violations.map((found) => `${found.id}: ${found.help}: ${found.nodes.map((node) => node.target.join(' ')).join(' | ')}`);
}

/** How many pixels of the page stand out to the right of the window. */
export function overhang(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** No fault for readers, and nothing that stands out, on a wide page and on a phone, light and dark. */
export async function fitsEverybody(page, looks = [[1440, 'light'], [390, 'dark'], [360, 'light']]) {
  const size = page.viewportSize();
  for (const [width, colorScheme] of looks) {
    await page.setViewportSize({ width, height: 850 });
    // Without motion, so that no button under the pointer is measured half-way between two colours.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    assert.deepEqual(await violations(page), [], `${page.url()} at ${width}, ${colorScheme}`);
    assert.ok(await overhang(page) <= 0, `${page.url()}: ${await overhang(page)} pixels stand out at ${width}`);
  }
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}

/** A set-up file in which the line of the built-in set-up has these members. */
export const lineOf = (...names) => `
  [[line]]
  number = "+18005550100"
  name = "Bait and Tackle"
  members = [${names.map((name) => `"${name}@example.com"`)}]
`;
