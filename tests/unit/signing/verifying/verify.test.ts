import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memorySource } from '../../../../src/main/pdf/reader/source.ts';
import { certificatesFromPem } from '../../../../src/main/signing/evidence/trust.ts';
import { verifySource } from '../../../../src/main/signing/verifying/verify.ts';
import { signPdf } from '../../../../src/main/signing/writing/sign-pdf.ts';
import { type TestPki, testPki } from '../../../support/pki.ts';
import { appendUpdate, type Folder, newFolder, ONE_PAGE, rawPdf, softKey } from '../sign-support.ts';

let pki: TestPki;
let folder: Folder;
let once: Buffer;

beforeAll(async () => {
  pki = await testPki();
  folder = newFolder();
  once = await sign(Buffer.from(rawPdf(ONE_PAGE), 'latin1'));
});
afterAll(() => folder.remove());

async function sign(
  bytes: Buffer,
  kind: 'invisible' | 'digitised-component' = 'digitised-component',
): Promise<Buffer> {
  const input = folder.write('in.pdf', bytes);
  const output = folder.file('out.pdf');
  const key = softKey(pki.signers.ec, 'ecdsa-sha256');
  await signPdf({ input, output, key, appearance: { kind }, at: new Date() });
  return readFileSync(output);
}

const verify = (bytes: Buffer, options: { trust?: Uint8Array[]; at?: Date } = {}) =>
  verifySource(memorySource(bytes), { trust: [pki.root], ...options });
const first = async (bytes: Buffer) => (await verify(bytes)).signatures[0]!;

/** The body of an object as a later revision would write it again, with something replaced. */
function edited(bytes: Buffer, num: number, from: string | RegExp, to: string): Map<number, string> {
  const text = bytes.toString('latin1');
  const at = text.lastIndexOf(`\n${num} 0 obj\n`);
  const body = text.slice(at + `\n${num} 0 obj\n`.length, text.indexOf('\nendobj', at));
  const changed = body.replace(from, to);
  expect(changed).not.toBe(body);
  return new Map([[num, changed]]);
}

