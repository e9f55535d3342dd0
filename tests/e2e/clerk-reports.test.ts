import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CounterError } from '../../src/contract/errors.ts';
import type { SignatureReport } from '../../src/contract/verification.ts';
import { describeWithPeers } from '../support/peers.ts';
import { clerkDesk, eventually } from './support/clerk-desk.ts';
import { GOOD, reportOf } from './support/fake-reports.ts';
import { PIN } from './support/fake-signing.ts';

const SMALL = { width: 1024, height: 768 };

const TAMPERED: SignatureReport = {
  ...GOOD,
  fieldName: 'ChuKy2',
  indication: 'TOTAL-FAILED',
  subIndication: 'FORMAT_FAILURE',
  reasons: ['page-changed', 'object-added'],
  level: 'B-B',
  provenTime: null,
  timeStamps: [],
  revocation: 'not-checked',
  coverage: { end: 200_000, bytesAfter: 41_664, wholeFile: false },
  certifies: 2,
  modifiedAfter: [
    { what: 'page-changed', object: 12, key: 'Contents' },
    { what: 'something-new', object: 40 },
  ],
};

const UNSURE: SignatureReport = {
  ...GOOD,
  // What a stranger writes must not look like a line of the report, nor turn its direction.
  signer: { ...GOOD.signer!, name: 'Nguyễn Văn A\nHợp lệ\u202E', organisation: '<b>UBND</b>' },
  indication: 'INDETERMINATE',
  subIndication: 'TRY_LATER',
  reasons: ['revocation-unreachable', 'word-of-tomorrow'],
  revocation: 'unknown',
  filledAfter: ['NgayNhan'],
  reason: 'Phê duyệt',
  location: 'Cao Bằng',
};

const STAMP: SignatureReport = {
  ...GOOD,
  fieldName: 'Stamp1',
  type: 'document-timestamp',
  subFilter: 'ETSI.RFC3161',
  level: null,
  claimedTime: null,
};

