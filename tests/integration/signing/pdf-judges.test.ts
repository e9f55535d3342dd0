import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CounterError } from '../../../src/contract/errors.ts';
import { vietnamTime } from '../../../src/main/calendar/local-time.ts';
import { writeScannedPdf } from '../../../src/main/pdf/scanned-pdf.ts';
import { verifyPdf } from '../../../src/main/signing/verifying/verify.ts';
import { signPdf } from '../../../src/main/signing/writing/sign-pdf.ts';
import { describeWithPeers } from '../../support/peers.ts';
import { SIGNER_NAME, type TestPki, testPki } from '../../support/pki.ts';
import { type Folder, makePdf, newFolder, softKey } from '../../unit/signing/sign-support.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const corpus = path.resolve(root, '../shared/corpora/pyhanko');
const AGENCY = 'Ủy ban nhân dân xã Thử Nghiệm';
const at = new Date();

let pki: TestPki;
let folder: Folder;
let nss: string;

beforeAll(async () => {
  pki = await testPki();
  folder = newFolder();
  nss = folder.path;
  execFileSync('certutil', ['-N', '-d', `sql:${nss}`, '--empty-password']);
  execFileSync('certutil', ['-A', '-d', `sql:${nss}`, '-n', 'root', '-t', 'C,C,C', '-i', pki.rootFile]);
});
afterAll(() => folder.remove());

/** A component as the scanner leaves it, by the product's own writer. */
async function scanned(name: string): Promise<string> {
  const { default: sharp } = await import('sharp');
  const jpeg = await sharp({ create: { width: 827, height: 1169, channels: 3, background: '#f4f1ea' } })
    .jpeg()
    .toBuffer();
  async function* pages() {
    yield { image: jpeg, dpi: 100 };
    yield { image: jpeg, dpi: 100 };
  }
  const file = folder.file(name);
  const icc = readFileSync(path.join(root, 'resources/icc/sRGB.icc'));
  await writeScannedPdf({ path: file, pages: pages(), title: 'Đơn', createdAt: at, producer: 'test', icc });
  return file;
}

async function base(kind: string): Promise<string> {
  if (kind === 'scanned') return scanned('scanned.pdf');
  return folder.write(`${kind}.pdf`, await makePdf(kind as 'table' | 'stream', [{}, {}]));
}

/** The clerk signs with RSA, then the agency with an EC key. */
async function signTwice(input: string): Promise<string> {
  const output = `${input}.signed.pdf`;
  const rsa = softKey(pki.signers.rsa);
  await signPdf({ input, output, key: rsa, appearance: { kind: 'digitised-component' }, at });
  const ec = softKey(pki.signers.ec, 'ecdsa-sha256');
  await signPdf({ input: output, output, key: ec, appearance: { kind: 'agency-copy', agency: AGENCY }, at });
  return output;
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

/** The signed octets and the CMS of the n-th signature, cut out without the product's reader. */
function cutOut(file: string, n: number): { content: string; cms: string } {
  const bytes = readFileSync(file);
  const ranges = [...bytes.toString('latin1').matchAll(/\/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]/g)];
  const [, a, b, c, d] = ranges[n]!.map(Number) as [number, number, number, number, number];
  const hex = bytes.subarray(a + b + 1, c - 1).toString('latin1');
  const content = folder.write(
    'content.bin',
    Buffer.concat([bytes.subarray(a, a + b), bytes.subarray(c, c + d)]),
  );
  return { content, cms: folder.write('cms.der', Buffer.from(hex, 'hex')) };
}

