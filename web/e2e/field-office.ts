// The office at the other end of the line: a server that can be killed and comes back with the same data at the same
// address, and a line to it that can be cut anywhere.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { request, type APIRequestContext } from '@playwright/test';
import { PASSWORD } from './people.ts';
import { program } from './server.ts';

const START_MS = 30_000;

export const STAFF = { li: 'inspector', wang: 'inspector', planner: 'planner', viewer: 'viewer' } as const;
export type Staff = keyof typeof STAFF;

export const headers = { 'sec-fetch-site': 'same-origin' };

export class Office {
  readonly data: string;
  #server: ChildProcess | null = null;
  #port = 0;

  private constructor(data: string) {
    this.data = data;
  }

  /** A server with its plan and its staff. */
  static async open(): Promise<Office> {
    const office = new Office(await mkdtemp(join(tmpdir(), 'guatu-field-')));
    await office.start();
    for (const [name, role] of Object.entries(STAFF)) {
      const args = [
        'user',
        'add',
        '--data',
        office.data,
        '--role',
        role,
        '--display-name',
        name,
        '--password-stdin',
        name,
      ];
      const added = spawnSync(program(), args, { input: PASSWORD, encoding: 'utf8' });
      if (added.status !== 0) throw new Error(`no account for ${name}: ${added.stderr}`);
    }
    return office;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    const args = ['serve', '--listen', `127.0.0.1:${this.#port}`, '--data', this.data];
    const server = (this.#server = spawn(program(), args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: resolve(import.meta.dirname, '../..'),
      env: { ...process.env, RUST_LOG: 'error' },
    }));
    const url = await new Promise<string>((done, fail) => {
      const timer = setTimeout(() => fail(new Error('the server did not get ready')), START_MS);
      createInterface({ input: server.stdout! }).on('line', (line) => {
        const at = /^listening on (http:\S+)/.exec(line)?.[1];
        if (!at) return;
        clearTimeout(timer);
        done(at);
      });
      server.once('exit', (code) => fail(new Error(`the server ended with ${code}`)));
    });
    this.#port = Number(new URL(url).port);
  }

  /** Ends the server by its own pid, as a power cut would. */
  async kill(): Promise<void> {
    const server = this.#server;
    if (!server || server.exitCode !== null) return;
    const ended = new Promise((done) => server.once('exit', done));
    server.kill('SIGKILL');
    await ended;
  }

  async close(): Promise<void> {
    await this.kill();
    await rm(this.data, { recursive: true, force: true });
  }

  /** The server as somebody of the staff asks it, past the line. */
  async as(who: Staff): Promise<APIRequestContext> {
    const asked = await request.newContext({ baseURL: this.url, extraHTTPHeaders: headers });
    const answer = await asked.post('/api/v1/session', { data: { name: who, password: PASSWORD } });
    if (!answer.ok()) throw new Error(`${who} cannot sign in: ${answer.status()}`);
    return asked;
  }
}

/** What goes through a line: everything between a phone and the office, byte by byte. */
export class Line {
  readonly #gate: Server;
  readonly #ends = new Set<Socket>();
  #port = 0;
  #isOpen = true;
  #up = 0;
  #at: { bytes: number; then: () => void } | null = null;

  private constructor(office: Office) {
    this.#gate = createServer((phone) => {
      if (!this.#isOpen) return phone.destroy();
      const far = connect(office.port, '127.0.0.1');
      for (const end of [phone, far]) {
        this.#ends.add(end);
        end.on('error', () => end.destroy());
        end.on('close', () => {
          this.#ends.delete(end);
          phone.destroy();
          far.destroy();
        });
      }
      phone.on('data', (bytes: Buffer) => {
        this.#up += bytes.length;
        if (this.#at && this.#up >= this.#at.bytes) {
          const { then } = this.#at;
          this.#at = null;
          then();
        }
      });
      phone.pipe(far);
      far.pipe(phone);
    });
  }

  static async to(office: Office): Promise<Line> {
    const line = new Line(office);
    await new Promise<void>((done) => line.#gate.listen(0, '127.0.0.1', done));
    line.#port = (line.#gate.address() as AddressInfo).port;
    return line;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  cut(): void {
    this.#isOpen = false;
    for (const end of this.#ends) end.destroy();
  }

  mend(): void {
    this.#isOpen = true;
  }

  /** Resolves once so many more bytes went up, after `then` was done in that very moment. */
  after(bytes: number, then: () => void): Promise<void> {
    return new Promise((done) => {
      this.#at = {
        bytes: this.#up + bytes,
        then: () => {
          then();
          done();
        },
      };
    });
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((done) => this.#gate.close(done));
  }
}
