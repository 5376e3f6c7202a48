// Users for journeys that change the plan: added by the program itself, signed in as the app does it, and their edits.
import { execFileSync } from 'node:child_process';
import { expect, type Page } from '@playwright/test';

const PASSWORD = 'a long walk by the canal';
let made = false;

/** With a session, changes come from our own pages; a browser says so by itself. */
const fromHere = () => ({ origin: process.env['GUATU_URL']! });

/** Signs in somebody who may edit projects and places; the page has the session from then on. */
export async function signInAsEditor(page: Page): Promise<void> {
  const { GUATU_BIN: binary, GUATU_DATA: data } = process.env;
  if (!made && binary && data) {
    const args = [
      'user',
      'add',
      'e2e-editor',
      '--data',
      data,
      '--role',
      'planner',
      '--role',
      'gis',
      '--password-stdin',
    ];
    try {
      execFileSync(binary, args, { input: PASSWORD, stdio: ['pipe', 'ignore', 'pipe'] });
    } catch (error) {
      // Another file's journeys may have added them before.
      if (!/taken|exists|already/i.test(String((error as { stderr?: Buffer }).stderr))) throw error;
    }
    made = true;
  }
  const answer = await page.request.post('/api/v1/session', {
    data: { name: 'e2e-editor', password: PASSWORD },
    headers: fromHere(),
  });
  expect(answer.status(), await answer.text()).toBe(200);
}

/** Changes a project as whoever is signed in on the page. */
export async function editProject(page: Page, id: string, patch: object): Promise<void> {
  const answer = await page.request.patch(`/api/v1/projects/${id}`, {
    data: patch,
    headers: { ...fromHere(), 'if-match': '*', 'content-type': 'application/merge-patch+json' },
  });
  expect(answer.status(), await answer.text()).toBe(200);
}