describeWithPeers(
  ['pdfsig', 'certutil', 'openssl', 'mutool', 'qpdf'],
  'other programs on what was signed',
  () => {
    describe.each(['table', 'stream', 'scanned'])('a %s file signed by clerk and agency', (kind) => {
      let file: string;
      beforeAll(async () => {
        file = await signTwice(await base(kind));
      });

      it('pdfsig calls both valid and trusted', () => {
        const out = execFileSync('pdfsig', ['-nssdir', nss, file], { encoding: 'utf8' });
        expect(count(out, 'Signature Validation: Signature is Valid.')).toBe(2);
        expect(count(out, 'Certificate Validation: Certificate is Trusted.')).toBe(2);
        expect(count(out, 'Signature Type: ETSI.CAdES.detached')).toBe(2);
        expect(count(out, 'Total document signed')).toBe(1);
      });

      it('openssl verifies both as CAdES', () => {
        for (const n of [0, 1]) {
          const { content, cms } = cutOut(file, n);
          const args = [
            'cms',
            '-verify',
            '-cades',
            '-binary',
            '-inform',
            'DER',
            '-in',
            cms,
            '-content',
            content,
          ];
          const done = spawnSync('openssl', [
            ...args,
            '-CAfile',
            pki.rootFile,
            '-purpose',
            'any',
            '-out',
            '/dev/null',
          ]);
          expect(done.stderr.toString()).toMatch(/CAdES Verification successful/i);
          expect(done.status).toBe(0);
        }
      });

      it('mutool finds the digests right and the last revision untouched', () => {
        const out = execFileSync('mutool', ['sign', '-v', file], { encoding: 'utf8' });
        expect(count(out, 'The document is unchanged since signing.')).toBe(1);
        expect(count(out, 'The signature is valid but there have been edits since signing.')).toBe(1);
        expect(out).not.toMatch(/digest|invalid/i);
      });

      it('qpdf finds no error', () => {
        expect(execFileSync('qpdf', ['--check', file], { encoding: 'utf8' })).toContain(
          'No syntax or stream encoding errors',
        );
      });

      it('pdftotext gives the visible text back, in its corners', () => {
        const text = execFileSync('pdftotext', ['-l', '1', file, '-'], { encoding: 'utf8' });
        expect(text).toContain(`Người ký: ${SIGNER_NAME}\nThời gian ký: ${vietnamTime(at)}`);
        expect(text).toContain(`Sao y\n${AGENCY}\nThời gian ký: ${vietnamTime(at)}`);
        const part = (x: number) =>
          execFileSync(
            'pdftotext',
            ['-l', '1', '-r', '72', '-x', `${x}`, '-y', '0', '-W', '297', '-H', '80', file, '-'],
            {
              encoding: 'utf8',
            },
          );
        expect(part(0)).toContain('Người ký');
        expect(part(0)).not.toContain('Sao y');
        expect(part(297)).toContain('Sao y');
      });

      it('pdffonts sees one kind of font, embedded, a subset, with Unicode', () => {
        const rows = execFileSync('pdffonts', ['-l', '1', file], { encoding: 'utf8' })
          .split('\n')
          .filter((row) => row.includes('LiberationSerif'));
        expect(rows.length).toBeGreaterThan(0);
        for (const row of rows) expect(row).toMatch(/CID TrueType\s+Identity-H\s+yes yes yes/);
      });

      it('the product itself agrees', async () => {
        const { signatures } = await verifyPdf(file, { trust: [pki.root] });
        expect(signatures.map((s) => s.indication)).toEqual(['TOTAL-PASSED', 'TOTAL-PASSED']);
      });
    });

    it('ink stands where the text is said to be, on turned pages too', async () => {
      const { default: sharp } = await import('sharp');
      for (const rotate of [0, 90, 180, 270]) {
        const input = folder.write('turned.pdf', await makePdf('table', [{ rotate, text: ' ' }]));
        const output = folder.file('turned-signed.pdf');
        const key = softKey(pki.signers.ec, 'ecdsa-sha256');
        await signPdf({ input, output, key, appearance: { kind: 'digitised-component' }, at });
        execFileSync('pdftoppm', ['-r', '72', '-gray', '-png', '-singlefile', output, folder.file('turned')]);
        const { data, info } = await sharp(folder.file('turned.png'))
          .raw()
          .toBuffer({ resolveWithObject: true });
        let inside = 0;
        let outside = 0;
        for (let i = 0; i < info.width * info.height; i++) {
          if (data[i * info.channels]! > 128) continue;
          const [x, y] = [i % info.width, Math.floor(i / info.width)];
          if (x >= 14 && x <= 205 && y >= 14 && y <= 46) inside++;
          else outside++;
        }
        expect(inside).toBeGreaterThan(150);
        expect(outside).toBe(0);
        const text = execFileSync('pdftotext', [output, '-'], { encoding: 'utf8' });
        expect(text).toContain(`Thời gian ký: ${vietnamTime(at)}`);
      }
    });
  },
);

const files = existsSync(corpus) ? readdirSync(corpus).filter((f) => f.endsWith('.pdf')) : [];

describe.skipIf(files.length === 0)(
  `foreign test files${files.length === 0 ? ' [missing: corpora/pyhanko]' : ''}`,
  () => {
    it('are signed and stay sound, or are refused with a named error', async () => {
      const refused: Record<string, number> = {};
      let signed = 0;
      for (const name of files) {
        const input = path.join(corpus, name);
        const output = folder.file('foreign.pdf');
        const key = softKey(pki.signers.ec, 'ecdsa-sha256');
        const error = await signPdf({
          input,
          output,
          key,
          appearance: { kind: 'digitised-component' },
          at,
        }).then(
          () => null,
          (e: unknown) => e,
        );
        if (error) {
          expect(error, name).toBeInstanceOf(CounterError);
          const { code } = error as CounterError;
          expect(code, name).toMatch(/^PDF_/);
          refused[code] = (refused[code] ?? 0) + 1;
          continue;
        }
        signed++;
        const { signatures } = await verifyPdf(output, { trust: [pki.root] });
        expect(
          signatures.filter((s) => s.indication === 'TOTAL-PASSED').map((s) => s.coverage?.wholeFile),
          name,
        ).toEqual([true]);
        const before = spawnSync('qpdf', ['--check', input]).status;
        if (before === 0) expect(spawnSync('qpdf', ['--check', output]).status, name).toBe(0);
      }
      expect(signed + Object.values(refused).reduce((a, b) => a + b, 0)).toBe(files.length);
      expect(signed).toBeGreaterThan(80);
      expect(refused).toMatchObject({
        PDF_ENCRYPTED: expect.any(Number),
        PDF_UNREADABLE: expect.any(Number),
      });
    });

    /** Changes that the makers of these files mean to be refused, and those that they mean to be let through. */
    it.each([
      ['form-update-override-appearance-stream-sneaky.pdf', true],
      ['form-update-override-appearance-stream-ap-indirect-sneaky.pdf', true],
      ['form-update-ap-indirect-sneaky-trailer.pdf', true],
      ['extensions-indirect-not-all-paths.pdf', true],
      ['form-update-override-appearance-stream.pdf', false],
      ['form-update-override-appearance-stream-ap-indirect.pdf', false],
      ['extensions-update-indirect.pdf', false],
      ['minimal-signed-twice-second-created.pdf', false],
      ['pades-lta-dss-indirect-arrs-test-2.pdf', false],
    ])('%s: tampered with = %s', async (name, tampered) => {
      const { signatures } = await verifyPdf(path.join(corpus, name), { trust: [] });
      expect(signatures[0]!.modifiedAfter.length > 0).toBe(tampered);
      expect(signatures[0]!.indication).toBe(tampered ? 'TOTAL-FAILED' : 'INDETERMINATE');
    });
  },
);
