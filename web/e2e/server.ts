// Starts the real binary on a free port with an empty data folder, and makes sure that it also ends well.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const READY = /^listening on (http:\/\/\S+)/;
const SETUP = /\/setup#token=(\S+)$/;
const START_MS = 30_000;
const STOP_MS = 10_000;

function ready(server: ChildProcess, isForJourneys: boolean): Promise<string> {
  return new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error('the server did not get ready')), START_MS);
    createInterface({ input: server.stdout! }).on('line', (line) => {
      // The link to set up comes after the line that says where; it is there before the first journey needs it.
      const token = SETUP.exec(line)?.[1];
      if (token && isForJourneys) process.env['GUATU_SETUP_TOKEN'] = token;
      const url = READY.exec(line)?.[1];
      if (!url) return;
      clearTimeout(timer);
      done(url);
    });
    server.once('exit', (code) => fail(new Error(`the server ended before it was ready, with ${code}`)));
    server.once('error', fail);
  });
}

function ended(server: ChildProcess): Promise<number | null> {
  return new Promise((done, fail) => {
    setTimeout(() => fail(new Error('the server did not stop when asked')), STOP_MS).unref();
    server.once('exit', (code) => done(code));
    server.kill('SIGTERM');
  });
}

export interface Running {
  url: string;
  data: string;
  stop: () => Promise<void>;
}

/** The program under test. */
export function program(): string {
  return resolve(process.env['GUATU_BIN'] ?? join(import.meta.dirname, '../../target/debug/guatu'));
}

/** Starts a server; answers with its address, its data, and how it ends. */
export async function start(binary: string, ...more: string[]): Promise<Running> {
  const data = await mkdtemp(join(tmpdir(), 'guatu-e2e-'));
  const where = more.includes('--listen') ? [] : ['--listen', '127.0.0.1:0'];
  const args = ['serve', ...where, '--data', data, ...more];
  const server = spawn(binary, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: resolve(import.meta.dirname, '../..'),
    // Only what is wrong; each tile would be a line otherwise.
    env: { ...process.env, RUST_LOG: 'warn' },
  });
  const url = await ready(server, more.length === 0);
  async function stop(): Promise<void> {
    const code = await ended(server);
    await rm(data, { recursive: true, force: true });
    if (code !== 0) throw new Error(`the server ended with ${code}, not 0`);
  }
  return { url, data, stop };
}

export default async function setup(): Promise<(() => Promise<void>) | void> {
  const binary = program();
  const stops: (() => Promise<void>)[] = [];
  // A server that is already running can be tested as well.
  if (!process.env['GUATU_URL']) {
    const { url, data, stop } = await start(binary);
    // For journeys that need a user: the program adds one beside the running server.
    Object.assign(process.env, { GUATU_URL: url, GUATU_DATA: data, GUATU_BIN: binary });
    stops.push(stop);
  }
  // The time machine needs a plan with a past: the simulated year.
  if (!process.env['GUATU_DEMO_URL']) {
    const { url, stop } = await start(binary, '--demo');
    process.env['GUATU_DEMO_URL'] = url;
    stops.push(stop);
  }
  return async () => {
    for (const stop of stops) await stop();
  };
}
