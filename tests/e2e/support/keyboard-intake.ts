import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const CARD = '004190000123|085012345|Nông Thị Mẫu|05021990|Nữ|Tổ 3, Phường Thục Phán, Cao Bằng|12052022';

/** A procedure of the sample catalogue with two papers to submit, both required. */
export const PROCEDURE = '1.012222';
const SEARCH = 'nguoi co uy tin';
const PAPERS = ['van-ban-de-nghi', 'bien-ban'] as const;

export interface IntakeByKeys {
  readonly page: Page;
  readonly pin: string;
  /** Papers that lie in the feeder at each scan. */
  readonly sheets: number;
  /** Called before each scan. */
  readonly feed?: () => void | Promise<void>;
  readonly afterPapers?: () => Promise<void>;
}

/** The clerk's work on one dossier from the search to the province's receipt, by keys alone. Gives its code. */
export async function takeInByKeys(intake: IntakeByKeys): Promise<string> {
  const { page } = intake;
  const press = (key: string) => page.keyboard.press(key);
  const focusIsIn = (selector: string) => page.locator(`${selector}:focus`).waitFor();

  await page.getByRole('option').first().waitFor();
  await page.keyboard.type(SEARCH);
  await page.locator('[role=option]').filter({ hasText: PROCEDURE }).waitFor();
  await expect.poll(() => page.locator('[role=option]').count()).toBe(1);
  await press('Enter');
  await page.getByText('Quét mã QR trên thẻ căn cước', { exact: true }).waitFor();
  await focusIsIn('input');
  await page.keyboard.type(CARD);
  await press('Enter');
  for (const paper of PAPERS) {
    await focusIsIn(`[data-scan="${paper}"]`);
    await intake.feed?.();
    await press('F6');
    const pages = page.locator(`[data-component="${paper}"] [data-page]`);
    await expect.poll(() => pages.count(), { timeout: 30_000 }).toBe(intake.sheets);
  }
  await focusIsIn('[data-next]');
  await page
    .locator(`[data-component="${PAPERS[1]}"] img`)
    .nth(intake.sheets - 1)
    .waitFor();
  await intake.afterPapers?.();

  await press('F8');
  await focusIsIn('[data-pin]');
  await page.keyboard.type(intake.pin);
  await press('Enter');
  await focusIsIn('[data-next]');
  await press('F9');
  await focusIsIn('[data-receive]');
  await press('Enter');
  await page.locator('[data-code]').waitFor();
  const code = (await page.locator('[data-code]').textContent()) ?? '';
  await focusIsIn('[data-slip-close]');
  await press('Enter');
  await page.locator('[data-send="sent"]').waitFor();
  return code;
}
