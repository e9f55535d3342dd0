import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogOf, lookUp, readPdf } from '../../../../src/main/pdf/reader/document.ts';
import { dictOf, isArray, PdfDict } from '../../../../src/main/pdf/reader/objects.ts';
import { firstPage } from '../../../../src/main/pdf/reader/pages.ts';
import { memorySource } from '../../../../src/main/pdf/reader/source.ts';
import type { SigningKey } from '../../../../src/main/signing/port.ts';
import { verifyPdf } from '../../../../src/main/signing/verifying/verify.ts';
import { removeUnfinishedSignings, signPdf } from '../../../../src/main/signing/writing/sign-pdf.ts';
import { type TestPki, testPki } from '../../../support/pki.ts';
import { type Folder, makePdf, newFolder, ONE_PAGE, rawPdf, softKey } from '../sign-support.ts';

let pki: TestPki;
let folder: Folder;
const at = new Date();
const clerk = { kind: 'digitised-component' } as const;

beforeAll(async () => {
  pki = await testPki();
  folder = newFolder();
});
afterAll(() => folder.remove());

async function signed(
  name: string,
  bytes: Uint8Array | string,
  key: SigningKey = softKey(pki.signers.ec, 'ecdsa-sha256'),
) {
  const input = folder.write(name, bytes);
  const output = folder.file(`signed-${name}`);
  const result = await signPdf({ input, output, key, appearance: clerk, at });
  return { input, output, result };
}

async function openBytes(path: string) {
  return readPdf(memorySource(readFileSync(path)));
}

