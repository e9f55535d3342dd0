import { expect, it } from 'vitest';
import { describeWithPeers } from '../support/peers.ts';
import { CARD, clerkDesk, eventually } from './support/clerk-desk.ts';
import { PIN } from './support/fake-signing.ts';

describeWithPeers(['chromium', 'fonts'], "the clerk's screen", () => {
  const desk = clerkDesk();
  const { press, type, shot, thumbs, fault, focusIsIn, shoot, openDossier, shootCard } = desk;

  it('takes in a dossier from first key to receipt without a mouse', async () => {
    desk.engine.setOnline(false);
    await desk.page.getByText('Công dân cần làm thủ tục gì?').waitFor();
    await desk.page.getByRole('option').first().waitFor();
    await shot('1-procedures');
    await openDossier();
    await shot('2-citizen');
    await shootCard();

    desk.engine.loadFeeder(2);
    await press('F6');
    await eventually(() => thumbs('c1').count()).toBe(2);
    // The next missing paper is chosen by itself.
    await focusIsIn('[data-scan="c2"]');
    const release = desk.engine.holdPages();
    desk.engine.loadFeeder(3);
    await press('F6');
    await desk.page.getByText('Đang chờ trang đầu tiên…').waitFor();
    await shot('3-scanning');
    release();
    await eventually(() => thumbs('c2').count()).toBe(3);
    await focusIsIn('[data-next]');
    await desk.page.locator('[data-component="c2"] img').nth(2).waitFor();
    await shot('4-papers');

    await press('F8');
    await focusIsIn('[data-pin]');
    await type('000000');
    await press('Enter');
    await fault('TOKEN_PIN_WRONG').waitFor();
    expect(await fault('TOKEN_PIN_WRONG').textContent()).toContain('Sai mã PIN');
    await desk.page.getByText('Chỉ còn ít lần thử', { exact: false }).waitFor();
    expect(await desk.page.locator('[data-pin]').inputValue()).toBe('');
    await focusIsIn('[data-pin]');
    await shot('5-wrong-pin');
    await type(PIN);
    await press('Enter');
    await desk.page.getByText('đã ký', { exact: false }).first().waitFor();
    await focusIsIn('[data-next]');

    await press('F9');
    await focusIsIn('[data-receive]');
    expect(await desk.page.locator('[role=dialog] [data-due]').textContent()).toMatch(
      /09:30, .*26\/11\/2026/,
    );
    await shot('6-receive');
    await press('Enter');
    await desk.page.locator('[data-code]').waitFor();
    expect(await desk.page.locator('[data-code]').textContent()).toBe('H14.61-261123-0001');
    await desk.page.locator('[role=dialog] iframe').waitFor();
    await focusIsIn('[data-slip-close]');
    await shot('7-slip');
    await desk.page.locator('[data-slip-print]').focus();
    await press('Enter');
    await focusIsIn('[data-print]');
    await press('Enter');
    await desk.page.locator('[role=dialog]').waitFor({ state: 'detached' });
    await focusIsIn('[data-next]');
    expect(desk.callsTo('prints.start')).toHaveLength(1);
    // The same slip again: only with a reason, which goes on record.
    await press('F9');
    await focusIsIn('[data-slip-close]');
    await desk.page.locator('[data-slip-print]').focus();
    await press('Enter');
    await focusIsIn('[data-print]');
    await press('Enter');
    await fault('PRINT_REASON_MISSING').waitFor();
    await focusIsIn('[data-print-reason]');
    await type('Công dân làm mất giấy');
    await shot('7-reprint');
    await desk.page.locator('[data-print]').focus();
    await press('Enter');
    await desk.page.locator('[role=dialog]').waitFor({ state: 'detached' });
    await focusIsIn('[data-next]');
    expect(desk.callsTo('prints.start')[2]?.input).toMatchObject({ reason: 'Công dân làm mất giấy' });

    await desk.page.locator('[data-send="waiting-offline"]').waitFor();
    await desk.page.getByText('Đang mất kết nối với hệ thống tỉnh.').waitFor();
    await shot('8-offline');
    desk.engine.setRefusing(true);
    desk.engine.setOnline(true);
    await desk.page.locator('[data-send="needs-person"]').waitFor();
    await fault('PROVINCE_FORBIDDEN').waitFor();
    await shot('8-refused');
    desk.engine.setRefusing(false);
    await desk.page.locator('[data-send-again]').focus();
    await press('Enter');
    await desk.page.locator('[data-send="sent"]').waitFor();
    await desk.page.getByText('Biên nhận CB-2026-', { exact: false }).waitFor();
    await shot('9-sent');
    expect(desk.engine.dossiers().filter((d) => d.applicant?.name === 'Nông Thị Mẫu')).toHaveLength(1);
    expect(desk.engine.calls.filter((c) => c.operation === 'dossiers.receive')).toHaveLength(1);
  });

  it('keeps the whole pages when the scanner jams, says so, and scans on', async () => {
    await openDossier();
    await shootCard();
    desk.engine.loadFeeder(5);
    desk.engine.jamAfter(2);
    await press('F6');
    await fault('SCANNER_JAMMED').waitFor();
    const words = await fault('SCANNER_JAMMED').textContent();
    expect(words).toContain('Kẹt giấy trong máy quét');
    expect(words).toContain('trang 3');
    expect(words).toContain('2 trang đã quét trước đó được giữ nguyên');
    await eventually(() => thumbs('c1').count()).toBe(2);
    await shot('jam');
    desk.engine.loadFeeder(1);
    await press('F6');
    await eventually(() => thumbs('c1').count()).toBe(3);
    await eventually(() => fault('SCANNER_JAMMED').count()).toBe(0);
  });

  it('stops a scan on Esc and keeps what arrived', async () => {
    await openDossier();
    await shootCard();
    desk.engine.loadFeeder(50);
    await press('F6');
    await thumbs('c1').first().waitFor();
    await press('Escape');
    await desk.page.locator('[data-component="c1"] .fui-ProgressBar').waitFor({ state: 'detached' });
    const kept = await thumbs('c1').count();
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(50);
    expect(await desk.page.locator('[data-fault]').count()).toBe(0);
  });

  it('removes a page, brings it back, and puts pages in another order by keys', async () => {
    await openDossier();
    await shootCard();
    desk.engine.loadFeeder(3);
    await press('F6');
    await eventually(() => thumbs('c1').count()).toBe(3);
    await focusIsIn('[data-scan="c2"]');
    const order = () => thumbs('c1').evaluateAll((all) => all.map((e) => e.getAttribute('data-page')));
    const [first, second, third] = await order();

    await press('Shift+Tab');
    await focusIsIn('[data-page]');
    await press('Delete');
    await eventually(() => thumbs('c1').count()).toBe(2);
    await desk.page.getByRole('button', { name: 'Hoàn tác' }).waitFor();
    await shot('removed');
    await press('Control+z');
    await eventually(order).toEqual([first, second, third]);

    await thumbs('c1').first().focus();
    await press('Enter');
    await desk.page.getByText('Trang 1/3', { exact: false }).waitFor();
    await desk.page.locator('[role=dialog] img').waitFor();
    await press('Alt+ArrowRight');
    await desk.page.getByText('Trang 2/3', { exact: false }).waitFor();
    await shot('viewer');
    await press('Delete');
    await desk.page.getByText('Trang 2/2', { exact: false }).waitFor();
    await press('Control+z');
    await desk.page.getByText('Trang 2/3', { exact: false }).waitFor();
    await press('Escape');
    expect(await order()).toEqual([second, first, third]);
  });

  it('catches a card that is shot while the focus is on a button', async () => {
    await openDossier();
    await desk.page.getByRole('button', { name: 'Lưu và tiếp tục' }).focus();
    await shoot(CARD);
    await focusIsIn('[data-scan="c1"]');
    const saved = desk.engine.calls.filter((c) => c.operation === 'dossiers.setApplicant');
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
    await desk.page.getByText('Số định danh gồm 12 chữ số', { exact: false }).waitFor();
    await shot('problems');
    expect(desk.engine.calls.some((c) => c.operation === 'dossiers.setApplicant')).toBe(false);
    await type('3');
    await press('Enter');
    await focusIsIn('[data-scan="c1"]');
  });

  it('refuses to sign or receive what is not ready, and says what is left', async () => {
    await openDossier();
    await shootCard();
    await press('F9');
    await desk.page.getByText('Còn thiếu 2 giấy tờ', { exact: false }).first().waitFor();
    await desk.page.locator('.fui-ToastTitle').filter({ hasText: 'Chưa làm được bước này' }).waitFor();
    expect(desk.engine.calls.some((c) => c.operation === 'dossiers.receive')).toBe(false);
  });

  it('discards a draft only with a reason', async () => {
    await openDossier();
    await desk.page.getByRole('button', { name: 'Bỏ hồ sơ…' }).focus();
    await press('Enter');
    await focusIsIn('[data-reason]');
    await press('Tab');
    await press('Enter');
    await desk.page.getByText('Nhập lý do để bỏ hồ sơ.').waitFor();
    await desk.page.locator('[data-reason]').focus();
    await type('Công dân xin rút');
    await press('Tab');
    await press('Enter');
    await desk.page.getByText('Công dân cần làm thủ tục gì?').waitFor();
    expect(desk.engine.dossiers().some((d) => d.state === 'discarded')).toBe(true);
  });

  it('shows the help, and speaks English when asked, also after a reload', async () => {
    await desk.page.getByRole('option').first().waitFor();
    await press('F1');
    await desk.page.getByText('Phím tắt của quầy tiếp nhận').waitFor();
    await shot('help');
    await press('Escape');
    await desk.page.getByRole('button', { name: 'English' }).focus();
    await press('Enter');
    await desk.page.getByText('Which procedure?').waitFor();
    await desk.page.reload();
    await desk.page.getByText('Which procedure?').waitFor();
    expect(await desk.page.locator('html').getAttribute('lang')).toBe('en');
    await shot('english');
  });

  it('says that the engine is gone instead of waiting for ever', async () => {
    await desk.page.getByRole('option').first().waitFor();
    await desk.engine.close();
    await fault('ENGINE_GONE').waitFor();
    desk.problems = desk.problems.filter((p) => !p.includes('net::ERR'));
  });

  it('is readable in the dark theme, in forced colours and in a narrow window', async () => {
    await desk.page.context().close();
    desk.page = await desk.open({ colorScheme: 'dark' });
    await openDossier();
    await shootCard();
    await press('F6');
    await eventually(() => thumbs('c1').count()).toBe(2);
    await shot('dark');
    await desk.page.emulateMedia({ forcedColors: 'active' });
    await shot('forced-colours');
    await desk.page.emulateMedia({ forcedColors: 'none', colorScheme: 'light' });
    await desk.page.setViewportSize({ width: 1093, height: 614 });
    await shot('scaled-125');
    await desk.page.setViewportSize({ width: 900, height: 700 });
    await shot('narrow');
    const overflow = await desk.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  });

  it('offers no target smaller than 24 pixels and leaves none without a name', async () => {
    await openDossier();
    await shootCard();
    await press('F6');
    await eventually(() => thumbs('c1').count()).toBe(2);
    const targets = await desk.page
      .locator('button, a[href], select, input, [role=option]')
      .evaluateAll((all) =>
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
