import { expect, it } from 'vitest';
import WORDS from '../../resources/texts/ckr.vi.json' with { type: 'json' };
import { CounterError } from '../../src/contract/errors.ts';
import { describeWithPeers } from '../support/peers.ts';
import { CARD, clerkDesk } from './support/clerk-desk.ts';
import { PIN, TOKEN } from './support/fake-signing.ts';

const SMALL = { width: 1024, height: 768 };
const VGCA = {
  uri: 'vgca:wss://127.0.0.1:8987',
  label: 'VGCA',
  kind: 'vgca' as const,
  pinState: 'unknown' as const,
};

describeWithPeers(['chromium', 'fonts'], "signing on the clerk's screen", () => {
  const desk = clerkDesk();
  const { press, type, shot, fault, focusIsIn, openDossier, shootCard, scan } = desk;
  const byData = (name: string, value?: string) =>
    desk.page.locator(value === undefined ? `[data-${name}]` : `[data-${name}="${value}"]`);
  const gone = (selector: string) => desk.page.locator(selector).waitFor({ state: 'detached' });
  const toast = (text: string) => desk.page.locator('.fui-ToastTitle').filter({ hasText: text }).first();
  const pins = () => desk.callsTo('signing.start').map((c) => (c.input as { pin: string }).pin);

  /** A draft with both its papers scanned; leaves it open. */
  async function scanned(sheets = 1): Promise<void> {
    await openDossier();
    await shootCard();
    await scan('c1', sheets);
    await focusIsIn('[data-scan="c2"]');
    await scan('c2', sheets);
    await focusIsIn('[data-next]');
  }
  async function threeDrafts(): Promise<void> {
    await desk.page.getByRole('option').first().waitFor();
    for (const name of ['Lò Thị Một', 'Ma Văn Hai', 'Bế Thị Ba']) await desk.engine.addDraft(name);
    await desk.page.getByText('Bế Thị Ba').first().waitFor();
  }
  async function enterPin(pin: string): Promise<void> {
    await focusIsIn('[data-pin]');
    await type(pin);
    await press('Enter');
  }

  it('signs all that waits with one look and one PIN, and says so at the end', async () => {
    await threeDrafts();
    await press('Shift+F8');
    await byData('chosen', '6').waitFor();
    await focusIsIn('[data-pin]');
    expect(await byData('pending').count()).toBe(3);
    await shot('sign-review');
    // All are left out and taken again, then one is left out, with the keyboard alone.
    await byData('take-all').focus();
    await press('Space');
    await byData('chosen', '0').waitFor();
    expect(await byData('sign').isDisabled()).toBe(true);
    await press('Space');
    await byData('chosen', '6').waitFor();
    await byData('take-dossier').nth(1).focus();
    await press('Space');
    await byData('chosen', '4').waitFor();
    await byData('pin').focus();
    const release = desk.engine.holdSigning();
    await type(PIN);
    await press('Enter');
    await byData('batch', 'running').waitFor();
    await focusIsIn('[data-background]');
    await byData('document', 'signing').waitFor();
    await shot('sign-running');
    expect(await desk.page.title()).toBe('Đang ký 0/4 · Một Cửa');
    release();
    await byData('result').waitFor();
    expect(await byData('result').textContent()).toContain('Đã ký 4/4 tài liệu');
    await focusIsIn('[data-sign-close]');
    await shot('sign-done');
    expect(await desk.page.title()).toBe('Một Cửa Counter');
    const [order] = desk.callsTo('signing.start');
    expect((order!.input as { dossierIds: string[] }).dossierIds).toHaveLength(2);
    await press('Enter');
    await gone('[role=dialog]');

    // What was left out still waits.
    await press('Shift+F8');
    await byData('chosen', '2').waitFor();
    await press('Escape');
    await gone('[role=dialog]');
  });

  it('goes on behind other work, and tells from the top bar how far it is', async () => {
    await threeDrafts();
    const release = desk.engine.holdSigning();
    await press('Shift+F8');
    await enterPin(PIN);
    await focusIsIn('[data-background]');
    await press('Escape');
    await byData('chip', 'running').waitFor();
    await press('F2');
    await desk.page.getByText('Công dân cần làm thủ tục gì?').waitFor();
    await shot('sign-background');
    // The key leads back to the batch, not to another review.
    await press('Shift+F8');
    await byData('batch', 'running').waitFor();
    await press('Escape');
    release();
    await byData('chip', 'done').waitFor();
    expect(await byData('chip').textContent()).toContain('Đã ký 6/6');
    await toast('Đã ký 6/6').waitFor();
    await shot('sign-chip-done');
    await byData('chip').focus();
    await press('Enter');
    await byData('result').waitFor();
    await focusIsIn('[data-sign-close]');
    await press('Enter');
    await gone('[data-chip]');
  });

  it('ends after the document under way when a person stops it, and signs the rest later', async () => {
    await threeDrafts();
    const release = desk.engine.holdSigning();
    await press('Shift+F8');
    await enterPin(PIN);
    await byData('document', 'signing').waitFor();
    // The dialog puts the focus where it is most likely wanted; only then does a person move it.
    await focusIsIn('[data-background]');
    await byData('stop').focus();
    await press('Enter');
    await desk.page.getByText('Sẽ dừng sau tài liệu đang ký').waitFor();
    release();
    await byData('batch', 'stopped').waitFor();
    await byData('left', '5').waitFor();
    expect(await byData('document', 'signed').count()).toBe(1);
    expect(await desk.page.locator('[data-fault]').count()).toBe(0);
    await shot('sign-stopped');
    await focusIsIn('[data-rest]');
    await press('Enter');
    await byData('chosen', '5').waitFor();
    await enterPin(PIN);
    await desk.page.getByText('Đã ký 5/5 tài liệu').waitFor();
  });

  it('pauses where the token is pulled, keeps what is done and goes on with a new PIN', async () => {
    await threeDrafts();
    desk.engine.pullTokenAfter(2);
    await press('Shift+F8');
    await enterPin(PIN);
    await byData('batch', 'paused').waitFor();
    await fault('TOKEN_REMOVED').waitFor();
    const words = await fault('TOKEN_REMOVED').textContent();
    expect(words).toContain('Cắm lại USB Token rồi nhập PIN để ký tiếp.');
    expect(await byData('document', 'signed').count()).toBe(2);
    await focusIsIn('[data-pin]');
    expect(await desk.page.title()).toBe('Tạm dừng ký 2/6 · Một Cửa');
    await shot('sign-paused');

    // Too early: the token is still out, and nothing is lost.
    await enterPin(PIN);
    await fault('TOKEN_NOT_PRESENT').waitFor();
    await byData('batch', 'paused').waitFor();
    desk.engine.setTokenPresent(true);
    desk.engine.plug([
      {
        id: '1-2',
        vendorId: 0x096e,
        productId: 0x0703,
        manufacturer: 'Feitian',
        product: 'ePass3003',
        serial: '1',
        kinds: ['token'],
        ippUsb: false,
      },
    ]);
    await desk.page.getByText('Đã thấy USB Token. Nhập PIN để ký tiếp.').waitFor();
    await enterPin(PIN);
    await byData('result').waitFor();
    expect(await byData('result').textContent()).toContain('Đã ký 6/6 tài liệu');
    expect(pins()).toHaveLength(1);
  });

  it('keeps what is done where the PIN after the pause is wrong', async () => {
    await threeDrafts();
    desk.engine.pullTokenAfter(2);
    await press('Shift+F8');
    await enterPin(PIN);
    await byData('batch', 'paused').waitFor();
    desk.engine.setTokenPresent(true);
    await enterPin('999999');
    await byData('batch', 'stopped').waitFor();
    expect(await desk.page.locator('[data-fault]').count()).toBe(1);
    await fault('TOKEN_PIN_WRONG').waitFor();
    await byData('pin-state', 'low').waitFor();
    expect(await byData('document', 'signed').count()).toBe(2);
    await byData('left', '4').waitFor();
    await shot('sign-wrong-after-pause');
    expect(desk.callsTo('signing.resume')).toHaveLength(1);
  });

  it('finds a paused batch again in a window that is loaded anew', async () => {
    await threeDrafts();
    desk.engine.pullTokenAfter(1);
    await press('Shift+F8');
    await enterPin(PIN);
    await byData('batch', 'paused').waitFor();
    await desk.page.reload();
    await byData('chip', 'paused').waitFor();
    await byData('chip').focus();
    await press('Enter');
    await byData('batch', 'paused').waitFor();
    await byData('give-up').focus();
    await press('Enter');
    await byData('batch', 'stopped').waitFor();
    await byData('left', '5').waitFor();
  });

  it('stops at a wrong PIN, says how many tries the token has, and tries nothing by itself', async () => {
    await scanned();
    await press('F8');
    await enterPin('111111');
    await fault('TOKEN_PIN_WRONG').waitFor();
    await byData('pin-state', 'low').waitFor();
    expect(await byData('pin').inputValue()).toBe('');
    await enterPin('222222');
    await byData('pin-state', 'final-try').waitFor();
    await shot('sign-final-try');
    expect(pins()).toEqual(['111111', '222222']);
    await enterPin('333333');
    await fault('TOKEN_PIN_LOCKED').waitFor();
    await shot('sign-locked');
    // The locked one cannot be chosen any more, and another key signs only when a person chooses it.
    await byData('key', 'locked').first().waitFor();
    expect(await byData('key', 'locked').first().isDisabled()).toBe(true);
    await focusIsIn('[data-key="unknown"]');
    expect(await byData('pin').count()).toBe(0);
    await press('Space');
    await focusIsIn('[data-pin]');
    await desk.page.getByText('Mật khẩu của tệp chứng thư').waitFor();
    await shot('sign-locked-keys');
    expect(pins()).toEqual(['111111', '222222', '333333']);
    expect(
      desk.engine
        .dossiers()
        .flatMap((d) => d.components)
        .some((c) => c.signature),
    ).toBe(false);
  });

  it('keeps the PIN out of the page but for the field, takes it from the clipboard, and warns of Caps Lock', async () => {
    await scanned();
    await press('F8');
    await focusIsIn('[data-pin]');
    const field = byData('pin');
    expect(await field.getAttribute('type')).toBe('password');
    expect(await field.getAttribute('autocomplete')).toBe('off');
    await field.evaluate((input) => {
      for (const modifierCapsLock of [true]) {
        input.dispatchEvent(new KeyboardEvent('keydown', { key: 'A', bubbles: true, modifierCapsLock }));
      }
    });
    await byData('caps').waitFor();
    await shot('sign-caps');
    await press('a');
    await gone('[data-caps]');
    await press('Backspace');
    await press('Enter');
    await desk.page.getByText('Nhập mã PIN của USB Token.').waitFor();
    expect(pins()).toEqual([]);

    await field.evaluate((input, text) => {
      const data = new DataTransfer();
      data.setData('text/plain', text);
      const allowed = input.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
      );
      if (!allowed) throw new Error('pasting is forbidden');
    }, PIN);
    // A card that is shot into the field would be a wrong PIN, and cost a try.
    await type(CARD);
    await press('Enter');
    await desk.page.getByText('Đây là dòng của thẻ căn cước', { exact: false }).waitFor();
    expect(await field.inputValue()).toBe('');
    expect(pins()).toEqual([]);
    const hold = desk.engine.holdSigning();
    await type(PIN);
    expect(await desk.page.content()).not.toContain(PIN);
    await press('Enter');
    await byData('document', 'signing').waitFor();
    const kept = await desk.page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    expect(kept).not.toContain(PIN);
    const inputs = await desk.page
      .locator('input')
      .evaluateAll((all) => all.map((e) => (e as HTMLInputElement).value));
    expect(inputs).not.toContain(PIN);
    hold();
    await toast('Đã ký 2/2 tài liệu').waitFor();
    await focusIsIn('[data-next]');
  });

  it('asks for no PIN where the service asks itself, and says what to do without any key', async () => {
    await scanned();
    desk.engine.setKeys([VGCA]);
    await press('F8');
    await byData('asks-itself').waitFor();
    await focusIsIn('[data-sign]');
    expect(await byData('pin').count()).toBe(0);
    await shot('sign-vgca');
    await press('Escape');
    await gone('[role=dialog]');
    desk.engine.setKeys([]);
    await press('F8');
    await byData('no-key').waitFor();
    await shot('sign-no-key');
    desk.engine.setKeys([VGCA]);
    await byData('search-keys').focus();
    await press('Enter');
    await focusIsIn('[data-sign]');
    await press('Enter');
    await toast('Đã ký 2/2 tài liệu').waitFor();
    expect(pins()).toEqual(['']);
  });

  it('says what a token answered in words of its own, and stops', async () => {
    await scanned();
    desk.engine.failNext(
      new CounterError('TOKEN_FUNCTION_FAILED', { ckr: 'CKR_DEVICE_MEMORY', value: '0x31' }),
    );
    await press('F8');
    await enterPin(PIN);
    await byData('batch', 'stopped').waitFor();
    await fault('TOKEN_FUNCTION_FAILED').waitFor();
    const words = await fault('TOKEN_FUNCTION_FAILED').textContent();
    expect(words).toContain('CKR_DEVICE_MEMORY');
    expect(words).toContain(WORDS['ckr.CKR_DEVICE_MEMORY.happened']);
    expect(words).toContain(WORDS['ckr.CKR_DEVICE_MEMORY.next']);
    expect(await byData('document', 'failed').count()).toBe(1);
    await shot('sign-failed');
  });

  it('shows the first page under the signature, and the doubtful pages, before anything is signed', async () => {
    await openDossier();
    await shootCard();
    desk.engine.nextSheets([{ flags: ['too-light'] }]);
    await scan('c1', 1);
    await press('F8');
    await focusIsIn('[data-pin]');
    await byData('preview', 'c1').focus();
    await press('Enter');
    await byData('previewed', 'c1').waitFor();
    await desk.page.locator('[role=dialog] iframe').waitFor();
    await focusIsIn('[data-preview-back]');
    await shot('sign-preview');
    expect(desk.callsTo('signing.preview')[0]?.input).toMatchObject({ componentId: 'c1', key: TOKEN });
    await press('Escape');
    await focusIsIn('[data-pin]');
    await byData('look', '1').focus();
    await press('Enter');
    await byData('doubt', 'too-light').waitFor();
  });

  it('says that nothing waits, and reads well dark, in forced colours and in English at 1024 pixels', async () => {
    await desk.page.getByRole('option').first().waitFor();
    await press('Shift+F8');
    await byData('nothing').waitFor();
    await focusIsIn('[data-sign-close]');
    await shot('sign-nothing');
    await press('Enter');
    await desk.page.context().close();
    desk.page = await desk.open({ colorScheme: 'dark', viewport: SMALL });
    await threeDrafts();
    await desk.page.getByRole('button', { name: 'English' }).focus();
    await press('Enter');
    await desk.page.locator('html[lang=en]').waitFor();
    await press('Shift+F8');
    await byData('chosen', '6').waitFor();
    await focusIsIn('[data-pin]');
    await shot('sign-review-dark-1024');
    await desk.page.emulateMedia({ forcedColors: 'active' });
    await shot('sign-review-forced-1024');
    desk.engine.pullTokenAfter(3);
    await enterPin(PIN);
    await byData('batch', 'paused').waitFor();
    await shot('sign-paused-forced-1024');
    await desk.page.emulateMedia({ forcedColors: 'none' });
    await shot('sign-paused-dark-1024');
    const overflow = await desk.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  });
});
