// The dashboard tells the plan at a glance, and each number leads to its projects.
import { accessible, expect, test } from './guatu.ts';

test('targets, quotas, kinds and stages are there', async ({ page }) => {
  await page.goto('/dashboard');
  await expect(page.getByText('21 个目标')).toBeVisible();
  await expect(page.getByText('列名 3 / 28')).toBeVisible();
  await expect(page.getByText('暂无读数').first()).toBeVisible();
  await expect(page.getByRole('heading', { name: '到期与逾期' })).toBeVisible();
  await accessible(page);
});

test('a count leads to the filtered map, and Back returns', async ({ page }) => {
  await page.goto('/dashboard?lang=en');
  await page.getByRole('button', { name: 'Zone: 9' }).click();
  await expect(page).toHaveURL(/\/\?lang=en&tab=results&kind=zone/);
  await expect(page.getByText('9 projects')).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('heading', { name: 'Dashboard' })).toBeVisible();
});

test('"all" leads to as many projects as it says, whatever was filtered before', async ({ page }) => {
  await page.goto('/dashboard?light=red');
  const all = page.getByRole('button', { name: /^全部 \d+ 个$/ });
  const n = /\d+/.exec((await all.textContent())!)![0];
  await all.click();
  await expect(page.getByText(`${n} 个项目`, { exact: true })).toBeVisible();
});
