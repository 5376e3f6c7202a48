// A certified identity provider on a loopback port, with made-up users. Its only page lets one choose who to be, or say no.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { createServer as listener, type AddressInfo } from 'node:net';
import { Provider, type Context } from 'oidc-provider';

export const CLIENT = { id: 'guatu', secret: 'a made-up secret of the journeys' };

/** The provider's users: names and groups as it tells them. */
const PEOPLE: Record<string, { preferred_username: string; name: string; groups: string[] }> = {
  s1: { preferred_username: 'wang-fang', name: '王芳', groups: ['plan-office', 'choir'] },
  s2: { preferred_username: 'chen', name: '陈测', groups: ['survey'] },
  s3: { preferred_username: 'stranger', name: '外人', groups: ['choir'] },
};

export interface RunningProvider {
  issuer: string;
  stop(): Promise<void>;
  /** Begins again at the same address, with another signing key and without anybody's session. */
  start(): Promise<void>;
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = listener().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

function configuration(callback: string): object {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [callback] }],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' }] },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
    cookies: { keys: [randomUUID()] },
    claims: { profile: ['name', 'preferred_username'], groups: ['groups'] },
    scopes: ['openid', 'profile', 'groups'],
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_: unknown, sub: string) => ({ accountId: sub, claims: () => ({ sub, ...PEOPLE[sub] }) }),
    // Whoever signs in agrees.
    async loadExistingGrant(this: unknown, { oidc }: Context & { oidc: { provider: Provider } }) {
      const grant = new oidc.provider.Grant({ accountId: oidc.session.accountId, clientId: oidc.client.clientId });
      grant.addOIDCScope(oidc.params.scope);
      await grant.save();
      return grant;
    },
  };
}

function page(uid: string): string {
  const people = Object.entries(PEOPLE).map(([sub, { name }]) => `<a href="/interaction/${uid}/${sub}">${name}</a>`);
  return `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>Who?</title>
    ${people.join(' ')} <a href="/interaction/${uid}/no">Cancel</a>`;
}

function serve(issuer: string, callback: string): Server {
  const provider = new Provider(issuer, configuration(callback));
  const others = provider.callback();
  return createServer((request, response) => {
    const [, uid, choice] = /^\/interaction\/([\w-]+)(?:\/(\w+))?$/.exec(request.url ?? '') ?? [];
    if (!uid) return void others(request, response);
    if (!choice) return void response.setHeader('content-type', 'text/html').end(page(uid));
    const result = choice === 'no' ? { error: 'access_denied' } : { login: { accountId: choice } };
    provider.interactionFinished(request, response, result).catch((error) => response.destroy(error));
  });
}

/** Starts a provider that sends browsers back to `callback`. Its host is another than the app's, as in real life. */
export async function startProvider(callback: string): Promise<RunningProvider> {
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  let server: Server | null = null;
  async function start(): Promise<void> {
    server = serve(issuer, callback).listen(port, '127.0.0.1');
    await new Promise((done, fail) => server!.once('listening', done).once('error', fail));
  }
  async function stop(): Promise<void> {
    server?.closeAllConnections();
    await new Promise((done) => (server ? server.close(done) : done(null)));
    server = null;
  }
  await start();
  return { issuer, start, stop };
}