describe('a sound signature', () => {
  it('passes to a given root and covers the file', async () => {
    expect(await first(once)).toMatchObject({
      indication: 'TOTAL-PASSED',
      subIndication: null,
      chain: 'trusted',
      subFilter: 'ETSI.CAdES.detached',
      coverage: { wholeFile: true, bytesAfter: 0 },
      modifiedAfter: [],
    });
  });

  it('stays whole when a second one follows, which covers both', async () => {
    const report = await verify(await sign(once));
    expect(report.signatures).toMatchObject([
      { indication: 'TOTAL-PASSED', coverage: { wholeFile: false, end: once.length }, modifiedAfter: [] },
      { indication: 'TOTAL-PASSED', coverage: { wholeFile: true } },
    ]);
    expect(report.revisions).toBe(3);
  });

  it('is indeterminate without its root and outside its time', async () => {
    const stranger = await verify(once, { trust: [pki.strangerRoot] });
    expect(stranger.signatures[0]).toMatchObject({
      indication: 'INDETERMINATE',
      subIndication: 'NO_CERTIFICATE_CHAIN_FOUND',
    });
    const late = await verify(once, { at: new Date(Date.now() + 20 * 365 * 86_400_000) });
    expect(late.signatures[0]).toMatchObject({
      indication: 'INDETERMINATE',
      subIndication: 'OUT_OF_BOUNDS_NO_POE',
    });
    const early = await verify(once, { at: new Date(Date.now() - 20 * 365 * 86_400_000) });
    expect(early.signatures[0]).toMatchObject({
      indication: 'TOTAL-FAILED',
      subIndication: 'NOT_YET_VALID',
    });
  });

  it('is judged no further once a person has had enough', async () => {
    const options = { trust: [pki.root], signal: AbortSignal.abort() };
    await expect(verifySource(memorySource(once), options)).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('an unsigned file has none', async () => {
    expect((await verify(Buffer.from(rawPdf(ONE_PAGE), 'latin1'))).signatures).toEqual([]);
  });
});

describe('a broken signature', () => {
  it('any changed byte under the hash is seen', async () => {
    const [, gapFrom, gapTo] = /\/ByteRange \[0 (\d+) (\d+)/.exec(once.toString('latin1'))!.map(Number) as [
      0,
      number,
      number,
    ];
    for (let at = 9; at < once.length; at += 997) {
      if (at >= gapFrom && at < gapTo) continue;
      const broken = Buffer.from(once);
      broken[at] = broken[at]! ^ 1;
      const result = await verify(broken).then(
        (r) => r.signatures.some((s) => s.indication === 'TOTAL-PASSED'),
        (error: { code: string }) => /^PDF_/.test(error.code) && 'refused',
      );
      expect([false, 'refused']).toContain(result);
    }
  });

  it('tells a changed document from a changed signature', async () => {
    const text = Buffer.from(once);
    text[text.indexOf('100 000')] = '9'.charCodeAt(0);
    expect(await first(text)).toMatchObject({ indication: 'TOTAL-FAILED', subIndication: 'HASH_FAILURE' });
    const cms = Buffer.from(once);
    // The signature value is the last octets of the CMS before the padding.
    const end = /0{200}>/.exec(cms.toString('latin1'))!.index - 8;
    cms[end] = cms[end] === 0x31 ? 0x32 : 0x31;
    const { indication, subIndication } = await first(cms);
    expect(indication).toBe('TOTAL-FAILED');
    expect(['SIG_CRYPTO_FAILURE', 'FORMAT_FAILURE']).toContain(subIndication);
  });

  it.each([
    ['starts late', (r: string) => r.replace('[0 ', '[1 '), 'byte-range-malformed'],
    [
      'has a wider gap',
      (r: string) => r.replace(/\[0 (\d+)/, (_, n: string) => `[0 ${Number(n) - 1}`),
      'gap-not-contents',
    ],
    [
      'ends before the end',
      (r: string) => r.replace(/(\d+)\]/, (_, n: string) => `${Number(n) - 20}]`),
      'not-a-revision',
    ],
    [
      'ends beyond the end',
      (r: string) => r.replace(/(\d+)\]/, (_, n: string) => `${Number(n) + 9000}]`),
      'byte-range-outside',
    ],
    ['is no range', (r: string) => r.replace(/\[.*\]/, '[]'), 'byte-range-malformed'],
  ])('a byte range that %s', async (_, change, reason) => {
    const text = once.toString('latin1');
    const range = /\/ByteRange \[[^\]]*\] */.exec(text)![0];
    const changed = change(range).trimEnd().padEnd(range.length).slice(0, range.length);
    const report = await first(Buffer.from(text.replace(range, changed), 'latin1'));
    expect(report).toMatchObject({
      indication: 'TOTAL-FAILED',
      subIndication: 'FORMAT_FAILURE',
      reasons: [reason],
    });
  });
});

describe('what was appended after signing', () => {
  async function modified(bytes: Buffer) {
    const report = await first(bytes);
    expect(report).toMatchObject({ indication: 'TOTAL-FAILED', subIndication: 'FORMAT_FAILURE' });
    return report.modifiedAfter;
  }

  it('a page with other content is named', async () => {
    const stream = '<</Length 51>>\nstream\nBT /F1 12 Tf 60 400 Td (Amount: 900 000 dong) Tj ET\nendstream';
    expect(await modified(appendUpdate(once, new Map([[4, stream]])))).toEqual([
      { what: 'object-changed', object: 4 },
    ]);
    const page = edited(once, 3, '/Contents 4 0 R', '/Contents 90 0 R').set(90, stream);
    expect(await modified(appendUpdate(once, page))).toEqual(
      expect.arrayContaining([{ what: 'page-changed', object: 3, key: 'Contents' }]),
    );
  });

  it('a further page is named', async () => {
    const pages = new Map([
      [2, '<</Type /Pages /Kids [3 0 R 90 0 R] /Count 2>>'],
      [90, ONE_PAGE[2]],
    ]);
    expect((await modified(appendUpdate(once, pages))).map((m) => m.what)).toContain('object-changed');
  });

  it('an annotation that covers the text, and one taken away, are named', async () => {
    const note = '<</Type /Annot /Subtype /FreeText /Rect [50 390 300 420] /Contents (900)>>';
    const added = edited(once, 3, /\/Annots \[/, '/Annots [90 0 R ').set(90, note);
    expect((await modified(appendUpdate(once, added))).map((m) => m.what)).toContain('annotation-added');
    const removed = edited(once, 3, /\/Annots \[[^\]]*\]/, '/Annots []');
    expect((await modified(appendUpdate(once, removed))).map((m) => m.what)).toContain('annotation-removed');
  });

  it('another catalog, a changed catalog and a replaced table are named', async () => {
    const other = new Map([[90, '<</Type /Catalog /Pages 2 0 R>>']]);
    // Its own form is gone with the catalog, but not the revision that was signed.
    expect(await modified(appendUpdate(once, other, '90 0 R'))).toEqual([{ what: 'root-replaced' }]);
    const opens = edited(once, 1, '/Pages', '/OpenAction <</S /JavaScript /JS (x)>> /Pages');
    expect(await modified(appendUpdate(once, opens))).toEqual([
      { what: 'catalog-changed', object: 1, key: 'OpenAction' },
    ]);
    const text = once.toString('latin1');
    const rebuilt = `${text}xref\n0 1\n0000000000 65535 f \n`;
    const offsets = [...text.matchAll(/(?:^|\n)(\d+) 0 obj\n/g)].map(
      (m) => [Number(m[1]), m.index + 1] as const,
    );
    const newest = new Map(offsets);
    const rows = [...newest].map(([n, o]) => `${n} 1\n${String(o).padStart(10, '0')} 00000 n \n`);
    const file = `${rebuilt}${rows.join('')}trailer\n<</Root 1 0 R /Size 40>>\nstartxref\n${text.length}\n%%EOF\n`;
    expect(await modified(Buffer.from(file, 'latin1'))).toEqual([{ what: 'revision-chain-broken' }]);
  });

  it('the signature itself written anew is named', async () => {
    const text = once.toString('latin1');
    const num = Number(/\n(\d+) 0 obj\n<<\/Type \/Sig /.exec(text)![1]);
    const report = await first(appendUpdate(once, edited(once, num, '/M (D:20', '/M (D:19')));
    expect(report.indication).toBe('TOTAL-FAILED');
  });

  it('a reference that was left open before signing and filled afterwards is named', async () => {
    const trap = ONE_PAGE[2].replace('/Contents 4 0 R', '/Contents [4 0 R 40 0 R]');
    const base = rawPdf([ONE_PAGE[0], ONE_PAGE[1], trap, ONE_PAGE[3], ONE_PAGE[4]]);
    const signed = await sign(Buffer.from(base, 'latin1'));
    expect((await first(signed)).indication).toBe('TOTAL-PASSED');
    const overlay =
      '<</Type /Metadata /Length 40>>\nstream\nBT /F1 30 Tf 60 400 Td (paid) Tj ET     \nendstream';
    expect((await modified(appendUpdate(signed, new Map([[40, overlay]])))).map((m) => m.what)).toContain(
      'object-added',
    );
    const catalog = edited(signed, 1, '/Pages', '/Metadata 40 0 R /Pages').set(40, overlay);
    expect(await modified(appendUpdate(signed, catalog))).toContainEqual({
      what: 'object-reused',
      object: 40,
    });
  });

  it('validation data and dates of the document are let through', async () => {
    const catalog = edited(once, 1, '/Pages', '/DSS 90 0 R /Pages');
    const dss = '<</Certs [91 0 R]>>';
    const der = Buffer.from(pki.root).toString('hex');
    const certificate = `<</Filter /ASCIIHexDecode /Length ${der.length + 1}>>\nstream\n${der}>\nendstream`;
    const stored = appendUpdate(once, catalog.set(90, dss).set(91, certificate));
    expect(await first(stored)).toMatchObject({ indication: 'TOTAL-PASSED', coverage: { wholeFile: false } });
    const page = edited(once, 1, '/Pages', '/DSS 3 0 R /Pages');
    expect((await modified(appendUpdate(once, page))).map((m) => m.what)).toContain('dss-invalid');
  });

  it('bytes behind the end that no reader takes for a revision do not hide', async () => {
    const report = await first(Buffer.concat([once, Buffer.from('\n% junk\n')]));
    expect(report.coverage).toMatchObject({ wholeFile: false, bytesAfter: 8 });
  });
});

describe('trusted roots', () => {
  it('come from PEM files, one or many; anything else is refused', () => {
    const pem = readFileSync(pki.rootFile, 'utf8');
    expect(certificatesFromPem(`${pem}\nwords\n${pem}`)).toHaveLength(2);
    expect(Buffer.from(certificatesFromPem(pem)[0]!).equals(pki.root)).toBe(true);
    for (const bad of ['', 'words', pem.replace(/M/g, '*')]) {
      expect(() => certificatesFromPem(bad)).toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID' }) as Error,
      );
    }
  });
});
