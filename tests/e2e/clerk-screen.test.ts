import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { rendererConfig } from '../../vite.renderer.config.ts';
import { describeWithPeers } from '../support/peers.ts';
import { PIN } from './support/fake-behaviour.ts';
import { type FakeEngine, startFakeEngine } from './support/fake-engine.ts';

const ARTIFACTS = path.resolve(import.meta.dirname, '../.artifacts');
const CARD = '004190000123|085012345|Nông Thị Mẫu|05021990|Nữ|Tổ 3, Phường Thục Phán, Cao Bằng|12052022';

/** The machine may be busy: what is waited for may take its time, but not for ever. */
const PATIENCE_MS = 15_000;
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: PATIENCE_MS });

describeWithPeers(['chromium', 'fonts'], "the clerk's screen", () => {
  let rendererDir: string;
  let browser: Browser;
  let engine: FakeEngine;
  let page: Page;
  let consoleProblems: string[];

  beforeAll(async () => {
    mkdirSync(ARTIFACTS, { recursive: true });
    rendererDir = mkdtempSync(path.join(tmpdir(), 'renderer-'));
    await build({
      ...rendererConfig,
      configFile: false,
      logLevel: 'error',
      build: { ...rendererConfig.build, outDir: rendererDir },
    });
    browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(rendererDir, { recursive: true, force: true });
  });

  beforeEach(async () => {
    engine = await startFakeEngine(rendererDir);
    page = await open({});
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await shot(`failed-${task.name.replace(/\W+/g, '-').slice(0, 40)}`);
    await page.context().close();
    await engine.close();
    expect(consoleProblems).toEqual([]);
  });

  async function open(options: Parameters<Browser['newContext']>[0]): Promise<Page> {
    const context = await browser.newContext({
      viewport: { width: 1366, height: 768 },
      reducedMotion: 'reduce',
      locale: 'vi-VN',
      ...options,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    const opened = await context.newPage();
    consoleProblems = [];
    opened.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') consoleProblems.push(message.text());
    });
    opened.on('pageerror', (error) => consoleProblems.push(String(error)));
    await opened.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        console.error(
          `CSP ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`,
        );
      });
    });
    await opened.goto(engine.url);
    return opened;
  }

  const press = (key: string) => page.keyboard.press(key);
  const type = (text: string) => page.keyboard.type(text);
  const shot = (name: string) => page.screenshot({ path: path.join(ARTIFACTS, `clerk-${name}.png`) });
  const thumbs = (component: string) => page.locator(`[data-component="${component}"] [data-page]`);
  const fault = (code: string) => page.locator(`[data-fault="${code}"]`);
  const focusIsIn = (selector: string) => page.locator(`${selector}:focus`).waitFor();

  /** Key events as a gun in keyboard mode makes them: one after another, Enter last. */
  async function shoot(line: string): Promise<void> {
    await page.evaluate(
      (keys) => {
        for (const key of keys) {
          document.activeElement?.dispatchEvent(
            new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }),
          );
        }
      },
      [...line, 'Enter'],
    );
  }

  async function openDossier(): Promise<void> {
    await page.getByRole('option').first().waitFor();
    await type('dang ky lai khai sinh');
    await press('Enter');
    await page.getByText('Quét mã QR trên thẻ căn cước', { exact: true }).waitFor();
  }

  async function shootCard(): Promise<void> {
    await focusIsIn('input');
    await type(CARD);
    await press('Enter');
    await page.getByText('Nông Thị Mẫu').first().waitFor();
    await focusIsIn('[data-scan="c1"]');
  }

  it('takes in a dossier from first key to receipt without a mouse', async () => {
    engine.setOnline(false);
    await page.getByText('Công dân cần làm thủ tục gì?').waitFor();
    await page.getByRole('option').first().waitFor();
    await shot('1-procedures');
    await openDossier();
    await shot('2-citizen');
    await shootCard();

    engine.loadFeeder(2);
    await press('F6');
    await eventually(() => thumbs('c1').count()).toBe(2);
    // The next missing paper is chosen by itself.
    await focusIsIn('[data-scan="c2"]');
    const release = engine.holdPages();
    engine.loadFeeder(3);
    await press('F6');
    await page.getByText('Đang chờ trang đầu tiên…').waitFor();
    await shot('3-scanning');
    release();
    await eventually(() => thumbs('c2').count()).toBe(3);
    await focusIsIn('[data-next]');
    await page.locator('[data-component="c2"] img').nth(2).waitFor();
    await shot('4-papers');

    await press('F8');
    await focusIsIn('[data-pin]');
    await type('000000');
    await press('Enter');
    await fault('TOKEN_PIN_WRONG').waitFor();
    expect(await fault('TOKEN_PIN_WRONG').textContent()).toContain('Sai mã PIN');
    await page.getByText('Chỉ còn ít lần thử', { exact: false }).waitFor();
    expect(await page.locator('[data-pin]').inputValue()).toBe('');
    await focusIsIn('[data-pin]');
    await shot('5-wrong-pin');
    await type(PIN);
    await press('Enter');
    await page.getByText('đã ký', { exact: false }).first().waitFor();
    await focusIsIn('[data-next]');

    await press('F9');
    await focusIsIn('[data-receive]');
    expect(await page.locator('[role=dialog] [data-due]').textContent()).toMatch(/09:30, .*26\/11\/2026/);
    await shot('6-receive');
    await press('Enter');
    await page.locator('[data-code]').waitFor();
    expect(await page.locator('[data-code]').textContent()).toBe('H14.61-261123-0001');
    await page.locator('[role=dialog] iframe').waitFor();
    await focusIsIn('[data-slip-close]');
    await shot('7-slip');
    await press('Enter');

    await page.locator('[data-send="waiting-offline"]').waitFor();
    await page.getByText('Đang mất kết nối với hệ thống tỉnh.').waitFor();
    await shot('8-offline');
    engine.setRefusing(true);
    engine.setOnline(true);
    await page.locator('[data-send="needs-person"]').waitFor();
    await fault('PROVINCE_FORBIDDEN').waitFor();
    await shot('8-refused');
    engine.setRefusing(false);
    await page.locator('[data-send-again]').focus();
    await press('Enter');
    await page.locator('[data-send="sent"]').waitFor();
    await page.getByText('Biên nhận CB-2026-', { exact: false }).waitFor();
    await shot('9-sent');
    expect(engine.dossiers().filter((d) => d.applicant?.name === 'Nông Thị Mẫu')).toHaveLength(1);
    expect(engine.calls.filter((c) => c.operation === 'dossiers.receive')).toHaveLength(1);
  });

  it('keeps the whole pages when the scanner jams, says so, and scans on', async () => {
    await openDossier();
    await shootCard();
    engine.loadFeeder(5);
    engine.jamAfter(2);
    await press('F6');
    await fault('SCANNER_JAMMED').waitFor();
    const words = await fault('SCANNER_JAMMED').textContent();
    expect(words).toContain('Kẹt giấy trong máy quét');
    expect(words).toContain('trang 3');
    expect(words).toContain('2 trang đã quét trước đó được giữ nguyên');
    await eventually(() => thumbs('c1').count()).toBe(2);
    await shot('jam');
    engine.loadFeeder(1);
    await press('F6');
    await eventually(() => thumbs('c1').count()).toBe(3);
    await eventually(() => fault('SCANNER_JAMMED').count()).toBe(0);
  });

  it('stops a scan on Esc and keeps what arrived', async () => {
    await openDossier();
    await shootCard();
    engine.loadFeeder(50);
    await press('F6');
    await thumbs('c1').first().waitFor();
    await press('Escape');
    await page.locator('[data-component="c1"] .fui-ProgressBar').waitFor({ state: 'detached' });
    const kept = await thumbs('c1').count();
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(50);
    expect(await page.locator('[data-fault]').count()).toBe(0);
  });

  it('removes a page, brings it back, and puts pages in another order by keys', async () => {
    await openDossier();
    await shootCard();
    engine.loadFeeder(3);
    await press('F6');
    await eventually(() => thumbs('c1').count()).toBe(3);
    await focusIsIn('[data-scan="c2"]');
    const order = () => thumbs('c1').evaluateAll((all) => all.map((e) => e.getAttribute('data-page')));
    const [first, second, third] = await order();

    await press('Shift+Tab');
    await focusIsIn('[data-page]');
    await press('Delete');
    await eventually(() => thumbs('c1').count()).toBe(2);
    await page.getByRole('button', { name: 'Hoàn tác' }).waitFor();
    await shot('removed');
    await press('Control+z');
    await eventually(order).toEqual([first, second, third]);

    await thumbs('c1').first().focus();
    await press('Enter');
    await page.getByText('Trang 1/3', { exact: false }).waitFor();
    await page.locator('[role=dialog] img').waitFor();
    await press('Alt+ArrowRight');
    await page.getByText('Trang 2/3', { exact: false }).waitFor();
    await shot('viewer');
    await press('Delete');
    await page.getByText('Trang 2/2', { exact: false }).waitFor();
    await press('Control+z');
    await page.getByText('Trang 2/3', { exact: false }).waitFor();
    await press('Escape');
    expect(await order()).toEqual([second, first, third]);
  });

  it('catches a card that is shot while the focus is on a button', async () => {
    await openDossier();
    await page.getByRole('button', { name: 'Lưu và tiếp tục' }).focus();
    await shoot(CARD);
    await focusIsIn('[data-scan="c1"]');
    const saved = engine.calls.filter((c) => c.operation === 'dossiers.setApplicant');
    expect(saved).toHaveLength(1);
    expect(saved[0]?.input).toMatchObject({ applicant: { name: 'Nông Thị Mẫu', birthDate: '1990-02-05' } });
  });

  it('says in words what is wrong with typed fields and with an unreadable card', async () => {
    await openDossier();
    await type('hello');
    await press('Enter');
    await fault('CITIZEN_QR_INVALID').waitFor();
    await press('F4');
    await press('Control+a');
    await press('Delete');
    await press('Enter');
    await focusIsIn('input[name=name]');
    await type('Nguyễn Văn Thử');
    await press('Tab');
    await type('00419000012');
    await press('Enter');
    await page.getByText('Số định danh gồm 12 chữ số', { exact: false }).waitFor();
    await shot('problems');
    expect(engine.calls.some((c) => c.operation === 'dossiers.setApplicant')).toBe(false);
    await type('3');
    await press('Enter');
    await focusIsIn('[data-scan="c1"]');
  });

  it('refuses to sign or receive what is not ready, and says what is left', async () => {
    await openDossier();
    await shootCard();
    await press('F9');
    await page.getByText('Còn thiếu 2 giấy tờ', { exact: false }).first().waitFor();
    await page.locator('.fui-ToastTitle').filter({ hasText: 'Chưa làm được bước này' }).waitFor();
    expect(engine.calls.some((c) => c.operation === 'dossiers.receive')).toBe(false);
  });

  it('discards a draft only with a reason', async () => {
    await openDossier();
    await page.getByRole('button', { name: 'Bỏ hồ sơ…' }).focus();
    await press('Enter');
    await focusIsIn('[data-reason]');
    await press('Tab');
    await press('Enter');
    await page.getByText('Nhập lý do để bỏ hồ sơ.').waitFor();
    await page.locator('[data-reason]').focus();
    await type('Công dân xin rút');
    await press('Tab');
    await press('Enter');
    await page.getByText('Công dân cần làm thủ tục gì?').waitFor();
    expect(engine.dossiers().some((d) => d.state === 'discarded')).toBe(true);
  });

  it('shows the help, and speaks English when asked, also after a reload', async () => {
    await page.getByRole('option').first().waitFor();
    await press('F1');
    await page.getByText('Phím tắt của quầy tiếp nhận').waitFor();
    await shot('help');
    await press('Escape');
    await page.getByRole('button', { name: 'English' }).focus();
    await press('Enter');
    await page.getByText('Which procedure?').waitFor();
    await page.reload();
    await page.getByText('Which procedure?').waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    await shot('english');
  });

  it('says that the engine is gone instead of waiting for ever', async () => {
    await page.getByRole('option').first().waitFor();
    await engine.close();
    await fault('ENGINE_GONE').waitFor();
    consoleProblems = consoleProblems.filter((p) => !p.includes('net::ERR'));
  });

  it('is readable in the dark theme, in forced colours and in a narrow window', async () => {
    await page.context().close();
    page = await open({ colorScheme: 'dark' });
    await openDossier();
    await shootCard();
    await press('F6');
    await eventually(() => thumbs('c1').count()).toBe(2);
    await shot('dark');
    await page.emulateMedia({ forcedColors: 'active' });
    await shot('forced-colours');
    await page.emulateMedia({ forcedColors: 'none', colorScheme: 'light' });
    await page.setViewportSize({ width: 1093, height: 614 });
    await shot('scaled-125');
    await page.setViewportSize({ width: 900, height: 700 });
    await shot('narrow');
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  });

  it('offers no target smaller than 24 pixels and leaves none without a name', async () => {
    await openDossier();
    await shootCard();
    await press('F6');
    await eventually(() => thumbs('c1').count()).toBe(2);
    const targets = await page.locator('button, a[href], select, input, [role=option]').evaluateAll((all) =>
      all
        .filter((e) => (e as HTMLElement).offsetParent !== null)
        .map((e) => {
          const box = (e.closest('.fui-Input, .fui-Select') ?? e).getBoundingClientRect();
          const field = e as HTMLInputElement;
          const name =
            e.getAttribute('aria-label') || e.textContent?.trim() || (field.labels?.length ? 'label' : '');
          return { html: e.outerHTML.slice(0, 120), width: box.width, height: box.height, name };
        }),
    );
    expect(targets.length).toBeGreaterThan(10);
    expect(targets.filter((t) => t.width < 24 || t.height < 24)).toEqual([]);
    expect(targets.filter((t) => t.name === '')).toEqual([]);
  });
});
