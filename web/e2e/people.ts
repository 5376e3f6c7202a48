// Accounts for the journeys: the server is set up by its one-time link, and each person has the roles that the name says.
import { expect, type APIRequestContext, type Page } from '@playwright/test';

export const PASSWORD = 'correct horse battery';

/** What a browser says of its own page's requests; the server takes a session's word for nothing else. */
const headers = { 'sec-fetch-site': 'same-origin' };

export const PEOPLE = {
  admin: { display_name: '管理员', roles: ['admin'] },
  planner: { display_name: '计划员', roles: ['planner'] },
  gis: { display_name: '测绘员', roles: ['gis'] },
  lead: { display_name: '主管', roles: ['planner', 'gis'] },
  inspector: { display_name: '巡查员', roles: ['inspector'] },
  viewer: { display_name: '读者', roles: ['viewer'] },
} as const;
export type Person = keyof typeof PEOPLE;

/** The token of the link that the server printed when it began without accounts. */
export function setupToken(): string {
  return process.env['GUATU_SETUP_TOKEN'] ?? '';
}

async function signedInAs(request: APIRequestContext, name: string): Promise<boolean> {
  const answer = await request.post('/api/v1/session', { headers, data: { name, password: PASSWORD } });
  return answer.ok();
}

/** Signs the page's browser in, making the account first if there is none yet. */
export async function signIn(page: Page, person: Person): Promise<void> {
  const { request } = page;
  if (await signedInAs(request, person)) return;
  if (!(await signedInAs(request, 'admin'))) {
    const first = { token: setupToken(), name: 'admin', display_name: PEOPLE.admin.display_name, password: PASSWORD };
    expect((await request.post('/api/v1/setup', { headers, data: first })).ok(), 'the server can be set up').toBe(true);
  }
  if (person === 'admin') return;
  const added = await request.post('/api/v1/users', { headers, data: { name: person, ...PEOPLE[person] } });
  const path: string = (await added.json()).invitation.link_path;
  const token = new URLSearchParams(path.split('#')[1]).get('token');
  await request.delete('/api/v1/session', { headers });
  expect((await request.post('/api/v1/invitations', { headers, data: { token, password: PASSWORD } })).ok()).toBe(true);
}

/** Signs the page's browser in as somebody new, whom `admin` adds. */
export async function signInAsNew(page: Page, admin: Page, name: string): Promise<void> {
  const data = { name, display_name: name, roles: ['viewer'] };
  const added = await admin.request.post('/api/v1/users', { headers, data });
  const path: string = (await added.json()).invitation.link_path;
  const token = new URLSearchParams(path.split('#')[1]).get('token');
  const accepted = await page.request.post('/api/v1/invitations', { headers, data: { token, password: PASSWORD } });
  expect(accepted.ok()).toBe(true);
}

export async function disable(admin: Page, name: string): Promise<void> {
  const answer = await admin.request.patch(`/api/v1/users/${name}`, { headers, data: { disabled: true } });
  expect(answer.ok()).toBe(true);
}

export async function signOut(page: Page): Promise<void> {
  await page.request.delete('/api/v1/session', { headers });
}

/** Changes a project as whoever is signed in on the page. */
export async function editProject(page: Page, id: string, patch: object): Promise<void> {
  const answer = await page.request.patch(`/api/v1/projects/${id}`, {
    data: patch,
    headers: { ...headers, 'if-match': '*', 'content-type': 'application/merge-patch+json' },
  });
  expect(answer.status(), await answer.text()).toBe(200);
}
