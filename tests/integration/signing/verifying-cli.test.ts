import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verificationReport } from '../../../src/contract/verification.ts';
import { signPdf } from '../../../src/main/signing/writing/sign-pdf.ts';
import { runCounter } from '../../support/cli.ts';
import { type TestPki, testPki } from '../../support/pki.ts';
import { type Folder, newFolder, ONE_PAGE, rawPdf, softKey } from '../../unit/signing/sign-support.ts';

describe('counter verify', () => {
  let pki: TestPki;
  let folder: Folder;
  let signed: string;

  beforeAll(async () => {
    pki = await testPki();
    folder = newFolder();
    signed = folder.file('signed.pdf');
    const key = softKey(pki.signers.ec, 'ecdsa-sha256');
    const request = { input: folder.write('in.pdf', rawPdf(ONE_PAGE)), output: signed, key, at: new Date() };
    await signPdf({ ...request, appearance: { kind: 'invisible' } });
  });
  afterAll(() => folder.remove());

  it('says it in Vietnamese, with the policy and with what was not checked', async () => {
    const { status, stdout } = await runCounter(['verify', signed, '--trust', pki.rootFile, '--offline']);
    expect(status).toBe(0);
    for (const words of ['Chữ ký số 1 HỢP LỆ', 'Nông Thị Mẫu', 'CHƯA kiểm tra thu hồi', 'Test Root CA']) {
      expect(stdout).toContain(words);
    }
  });

  it('asks online unless told otherwise, and does not pass what nobody can answer for', async () => {
    const { status, stdout } = await runCounter(['verify', signed, '--trust', pki.rootFile, '--json']);
    const { passed, files } = JSON.parse(stdout);
    expect([status, passed]).toEqual([1, false]);
    expect(files[0]).toMatchObject({
      indication: 'INDETERMINATE',
      policy: { revocation: 'online' },
      signatures: [{ subIndication: 'TRY_LATER' }],
    });
  });

  it('takes its trust from a list, and judges at another time', async () => {
    const pem = readFileSync(pki.rootFile, 'utf8');
    const sha256 = createHash('sha256').update(pki.root).digest('hex');
    const entry = { name: 'Gốc', sha256, source: 'test', obtained: '2026-11-23', purposes: ['signer'], pem };
    const list = folder.write('list.json', JSON.stringify({ version: 1, name: 'test', entries: [entry] }));
    const asked = ['verify', signed, '--trust-list', list, '--offline', '--json'];
    const now = await runCounter(asked);
    expect(now.status).toBe(0);
    const { file, ...report } = JSON.parse(now.stdout).files[0];
    expect(file).toBe(signed);
    expect(verificationReport.parse(report)).toEqual(report);
    const later = await runCounter([...asked, '--at', '2060-01-01']);
    expect(later.status).toBe(1);
    expect(JSON.parse(later.stdout).files[0]).toMatchObject({
      judgedAt: '2060-01-01T00:00:00.000Z',
      signatures: [{ subIndication: 'OUT_OF_BOUNDS_NO_POE' }],
    });
  });

  it.each([[['--at', 'tomorrow']], [['--trust-list']]])('does not understand %s', async (wrong) => {
    expect((await runCounter(['verify', signed, '--offline', ...wrong])).status).toBe(2);
  });
});
