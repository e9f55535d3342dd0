import { expect, it } from 'vitest';
import { describeWithPeers } from '../support/peers.ts';
import { clerkDesk, eventually } from './support/clerk-desk.ts';
import { EARLIER_APPLICANTS } from './support/fake-procedures.ts';
import { PIN } from './support/fake-signing.ts';

const SMALL = { width: 1024, height: 768 };

describeWithPeers(['chromium', 'fonts'], "a dossier's course on the clerk's screen", () => {
  const desk = clerkDesk();
  const { press, type, shot, focusIsIn, openDossier, shootCard, scan } = desk;
  const byData = (name: string, value?: string) =>
    desk.page.locator(value === undefined ? `[data-${name}]` : `[data-${name}="${value}"]`);
  const gone = (selector: string) => desk.page.locator(selector).waitFor({ state: 'detached' });
  const toast = (text: string) => desk.page.locator('.fui-ToastTitle').filter({ hasText: text }).first();
  const narrow = () => desk.page.setViewportSize(SMALL);
  const wide = () => desk.page.setViewportSize({ width: 1366, height: 768 });
  const both = async (name: string) => {
    await shot(name);
    await narrow();
    await shot(`${name}-1024`);
    await wide();
  };
  const newest = () => {
    const found = desk.engine.dossiers().find((d) => d.applicant?.name === 'Nông Thị Mẫu');
    if (!found) throw new Error('nothing was taken in');
    return found;
  };

  async function sign(): Promise<void> {
    await press('F8');
    await focusIsIn('[data-pin]');
    await type(PIN);
    await press('Enter');
    await toast('Đã ký').waitFor();
    await focusIsIn('[data-next]');
  }
  async function received(): Promise<void> {
    await openDossier();
    await shootCard();
    await scan('c1', 1);
    await scan('c2', 1);
    await sign();
    await press('F9');
    await focusIsIn('[data-receive]');
    await press('Enter');
    await focusIsIn('[data-slip-close]');
    await press('Enter');
    await byData('state', 'received').waitFor();
    await byData('likely', 'forward').waitFor();
  }
  /** Opens a step from the list of all steps, with keys alone. */
  async function choose(action: string): Promise<void> {
    await press('Shift+F9');
    await byData('step-item', action).waitFor();
    await desk.page.locator('[role=menuitem]:focus').waitFor();
    await byData('step-item', action).focus();
    await press('Enter');
    await byData('step', action).waitFor();
  }
  /** The paper of a step is shown at once; Escape goes back to the dossier. */
  async function paperSeen(): Promise<void> {
    await byData('paper').waitFor();
    await focusIsIn('[data-paper-print]');
    await press('Escape');
    await gone('[role=dialog]');
    await focusIsIn('[data-next]');
  }

  it('asks for a supplement once, takes it scanned and signed, and prints its paper', async () => {
    await received();
    await both('course-received');
    await press('Shift+F9');
    await byData('step-item', 'refuse').waitFor();
    expect(await byData('step-item', 'refuse').getAttribute('aria-disabled')).toBe('true');
    expect(await byData('step-item', 'refuse').textContent()).toContain('Không có quyền');
    await both('course-menu');
    await press('Escape');

    await choose('ask-supplement');
    await focusIsIn('[data-step-field="items"]');
    await press('Control+Enter');
    await desk.page.getByText('Ghi ít nhất một nội dung cần bổ sung.').waitFor();
    expect(desk.callsTo('dossiers.askSupplement')).toHaveLength(0);
    await focusIsIn('[data-step-field="items"]');
    await type('Bản sao giấy chứng sinh');
    await press('Enter');
    await type('Giấy tờ tùy thân của cha');
    await press('Tab');
    await type('Thiếu giấy tờ theo quy định');
    await both('course-ask-supplement');
    await press('Control+Enter');
    await paperSeen();
    expect(desk.callsTo('dossiers.askSupplement')[0]?.input).toMatchObject({
      items: ['Bản sao giấy chứng sinh', 'Giấy tờ tùy thân của cha'],
      reason: 'Thiếu giấy tờ theo quy định',
      contact: { name: 'Nông Thị Hiền' },
    });
    await byData('state', 'supplement-asked').waitFor();
    await both('course-supplement-asked');

    // It can be asked only once: the list says so.
    await press('Shift+F9');
    await byData('step-item', 'ask-supplement').waitFor();
    expect(await byData('step-item', 'ask-supplement').getAttribute('aria-disabled')).toBe('true');
    await press('Escape');
    await gone('[role=menu]');

    // The papers are open again, as in a draft.
    await scan('c2', 1);
    expect(await byData('next').textContent()).toContain('F8');
    await sign();
    await press('F10');
    await focusIsIn('[data-step-do]');
    await press('Enter');
    await paperSeen();
    await byData('state', 'supplemented').waitFor();
    expect(newest().supplements[0]?.answeredAt).not.toBeNull();

    const asked = newest().papers.find((p) => p.kind === 'supplement-request');
    await byData('issued-print', asked?.documentId).focus();
    await press('Enter');
    await focusIsIn('[data-print]');
    await press('Enter');
    await toast('Đã gửi đến máy in').waitFor();
    expect(desk.callsTo('prints.start')[0]?.input).toMatchObject({ documentId: asked?.documentId });
  });

  it('proposes a refusal, which the head turns into a decision with its paper', async () => {
    await received();
    await choose('propose-refusal');
    await focusIsIn('[data-step-field="reason"]');
    await press('Control+Enter');
    await desk.page.getByText('Ghi lý do.').waitFor();
    await type('Không đủ điều kiện theo quy định');
    await press('Control+Enter');
    await gone('[role=dialog]');
    await desk.page.getByText('Đã đề nghị từ chối, chờ lãnh đạo').waitFor();
    await both('course-refusal-proposed');
    // Nothing goes on before the head has decided, and the clerk is no head.
    expect(await byData('likely').count()).toBe(0);

    desk.engine.setRole('supervisor');
    await desk.page.reload();
    await desk.page.getByText('Nông Thị Mẫu').first().waitFor();
    await desk.page.getByText('Nông Thị Mẫu').first().click();
    await byData('likely', 'refuse').waitFor();
    await press('F10');
    await focusIsIn('[data-step-field="reason"]');
    expect(await byData('step-field', 'reason').inputValue()).toBe('Không đủ điều kiện theo quy định');
    await press('Control+Enter');
    await paperSeen();
    await byData('state', 'refused').waitFor();
    expect(newest().papers.at(-1)?.kind).toBe('refusal');
  });

  it('writes down a result, hands it out, and tells the whole course', async () => {
    await received();
    await press('F10');
    await focusIsIn('[data-step-field="agency"]');
    await type('Phòng Tư pháp');
    await press('Enter');
    await gone('[role=dialog]');
    await byData('state', 'processing').waitFor();

    await press('F10');
    await focusIsIn('[data-step-field="resultType"]');
    expect(await byData('step-field', 'resultName').inputValue()).toBe('Giấy khai sinh');
    await press('Tab');
    await press('Tab');
    await type('15/2026');
    await press('Tab');
    await type('31/02/2026');
    await press('Enter');
    await desk.page.getByText('Ngày không có thật', { exact: false }).waitFor();
    expect(desk.callsTo('dossiers.resultReady')).toHaveLength(0);
    await focusIsIn('[data-step-field="issuedOn"]');
    await press('Control+a');
    await type('24/11/2026');
    await byData('step-file').setInputFiles({
      name: 'giay-khai-sinh.pdf',
      mimeType: 'application/pdf',
      buffer: Buffer.from('%PDF-1.7'),
    });
    await desk.page.getByText('giay-khai-sinh.pdf').waitFor();
    await both('course-result');
    await press('Enter');
    await gone('[role=dialog]');
    await byData('state', 'result-ready').waitFor();
    const [sent] = desk.callsTo('dossiers.resultReady').map((call) => call.input) as {
      results: { id: string }[];
      electronic: { resultId: string };
    }[];
    expect(sent?.electronic.resultId).toMatch(/^[0-9a-f-]{36}$/);
    expect(sent?.electronic.resultId).toBe(sent?.results[0]?.id);
    const kept = newest().results[0]?.documentId;
    await byData('issued', kept ?? 'none').waitFor();
    expect(newest().results).toMatchObject([
      { code: 'KQ.G15.000031', name: 'Giấy khai sinh', number: '15/2026', issuedOn: '2026-11-24' },
    ]);

    await press('F10');
    await focusIsIn('[data-step-field="to"]');
    expect(await byData('step-field', 'to').inputValue()).toBe('Nông Thị Mẫu');
    await both('course-hand-out');
    await press('Enter');
    await paperSeen();
    await byData('state', 'returned').waitFor();
    expect(newest().handedOut).toMatchObject({ to: 'Nông Thị Mẫu', way: 'counter', proof: 'signature' });

    await press('Shift+F10');
    await focusIsIn('[data-history-close]');
    const lines = await byData('history-line').allTextContents();
    expect(lines).toHaveLength(4);
    expect(lines[0]).toContain('Trả kết quả cho Nông Thị Mẫu');
    expect(lines[0]).toContain('Đã có kết quả → Đã trả kết quả');
    expect(lines[1]).toContain('Có 1 kết quả: Giấy khai sinh');
    expect(lines[2]).toContain('Chuyển xử lý: Phòng Tư pháp');
    await both('course-history');
    await press('Enter');
    await gone('[role=dialog]');
  });

  it('gives a new date only after the present one', async () => {
    desk.engine.setRole('supervisor');
    await received();
    await choose('extend');
    await focusIsIn('[data-step-field="day"]');
    await type('25/11/2026');
    await byData('step-field', 'reason').focus();
    await type('Chờ xác minh');
    await press('Control+Enter');
    await desk.page.getByText('Ngày hẹn mới phải sau').waitFor();
    await byData('step-field', 'day').focus();
    await press('Control+a');
    await type('01/12/2026');
    await press('Enter');
    await paperSeen();
    expect(desk.callsTo('dossiers.extend')[0]?.input).toMatchObject({ due: '2026-12-01T02:00:00.000Z' });
  });

  it('takes the fees that the catalogue asks, with an exemption, and gives a receipt', async () => {
    await received();
    await press('Control+F9');
    await focusIsIn('[data-fee-offer="0"]');
    await press('Enter');
    await focusIsIn('[data-fee="amount-0"]');
    await eventually(() => byData('fees-total').getAttribute('data-fees-total')).toBe('8000');
    await desk.page.locator('[data-fee="off-0"]').focus();
    await type('3.000');
    await byData('fees-pay').focus();
    await press('Enter');
    await byData('fee-problem', 'reason').waitFor();
    expect(desk.callsTo('fees.set')).toHaveLength(0);
    await desk.page.locator('[data-fee="reason-0"]').focus();
    await type('Hộ nghèo');
    await both('course-fees');
    // A counter without a receipt book says so quietly, and keeps the lines.
    await byData('fees-pay').focus();
    await press('Enter');
    await byData('no-book').waitFor();
    await both('course-fees-no-book');
    expect(newest().fees).toMatchObject([{ amount: 8000, exemption: { off: 3000, reason: 'Hộ nghèo' } }]);

    desk.engine.openBook();
    await byData('way', 'transfer').focus();
    await press('Space');
    await byData('transfer', '5000').waitFor();
    await both('course-fees-transfer');
    await byData('fees-pay').focus();
    await press('Enter');
    await byData('receipt', '1').waitFor();
    expect(newest().payments).toMatchObject([{ amount: 5000, way: 'transfer' }]);
    await focusIsIn('[data-receipt-print]');
    await both('course-receipt');
    await press('Enter');
    await focusIsIn('[data-print]');
  });

  it('offers what an earlier visit knows of a person, and takes it with one key, never by itself', async () => {
    const before = {
      ...EARLIER_APPLICANTS[0]!,
      ...{ name: 'Nông Thị Mẫu', identityNumber: '004190000123', birthDate: '1990-02-05' },
      ...{ gender: 'female' as const, phone: '0912345678', address: 'Tổ 9, Phường Thục Phán, Cao Bằng' },
    };
    desk.engine.remember({
      ...{ applicant: before, dossierId: crypto.randomUUID(), lastSeenAt: '2026-10-01T02:00:00.000Z' },
      ...{ dossiers: 2, by: 'number', differs: ['phone', 'address'] },
    });
    await openDossier();
    await shootCard();
    await byData('known').waitFor();
    expect(await byData('known').textContent()).toContain('0912345678');
    expect(newest().applicant?.phone).toBe('');
    await both('course-known');
    await press('Control+Enter');
    await eventually(() => newest().applicant?.phone).toBe('0912345678');
    // The card is newer than memory: its address stays, and the other one is shown beside it.
    expect(newest().applicant?.address).toBe('Tổ 3, Phường Thục Phán, Cao Bằng');
    await byData('known-take').waitFor({ state: 'detached' });
    expect(await byData('known').textContent()).toContain('Tổ 9');

    await press('F2');
    await openDossier();
    await focusIsIn('input');
    await desk.page.locator('input[name=identityNumber]').focus();
    await type('004190000123');
    await byData('known-take').waitFor();
    expect(await desk.page.locator('input[name=name]').inputValue()).toBe('');
    await press('Control+Enter');
    await eventually(() => desk.page.locator('input[name=name]').inputValue()).toBe('Nông Thị Mẫu');
  });

  it('writes what the reception slip says beside, and who hands the dossier in', async () => {
    await openDossier();
    await shootCard();
    await press('Shift+F2');
    await focusIsIn('[data-intake="sets"]');
    await press('Control+a');
    await type('0');
    await press('Enter');
    await desk.page.getByText('Ghi số bộ từ 1 đến 99.').waitFor();
    await focusIsIn('[data-intake="sets"]');
    await press('Control+a');
    await type('2');
    await byData('intake', 'authorisation').focus();
    await type('Giấy ủy quyền số 12');
    await press('Enter');
    await desk.page.getByText('Ghi họ tên người nộp.').waitFor();
    await focusIsIn('[data-intake="name"]');
    await type('Lý Văn Thử');
    await both('course-intake');
    await press('Enter');
    await gone('[role=dialog]');
    expect(newest().intake.sets).toBe(2);
    expect(newest().submitter).toMatchObject({
      name: 'Lý Văn Thử',
      authorisation: 'Giấy ủy quyền số 12',
    });
  });

  it('sends an incomplete dossier home with its paper before it is received, and goes on with it later', async () => {
    await openDossier();
    await shootCard();
    await choose('ask-supplement');
    await focusIsIn('[data-step-field="items"]');
    await type('Tờ khai theo mẫu');
    await press('Tab');
    await type('Chưa có tờ khai');
    await press('Control+Enter');
    await paperSeen();
    expect(newest()).toMatchObject({ state: 'supplement-asked', receivedAt: null, delivery: 'none' });
    // Nothing was sent, and what is left to do are its papers.
    expect(await byData('send').count()).toBe(0);
    expect(await byData('next').textContent()).toContain('F6');
    await scan('c1', 1);
    await scan('c2', 1);
    await sign();
    await press('F10');
    await focusIsIn('[data-step-do]');
    await press('Enter');
    await byData('paper').waitFor();
    await press('Escape');
    await gone('[role=dialog]');
    expect(newest().state).toBe('draft');
    await focusIsIn('[data-next]');
    expect(await byData('next').textContent()).toContain('F9');
  });

  it('waits for money, says why it cannot go on, and shows what the engine refuses', async () => {
    await received();
    await choose('ask-payment');
    await focusIsIn('[data-step-field="reason"]');
    await type('Nộp lệ phí trước khi giải quyết');
    await press('Control+Enter');
    await gone('[role=dialog]');
    await byData('state', 'waiting-payment').waitFor();
    await byData('likely').or(byData('next')).first().waitFor();
    expect(await byData('next').textContent()).toContain('Xác nhận đã nộp');

    await press('Control+F9');
    await focusIsIn('[data-fee-offer="0"]');
    await press('Enter');
    await focusIsIn('[data-fee="amount-0"]');
    await byData('fees-save').focus();
    await press('Enter');
    await eventually(() => newest().fees.length).toBe(1);
    await desk.page.locator('[data-fees-close]:enabled').waitFor();
    await press('Escape');
    await gone('[role=dialog]');
    await press('Shift+F9');
    await eventually(() => byData('step-item', 'clear-payment').getAttribute('aria-disabled')).toBe('true');
    expect(await byData('step-item', 'clear-payment').textContent()).toContain('lệ phí');
    await press('Escape');
    await gone('[role=menu]');

    // Somebody else ended it meanwhile: the engine's word stands in the dialog, and nothing is lost.
    await choose('withdraw');
    await focusIsIn('[data-step-field="reason"]');
    await type('Công dân đổi ý');
    desk.engine.setRole('admin');
    await press('Control+Enter');
    await desk.fault('FORBIDDEN_ROLE').waitFor();
    expect(await byData('step-field', 'reason').inputValue()).toBe('Công dân đổi ý');
    await both('course-fault');
    desk.engine.setRole('clerk');
    await press('Control+Enter');
    await gone('[role=dialog]');
    await byData('state', 'withdrawn').waitFor();
  });
});