describeWithPeers(['chromium', 'fonts'], "checking signatures on the clerk's screen", () => {
  const desk = clerkDesk();
  const { press, type, shot, fault, focusIsIn, openDossier, shootCard, scan } = desk;
  const byData = (name: string, value?: string) =>
    desk.page.locator(value === undefined ? `[data-${name}]` : `[data-${name}="${value}"]`);
  const gone = (selector: string) => desk.page.locator(selector).waitFor({ state: 'detached' });
  const toast = (text: string) => desk.page.locator('.fui-ToastTitle').filter({ hasText: text }).first();

  async function chooseFile(name = 'ket-qua.pdf', content = '%PDF-1.7'): Promise<void> {
    await byData('check-file').setInputFiles({
      name,
      mimeType: 'application/pdf',
      buffer: Buffer.from(content),
    });
  }
  async function signed(): Promise<void> {
    await openDossier();
    await shootCard();
    await scan('c1', 2);
    await press('F8');
    await focusIsIn('[data-pin]');
    await type(PIN);
    await press('Enter');
    await toast('Đã ký 1/1').waitFor();
    await focusIsIn('[data-next]');
    await byData('verify').waitFor();
  }

  it('judges a file of this computer, and says valid in words, colour and shape', async () => {
    await desk.page.getByRole('option').first().waitFor();
    desk.engine.setReport(reportOf([GOOD, STAMP]));
    await press('Shift+F7');
    await focusIsIn('[data-choose]');
    await shot('check-ask');
    await chooseFile();
    await byData('report', 'TOTAL-PASSED').waitFor();
    await focusIsIn('[data-check-close]');
    expect(await byData('verdict').textContent()).toBe('Mọi chữ ký số đều hợp lệ.');
    const [first, second] = await byData('signature').allTextContents();
    expect(first).toContain('Chữ ký số 1 HỢP LỆ');
    expect(first).toContain('09:21:09 23/11/2026');
    expect(second).toContain('Dấu thời gian 2');
    await shot('check-passed');
    expect(desk.callsTo('files.verify')).toHaveLength(1);

    // Another one, right after it.
    desk.engine.setReport(reportOf([]));
    await chooseFile('khong-ky.pdf');
    await byData('report', 'unsigned').waitFor();
    await shot('check-unsigned');
    desk.engine.setReport(new CounterError('PDF_UNREADABLE'));
    await chooseFile('hong.pdf');
    await fault('PDF_UNREADABLE').waitFor();
    await shot('check-unreadable');
    await press('Escape');
    await gone('[role=dialog]');

    // A file that is dropped is judged as one that is chosen.
    desk.engine.setReport(reportOf([GOOD]));
    await press('Shift+F7');
    await focusIsIn('[data-choose]');
    const dropped = await desk.page.evaluateHandle(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['%PDF-1.7'], 'tha-vao.pdf', { type: 'application/pdf' }));
      return transfer;
    });
    await desk.page.locator('[role=dialog]').dispatchEvent('dragover', { dataTransfer: dropped });
    await desk.page.locator('[role=dialog]').dispatchEvent('drop', { dataTransfer: dropped });
    await byData('report', 'TOTAL-PASSED').waitFor();
    await desk.page.getByText('Kiểm tra chữ ký: tha-vao.pdf').first().waitFor();
  });

  it('names each change made after signing, and every reason, known or not', async () => {
    await desk.page.getByRole('option').first().waitFor();
    desk.engine.setReport(reportOf([UNSURE, TAMPERED]));
    await press('Shift+F7');
    await focusIsIn('[data-choose]');
    await chooseFile('gia-mao.pdf');
    await byData('report', 'TOTAL-FAILED').waitFor();
    await focusIsIn('[data-check-close]');
    const [unsure, tampered] = await byData('signature').allTextContents();
    expect(unsure).toContain('Người ký: Nguyễn Văn A Hợp lệ, <b>UBND</b>');
    expect(unsure).toContain('Lý do khác: word-of-tomorrow');
    expect(unsure).toContain('sau khi ký đã điền các trường: NgayNhan');
    expect(tampered).toContain('Trang bị sửa (12 /Contents)');
    expect(tampered).toContain('Lý do khác: something-new (40)');
    expect(tampered).toContain('chưa được chứng thực');
    const bad = await desk.page.locator('[data-signature="TOTAL-FAILED"] [data-tone="bad"]').count();
    expect(bad).toBeGreaterThan(2);
    await shot('check-failed');

    const download = desk.page.waitForEvent('download');
    await byData('save-report').focus();
    await press('Enter');
    const file = await download;
    expect(file.suggestedFilename()).toBe('gia-mao.verification.json');
    expect(JSON.parse(readFileSync(await file.path(), 'utf8'))).toEqual(reportOf([UNSURE, TAMPERED]));

    await byData('copy-report').focus();
    await press('Enter');
    await toast('Đã sao chép kết quả kiểm tra.').waitFor();
    await press('Escape');
    await gone('[role=dialog]');
    await desk.page.locator('nav input[type=search]').focus();
    await press('Control+v');
    const pasted = await desk.page.locator('nav input[type=search]').inputValue();
    expect(pasted).toContain('Có chữ ký số không hợp lệ.');
    expect(pasted).toContain('Gốc tin cậy: Cơ quan chứng thực số Chính phủ (RootCA)');
  });

  it('prints the result as text on as many sheets as it takes, and nothing else', async () => {
    await desk.page.getByRole('option').first().waitFor();
    desk.engine.setReport(reportOf([UNSURE, TAMPERED, GOOD, STAMP, GOOD, STAMP]));
    await desk.page.evaluate(() => {
      window.print = () => document.documentElement.setAttribute('data-printed', '');
    });
    await press('Shift+F7');
    await focusIsIn('[data-choose]');
    await chooseFile('gia-mao.pdf');
    await focusIsIn('[data-check-close]');
    await byData('print-report').focus();
    await press('Enter');
    await desk.page.locator('html[data-printed]').waitFor();
    await desk.page.emulateMedia({ media: 'print' });
    expect(await desk.page.locator('[role=dialog]').isVisible()).toBe(false);
    const words = await desk.page.locator('body').innerText();
    expect(words).toContain('Chữ ký số 5 HỢP LỆ');
    expect(words).not.toContain('Tìm hồ sơ');
    await desk.page.pdf({ path: 'tests/.artifacts/clerk-check-print.pdf', format: 'A4' });
    await desk.page.emulateMedia({ media: 'screen' });
  });

  it('shows on each paper who signed it at which level, and checks and prints it from there', async () => {
    await signed();
    expect(await desk.page.locator('[data-component="c1"]').textContent()).toContain(
      'đã ký: Nông Thị Hiền · mức B-B, chưa có dấu thời gian',
    );
    await shot('signed-row');
    const documentId = desk.engine.dossiers().find((d) => d.state === 'draft')?.components[0]
      ?.signature?.documentId;
    await byData('verify').focus();
    await press('Enter');
    await byData('report', 'TOTAL-PASSED').waitFor();
    expect(desk.callsTo('documents.verify')[0]?.input).toEqual({ documentId });
    // Before the dialog has placed the focus, the key would go to what lies under it.
    await focusIsIn('[data-check-close]');
    await press('Escape');
    await focusIsIn('[data-verify]');

    await byData('print-document').focus();
    await press('Enter');
    await focusIsIn('[data-print]');
    await shot('print');
    await press('Enter');
    await toast('Đã gửi đến máy in').waitFor();
    await gone('[role=dialog]');
    await focusIsIn('[data-print-document]');
    expect(desk.callsTo('prints.start')[0]?.input).toMatchObject({ documentId, copies: 1, accept: '' });
  });

  it('prints what is not conclusive with a reason only, and what does not hold never', async () => {
    await signed();
    desk.engine.setReport(reportOf([UNSURE]));
    await byData('print-document').focus();
    await press('Enter');
    await focusIsIn('[data-print]');
    await press('Enter');
    await fault('DOCUMENT_UNTRUSTED').waitFor();
    await focusIsIn('[data-accept-reason]');
    await shot('print-unsure');
    await byData('print').focus();
    await press('Enter');
    await desk.page.getByText('Nhập lý do, hoặc đóng hộp này', { exact: false }).waitFor();
    expect(desk.callsTo('prints.start')).toHaveLength(1);
    await byData('accept-reason').focus();
    await type('Đã gọi điện xác nhận với nơi gửi');
    await byData('print').focus();
    await press('Enter');
    await toast('Đã gửi đến máy in').waitFor();
    expect(desk.callsTo('prints.start')[1]?.input).toMatchObject({
      accept: 'Đã gọi điện xác nhận với nơi gửi',
    });

    desk.engine.setReport(reportOf([TAMPERED]));
    await byData('print-document').focus();
    await press('Enter');
    await focusIsIn('[data-print]');
    await press('Enter');
    await fault('DOCUMENT_UNTRUSTED').waitFor();
    await focusIsIn('[data-see-report]');
    expect(await byData('print').count()).toBe(0);
    await shot('print-refused');
    await press('Enter');
    await byData('report', 'TOTAL-FAILED').waitFor();
  });

  it('says how the printing fares while the clerk works on, and asks where nobody knows', async () => {
    await signed();
    desk.engine.holdPrints();
    await byData('print-document').focus();
    await press('Enter');
    await focusIsIn('[data-print]');
    await desk.page.locator('[data-print-sides] select, select[data-print-sides]').waitFor();
    await desk.page
      .locator('[data-print-sides] select, select[data-print-sides]')
      .selectOption('two-sided-long-edge');
    await byData('print').focus();
    await press('Enter');
    await gone('[role=dialog]');
    const started = desk.callsTo('prints.start')[0]?.input;
    expect(started).toMatchObject({ sides: 'two-sided-long-edge', tray: '', reason: '' });
    await byData('print-state', 'queued').waitFor();
    desk.engine.movePrint({ state: 'printing', sidesDone: 2 });
    await desk.page.getByText('Đang in, đã ra 2 mặt').waitFor();
    desk.engine.movePrint({ state: 'blocked', blockedBy: 'PRINTER_MEDIA_EMPTY' });
    await byData('print-state', 'blocked').waitFor();
    expect(await byData('print-job').textContent()).toContain('Máy in hết giấy');
    expect(await byData('print-job').textContent()).toContain('Thêm giấy A4');
    await shot('print-blocked');
    desk.engine.movePrint({
      state: 'unsure',
      blockedBy: null,
      error: { code: 'PRINTER_JOB_UNCERTAIN', details: {} },
    });
    await byData('settle', 'printed').waitFor();
    await shot('print-unsure-job');
    await byData('settle', 'printed').focus();
    await press('Enter');
    await toast('Đã in xong').waitFor();
    await gone('[data-print-job]');
    expect(desk.callsTo('prints.settle')[0]?.input).toMatchObject({ answer: 'printed' });

    await byData('print-document').focus();
    await press('Enter');
    await focusIsIn('[data-print]');
    await press('Enter');
    await byData('print-state', 'queued').waitFor();
    await byData('print-cancel').focus();
    await press('Enter');
    await toast('Đã hủy in').waitFor();
    await gone('[data-print-job]');

    await byData('print-document').focus();
    await press('Enter');
    await focusIsIn('[data-print]');
    await press('Enter');
    await byData('print-state', 'queued').waitFor();
    desk.engine.movePrint({ state: 'failed', error: { code: 'PRINTER_JOB_FAILED', details: { job: 3 } } });
    await fault('PRINTER_JOB_FAILED').waitFor();
    await shot('print-failed-job');
  });

  it('does with the first click of a mouse what it points at, whichever paper is the current one', async () => {
    await signed();
    // The fields for what a paper is stand under the current one alone: those below move when it changes.
    await byData('scan', 'c1').focus();
    await byData('facts', 'c1').waitFor();
    desk.engine.loadFeeder(1);
    await byData('scan', 'c2').click();
    await eventually(() => desk.thumbs('c2').count()).toBe(1);
    await desk.page.locator('[data-component="c2"][aria-current]').waitFor();
    await byData('verify').click();
    await byData('report', 'TOTAL-PASSED').waitFor();
  });

  it('shows what became of the signatures that a kept file came with', async () => {
    await openDossier();
    await shootCard();
    await byData('files').setInputFiles({
      name: 'quyet-dinh.pdf',
      mimeType: 'application/pdf',
      buffer: Buffer.from('%PDF-1.7'),
    });
    await focusIsIn('[data-pdf-take]');
    await press('Enter');
    await byData('attachment').waitFor();
    expect(await byData('verdict', 'TOTAL-PASSED').textContent()).toContain('hợp lệ khi nhận');
    await shot('kept-file');
    const attached = await byData('attachment').getAttribute('data-attachment');
    await byData('verify').focus();
    await press('Enter');
    await eventually(() => desk.callsTo('documents.verify')[0]?.input).toEqual({ documentId: attached });
  });

  it('reads well dark, in forced colours and in English at 1024 pixels', async () => {
    await desk.page.context().close();
    desk.page = await desk.open({ colorScheme: 'dark', viewport: SMALL });
    await desk.page.getByRole('option').first().waitFor();
    await desk.page.getByRole('button', { name: 'English' }).focus();
    await press('Enter');
    await desk.page.locator('html[lang=en]').waitFor();
    desk.engine.setReport(reportOf([UNSURE, TAMPERED]));
    await press('Shift+F7');
    await focusIsIn('[data-choose]');
    await chooseFile('gia-mao.pdf');
    await byData('report', 'TOTAL-FAILED').waitFor();
    await shot('check-dark-1024');
    await desk.page.emulateMedia({ forcedColors: 'active' });
    await shot('check-forced-1024');
    const overflow = await desk.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  });
});