describe('signPdf', () => {
  it.each(['table', 'stream'] as const)('appends to a file with a %s in its own kind', async (kind) => {
    const bytes = await makePdf(kind, [{}, {}]);
    const { output, result } = await signed(`${kind}.pdf`, bytes);
    const after = readFileSync(output);
    expect(after.subarray(0, bytes.length).equals(bytes)).toBe(true);
    expect(result).toMatchObject({
      bytes: after.length,
      sha256: createHash('sha256').update(after).digest('hex'),
      fieldName: 'DigitisedComponent1',
      signedAt: at,
    });
    expect((await openBytes(output)).chain.map((s) => s.kind)).toEqual([kind, kind]);
    const report = await verifyPdf(output, { trust: [pki.root] });
    expect(report.signatures).toMatchObject([
      { indication: 'TOTAL-PASSED', signer: { name: result.signer } },
    ]);
  });

  it('signs with RSA, P-256 and P-384 keys, one operation of the key a document', async () => {
    for (const [name, algorithm] of [
      ['rsa', 'rsa-pkcs1-sha256'],
      ['ec', 'ecdsa-sha256'],
      ['ec384', 'ecdsa-sha384'],
    ] as const) {
      const key = softKey(pki.signers[name], algorithm);
      const { output, result } = await signed(`${name}.pdf`, rawPdf(ONE_PAGE), key);
      expect(key.calls).toBe(1);
      expect(result.sha256).toBe(createHash('sha256').update(readFileSync(output)).digest('hex'));
      const report = await verifyPdf(output, { trust: [pki.root] });
      expect(report.signatures[0]?.indication).toBe('TOTAL-PASSED');
    }
  });

  it('leaves the input alone, or replaces it at once where it is the output too', async () => {
    const bytes = Buffer.from(rawPdf(ONE_PAGE), 'latin1');
    const { input } = await signed('input.pdf', bytes);
    expect(readFileSync(input).equals(bytes)).toBe(true);
    const key = softKey(pki.signers.ec, 'ecdsa-sha256');
    await signPdf({ input, output: input, key, appearance: clerk, at });
    await signPdf({ input, output: input, key, appearance: { kind: 'invisible' }, at });
    const report = await verifyPdf(input, { trust: [pki.root] });
    expect(report.signatures.map((s) => s.fieldName)).toEqual(['DigitisedComponent1', 'Signature1']);
    expect(report.signatures.every((s) => s.indication === 'TOTAL-PASSED')).toBe(true);
  });

  it('signs a file that is read-only', async () => {
    const input = folder.write('read-only.pdf', rawPdf(ONE_PAGE));
    chmodSync(input, 0o400);
    const key = softKey(pki.signers.ec, 'ecdsa-sha256');
    await expect(
      signPdf({ input, output: folder.file('rw.pdf'), key, appearance: clerk, at }),
    ).resolves.toBeDefined();
  });

  it('puts a second signature of the same kind below the first', async () => {
    const { output } = await signed('below.pdf', rawPdf(ONE_PAGE));
    const key = softKey(pki.signers.rsa);
    await signPdf({ input: output, output, key, appearance: clerk, at });
    const document = await openBytes(output);
    const annotations = (await document.resolve(
      (await firstPage(document)).dict.get('Annots'),
    )) as readonly never[];
    const rects: number[][] = [];
    for (const a of annotations) rects.push(dictOf(await document.resolve(a))!.get('Rect') as number[]);
    expect(rects).toHaveLength(2);
    expect(rects[1]![3]).toBeLessThan(rects[0]![1]!);
  });

  it.each([
    ['a direct list', '/Annots [6 0 R]', '[6 0 R]'],
    ['a list of its own', '/Annots 7 0 R', '7 0 R'],
    ['a list that is not there', '/Annots 99 0 R', null],
  ])('keeps the annotations of %s', async (_, entry, before) => {
    const page = ONE_PAGE[2].replace('/Contents', `${entry} /Contents`);
    const link = '<</Type /Annot /Subtype /Link /Rect [0 0 9 9]>>';
    const objects = [ONE_PAGE[0], ONE_PAGE[1], page, ONE_PAGE[3], ONE_PAGE[4], link, '[6 0 R]'];
    const { output } = await signed('annots.pdf', rawPdf(objects));
    const document = await openBytes(output);
    const list = await document.resolve((await firstPage(document)).dict.get('Annots'));
    expect(isArray(list) && list.length).toBe(before ? 2 : 1);
  });

  it.each([
    ['in the catalog', '/AcroForm <</Fields [6 0 R] /DA (x)>>'],
    ['of its own', '/AcroForm 7 0 R'],
    ['with a list of its own', '/AcroForm <</Fields 8 0 R /DA (x) /SigFlags 3>>'],
  ])('merges into a form %s', async (_, entry) => {
    const catalog = ONE_PAGE[0].replace('/Pages', `${entry} /Pages`);
    const field = '<</FT /Tx /T (DigitisedComponent1) /V (kept)>>';
    const objects = [catalog, ...ONE_PAGE.slice(1), field, '<</Fields [6 0 R] /DA (x)>>', '[6 0 R]'];
    const { output, result } = await signed('form.pdf', rawPdf(objects));
    expect(result.fieldName).toBe('DigitisedComponent2');
    const document = await openBytes(output);
    const form = dictOf(await lookUp(document, await catalogOf(document), 'AcroForm'));
    expect(form).toBeInstanceOf(PdfDict);
    expect(form?.get('SigFlags')).toBe(3);
    expect(form?.has('DA')).toBe(true);
    expect(await lookUp(document, form!, 'Fields')).toHaveLength(2);
  });

  it('makes the hole larger where the CMS outgrows it', async () => {
    const input = folder.write('small-hole.pdf', rawPdf(ONE_PAGE));
    const output = folder.file('large-hole.pdf');
    const key = softKey(pki.signers.rsa);
    await signPdf({ input, output, key, appearance: clerk, at, holeBytes: 100 });
    expect(key.calls).toBe(2);
    expect((await verifyPdf(output, { trust: [pki.root] })).signatures[0]?.indication).toBe('TOTAL-PASSED');
  });

  it('reserves more than the least for a long chain', async () => {
    const ballast = Array.from({ length: 20 }, (_, i) => {
      return Buffer.concat([Buffer.from([0x30, 0x82, 3, 0xec, 4, 0x82, 3, 0xe8]), Buffer.alloc(1000, i + 1)]);
    });
    const plain = softKey(pki.signers.rsa);
    const key = { ...plain, certificates: [...plain.certificates, ...ballast] };
    const { output } = await signed('long-chain.pdf', rawPdf(ONE_PAGE), key);
    expect((await verifyPdf(output, { trust: [pki.root] })).signatures[0]?.indication).toBe('TOTAL-PASSED');
  });

  it('writes reason and place in Vietnamese', async () => {
    const input = folder.write('reason.pdf', rawPdf(ONE_PAGE));
    const output = folder.file('reasoned.pdf');
    const key = softKey(pki.signers.ec, 'ecdsa-sha256');
    const words = { reason: 'Số hóa hồ sơ (bản giấy)', location: 'Hà Nội' };
    await signPdf({ input, output, key, appearance: clerk, at, ...words });
    expect((await verifyPdf(output, { trust: [] })).signatures[0]).toMatchObject(words);
  });
});

