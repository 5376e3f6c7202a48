// Who is there and who may do what: signing in and out, accounts, keys for programs, reading without an account.
import { send } from './write.ts';
import { part } from './client.ts';
import type { Account, ApiToken, Invitation, Session } from './types.ts';
import type { Right, UserRole } from '../domain/edit/vocab.ts';

const SESSION = '/api/v1/session';

/** Where a single sign-on begins that comes back to `page`; the browser goes there itself. */
export function oidcStart(page: string, { afresh }: { afresh: boolean }): string {
  return `${SESSION}/oidc?${new URLSearchParams({ page, ...(afresh && { prompt: 'login' }) })}`;
}

export async function findSession(): Promise<Session> {
  return (await send<Session>('GET', SESSION)).data;
}

export async function signIn(name: string, password: string): Promise<Session> {
  return (await send<Session>('POST', SESSION, { name, password })).data;
}

export async function signOut(): Promise<void> {
  await send('DELETE', SESSION);
}

export async function setUp(token: string, name: string, display_name: string, password: string): Promise<Session> {
  return (await send<Session>('POST', '/api/v1/setup', { token, name, display_name, password })).data;
}

export async function acceptInvitation(token: string, password: string): Promise<Session> {
  return (await send<Session>('POST', '/api/v1/invitations', { token, password })).data;
}

export async function changePassword(old: string, fresh: string): Promise<void> {
  await send('PUT', `${SESSION}/password`, { old, new: fresh });
}

export async function listAccounts(): Promise<Account[]> {
  return (await send<{ users: Account[] }>('GET', '/api/v1/users')).data.users;
}

export async function createAccount(
  name: string,
  display_name: string,
  roles: readonly UserRole[],
): Promise<{ user: Account; invitation: Invitation }> {
  return (await send<{ user: Account; invitation: Invitation }>('POST', '/api/v1/users', { name, display_name, roles }))
    .data;
}

export async function changeAccount(
  name: string,
  change: Partial<Pick<Account, 'display_name' | 'roles' | 'disabled'>>,
): Promise<Account> {
  return (await send<Account>('PATCH', `/api/v1/users/${part(name)}`, change)).data;
}

export async function resetAccount(name: string): Promise<Invitation> {
  return (await send<Invitation>('POST', `/api/v1/users/${part(name)}/reset`)).data;
}

/** Takes back all keys of an account. */
export async function deleteTokensOf(name: string): Promise<void> {
  await send('DELETE', `/api/v1/users/${part(name)}/tokens`);
}

export async function listTokens(): Promise<ApiToken[]> {
  return (await send<{ tokens: ApiToken[] }>('GET', '/api/v1/tokens')).data.tokens;
}

export async function createToken(
  label: string,
  scopes: readonly Right[],
  expires: string | null,
): Promise<ApiToken & { token: string }> {
  return (await send<ApiToken & { token: string }>('POST', '/api/v1/tokens', { label, scopes, expires })).data;
}

export async function deleteToken(id: number): Promise<void> {
  await send('DELETE', `/api/v1/tokens/${part(id)}`);
}

export async function setAnonymousReading(anonymous_reading: boolean): Promise<void> {
  await send('PUT', '/api/v1/access', { anonymous_reading });
}