describe('refusals leave no output and no draft', () => {
  const key = () => softKey(pki.signers.ec, 'ecdsa-sha256');

  async function refused(name: string, bytes: string, signing: SigningKey = key()) {
    const input = folder.write(name, bytes);
    const output = folder.file(`refused-${name}`);
    const error = await signPdf({ input, output, key: signing, appearance: clerk, at }).then(
      () => null,
      (e: unknown) => e,
    );
    expect(existsSync(output)).toBe(false);
    expect(readdirSync(folder.path).filter((f) => f.endsWith('.signing'))).toEqual([]);
    return error;
  }

  it.each([
    ['damaged.pdf', 'not a PDF', 'PDF_UNREADABLE'],
    ['encrypted.pdf', rawPdf(ONE_PAGE, '/Root 1 0 R /Encrypt 5 0 R'), 'PDF_ENCRYPTED'],
    ['empty.pdf', rawPdf([ONE_PAGE[0], '<</Type /Pages /Kids [] /Count 0>>']), 'PDF_NO_PAGES'],
  ])('%s', async (name, bytes, code) => {
    expect(await refused(name, bytes)).toMatchObject({ code });
  });

  it.each([1, 2, 3])('a document certified at level %i', async (level) => {
    const catalog = ONE_PAGE[0].replace('/Pages', '/Perms <</DocMDP 6 0 R>> /Pages');
    const params = `/TransformMethod /DocMDP /TransformParams <</P ${level} /V /1.2>>`;
    const objects = [catalog, ...ONE_PAGE.slice(1), `<</Type /Sig /Reference [<<${params}>>]>>`];
    expect(await refused('certified.pdf', rawPdf(objects))).toMatchObject({
      code: 'PDF_CHANGES_FORBIDDEN',
      details: { reason: 'certified', permission: level },
    });
  });

  it('a certificate out of its time', async () => {
    const expired = softKey(pki.signers.expired, 'ecdsa-sha256');
    expect(await refused('a.pdf', rawPdf(ONE_PAGE), expired)).toMatchObject({ code: 'CERTIFICATE_EXPIRED' });
    const future = softKey(pki.signers.future, 'ecdsa-sha256');
    expect(await refused('b.pdf', rawPdf(ONE_PAGE), future)).toMatchObject({
      code: 'CERTIFICATE_NOT_YET_VALID',
    });
    expect([expired.calls, future.calls]).toEqual([0, 0]);
  });

  it('a token that signs something else', async () => {
    const honest = key();
    const liar: SigningKey = { ...honest, sign: () => honest.sign(Buffer.from('something else')) };
    expect(await refused('liar.pdf', rawPdf(ONE_PAGE), liar)).toMatchObject({
      code: 'SIGNATURE_SELF_CHECK_FAILED',
      details: { reason: 'signature' },
    });
  });

  it('a token that is pulled out', async () => {
    const gone: SigningKey = {
      ...key(),
      sign: async () => {
        throw new Error('gone');
      },
    };
    expect(await refused('gone.pdf', rawPdf(ONE_PAGE), gone)).toMatchObject({ message: 'gone' });
  });

  it('a missing input or folder', async () => {
    const missing = {
      input: folder.file('none.pdf'),
      output: folder.file('x.pdf'),
      key: key(),
      appearance: clerk,
      at,
    };
    await expect(signPdf(missing)).rejects.toMatchObject({ code: 'FILE_MISSING' });
  });

  it('sweeps away what a killed signing left', async () => {
    folder.write('.a.pdf.1b671a64.signing', 'half');
    expect(await removeUnfinishedSignings(folder.path)).toEqual(['.a.pdf.1b671a64.signing']);
    expect(await removeUnfinishedSignings(folder.path)).toEqual([]);
  });
});
