import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vietnamTime } from '../../../../src/main/calendar/local-time.ts';
import { catalogOf, lookUp, readPdf } from '../../../../src/main/pdf/reader/document.ts';
import { dictOf, PdfDict, type PdfRef } from '../../../../src/main/pdf/reader/objects.ts';
import { memorySource } from '../../../../src/main/pdf/reader/source.ts';
import { readAppearanceImage } from '../../../../src/main/signing/appearance/image.ts';
import { signatureFields } from '../../../../src/main/signing/verifying/find.ts';
import { verifyPdf } from '../../../../src/main/signing/verifying/verify.ts';
import { type SignRequest, signPdf } from '../../../../src/main/signing/writing/sign-pdf.ts';
import { describeWithPeers } from '../../../support/peers.ts';
import { type TestPki, testPki } from '../../../support/pki.ts';
import { sealPng } from '../appearance/images.ts';
import { type Folder, newFolder, ONE_PAGE, rawPdf, softKey } from '../sign-support.ts';

let pki: TestPki;
let folder: Folder;
const at = new Date();
const clerk = { kind: 'digitised-component' } as const;

beforeAll(async () => {
  pki = await testPki();
  folder = newFolder();
});
afterAll(() => folder.remove());

const PAGES = [
  '<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [8 0 R]>>>>',
  '<</Type /Pages /Kids [3 0 R 6 0 R] /Count 2 /Rotate 90>>',
  ONE_PAGE[2].replace('/Contents', '/Annots [8 0 R] /Rotate 0 /Contents'),
  ONE_PAGE[3],
  ONE_PAGE[4],
  ONE_PAGE[2].replace('/Contents', '/Annots [9 0 R] /Contents'),
  '<<>>',
] as const;
const WIDGET = '/Type /Annot /Subtype /Widget /F 4';

/** A two-page form whose second page is turned; the field is object 8, anything else follows from 9. */
function form(field: string, ...more: string[]): string {
  return rawPdf([...PAGES, field, ...more]);
}

const single = (entries = '') =>
  form(`<<${WIDGET} /FT /Sig /T (Clerk) /Rect [50 700 250 760] /P 3 0 R ${entries}>>`, '<<>>');

async function sign(name: string, bytes: Uint8Array | string, more: Partial<SignRequest> = {}) {
  const input = folder.write(name, bytes);
  const output = folder.file(`signed-${name}`);
  const key = softKey(pki.signers.ec, 'ecdsa-sha256');
  const result = await signPdf({ input, output, key, appearance: clerk, at, field: 'Clerk', ...more });
  return { input, output, result };
}

async function refused(name: string, bytes: Uint8Array | string, more: Partial<SignRequest> = {}) {
  const error = await sign(name, bytes, more).then(
    () => null,
    (e: unknown) => e,
  );
  expect(existsSync(folder.file(`signed-${name}`))).toBe(false);
  return error;
}

const open = (file: string) => readPdf(memorySource(readFileSync(file)));

async function judged(file: string) {
  const { signatures } = await verifyPdf(file, { trust: [pki.root], at });
  return signatures.map((s) => [s.fieldName, s.indication, s.modifiedAfter.length]);
}

describe('a prepared field', () => {
  it('is signed in its own place, and nothing is added to form or page', async () => {
    const { output, result } = await sign('single.pdf', single());
    expect(result.fieldName).toBe('Clerk');
    const document = await open(output);
    const [field] = await signatureFields(document);
    expect(field!.ref!.num).toBe(8);
    expect(field!.field.get('Rect')).toEqual([50, 700, 250, 760]);
    expect(dictOf(await lookUp(document, field!.field, 'AP'))).toBeInstanceOf(PdfDict);
    const acroForm = dictOf(await lookUp(document, await catalogOf(document), 'AcroForm'))!;
    expect(acroForm.get('Fields')).toHaveLength(1);
    expect(acroForm.get('SigFlags')).toBe(3);
    expect(await judged(output)).toEqual([['Clerk', 'TOTAL-PASSED', 0]]);
  });

  it.each([
    ['with a widget of its own, on another page', '<</FT /Sig /T (Clerk) /Kids [9 0 R]>>', '/P 6 0 R', 9],
    ['whose widget does not say its page', '<</FT /Sig /T (Clerk) /Kids [9 0 R]>>', '', 9],
  ])('%s', async (_, field, entries, num) => {
    const widget = `<<${WIDGET} /Parent 8 0 R /Rect [50 700 250 760] ${entries}>>`;
    const { output } = await sign('kids.pdf', form(field, widget));
    const document = await open(output);
    const signed = dictOf(await document.load(num))!;
    const look = dictOf(await document.resolve((signed.get('AP') as PdfDict).get('N')))!;
    // The page is turned by a quarter: what is drawn is as wide as the box is high.
    expect(look.get('BBox')).toEqual([0, 0, 60, 200]);
    expect(look.get('Matrix')).toEqual([0, 1, -1, 0, 0, 0]);
    expect(signed.has('V')).toBe(false);
    expect(dictOf(await document.load(8))!.has('V')).toBe(true);
    expect(await judged(output)).toEqual([['Clerk', 'TOTAL-PASSED', 0]]);
  });

  it.each([
    ['of no area', form(`<<${WIDGET} /FT /Sig /T (Clerk) /Rect [0 0 0 0] /P 3 0 R>>`, '<<>>')],
    ['without a widget', form('<</FT /Sig /T (Clerk)>>', '<<>>')],
  ])('%s shows nothing', async (_, bytes) => {
    const { output } = await sign('hidden.pdf', bytes);
    const document = await open(output);
    expect(dictOf(await document.load(8))!.has('AP')).toBe(false);
    expect(await judged(output)).toEqual([['Clerk', 'TOTAL-PASSED', 0]]);
  });

  it('in a group, by its full name; widgets of more places all show it', async () => {
    const group = '<</T (Office) /FT /Sig /Kids [9 0 R]>>';
    const field = '<</T (Clerk) /Parent 8 0 R /Kids [10 0 R 11 0 R]>>';
    const widget = (page: number) => `<<${WIDGET} /Parent 9 0 R /Rect [50 700 250 760] /P ${page} 0 R>>`;
    const bytes = form(group, field, widget(3), widget(6));
    const { output } = await sign('group.pdf', bytes, { field: 'Office.Clerk' });
    const document = await open(output);
    for (const num of [10, 11]) expect(dictOf(await document.load(num))!.has('AP')).toBe(true);
    expect(await judged(output)).toEqual([['Office.Clerk', 'TOTAL-PASSED', 0]]);
    expect(await refused('g.pdf', bytes, { field: 'Office' })).toMatchObject({
      code: 'SIGNATURE_FIELD_UNKNOWN',
    });
  });

  it('is left without a look of its own where nothing is to be shown, yet not without an appearance', async () => {
    const { output } = await sign('blank.pdf', single(), { appearance: { kind: 'invisible' } });
    const document = await open(output);
    const look = (dictOf(await document.load(8))!.get('AP') as PdfDict).get('N') as PdfRef;
    expect(dictOf(await document.load(look.num))!.has('Resources')).toBe(false);
  });

  it('holds a picture of the law’s colour, as wide as the box allows, and refuses another', async () => {
    const image = readAppearanceImage(await sealPng(), { widthMm: 36 });
    const place = { page: 1, centreMm: [10, 10] } as const;
    const { output } = await sign('seal.pdf', single(), {
      appearance: { kind: 'issued-document', image, place },
    });
    const document = await open(output);
    const look = dictOf(
      await document.resolve((dictOf(await document.load(8))!.get('AP') as PdfDict).get('N')),
    )!;
    expect(look.get('BBox')).toEqual([0, 0, 200, 60]);
    expect(await judged(output)).toEqual([['Clerk', 'TOTAL-PASSED', 0]]);
    expect(
      await refused('blue.pdf', single(), { appearance: { kind: 'personal', image, place } }),
    ).toMatchObject({
      code: 'APPEARANCE_IMAGE_INVALID',
      details: { reason: 'colour' },
    });
  });

  it('two prepared fields are signed one after the other, and both stay good', async () => {
    const two = rawPdf([
      PAGES[0].replace('[8 0 R]', '[8 0 R 9 0 R]'),
      PAGES[1],
      PAGES[2].replace('[8 0 R]', '[8 0 R 9 0 R]'),
      ...PAGES.slice(3),
      `<<${WIDGET} /FT /Sig /T (Clerk) /Rect [50 700 250 760] /P 3 0 R>>`,
      `<<${WIDGET} /FT /Sig /T (Chief) /Rect [300 700 500 760] /P 3 0 R>>`,
    ]);
    const { output } = await sign('both.pdf', two, { certify: 2 });
    await signPdf({
      input: output,
      output,
      key: softKey(pki.signers.rsa),
      appearance: { kind: 'agency-copy', agency: 'UBND' },
      at,
      field: 'Chief',
    });
    expect(await judged(output)).toEqual([
      ['Clerk', 'TOTAL-PASSED', 0],
      ['Chief', 'TOTAL-PASSED', 0],
    ]);
  });

  it.each([
    ['another name', single(), { field: 'Nobody' }, 'SIGNATURE_FIELD_UNKNOWN', { field: 'Nobody' }],
    ['a field of text', single().replace('/Sig', '/Tx '), {}, 'SIGNATURE_FIELD_UNKNOWN', { field: 'Clerk' }],
    ['a read-only one', single('/Ff 1'), {}, 'PDF_CHANGES_FORBIDDEN', { reason: 'field-read-only' }],
  ])('%s is refused', async (_, bytes, more, code, details) => {
    expect(await refused('refused.pdf', bytes, more)).toMatchObject({ code, details });
  });

  it('that is signed already is refused', async () => {
    const { output } = await sign('again.pdf', single());
    expect(await refused('again2.pdf', readFileSync(output))).toMatchObject({
      code: 'SIGNATURE_FIELD_UNKNOWN',
    });
  });
});

describe('what a prepared field demands', () => {
  const seed = (entries: string) => single(`/SV <</Type /SV ${entries}>>`);

  it.each([
    ['/Filter /Adobe.PPKMS /Ff 1', 'Filter'],
    ['/SubFilter [/adbe.pkcs7.detached] /Ff 2', 'SubFilter'],
    ['/V 4 /Ff 4', 'V'],
    ['/DigestMethod [(SHA384) (SHA512)] /Ff 64', 'DigestMethod'],
    ['/Reasons [(Approved)] /Ff 8', 'Reasons'],
    ['/AddRevInfo true /Ff 32', 'AddRevInfo'],
    ['/LockDocument /true /Ff 128', 'LockDocument'],
    ['/AppearanceFilter (Seal) /Ff 256', 'AppearanceFilter'],
    ['/TimeStamp <</URL (http://tsa) /Ff 1>>', 'TimeStamp'],
    ['/MDP <</P 2>>', 'MDP'],
    ['/Cert <</Subject [(no certificate)] /Ff 1>>', 'Cert.Subject'],
    ['/Cert <</Issuer [(no certificate)] /Ff 2>>', 'Cert.Issuer'],
    ['/Cert <</OID [(1.2.3)] /Ff 4>>', 'Cert.OID'],
    ['/Cert <</SubjectDN [<</CN (x)>>] /Ff 8>>', 'Cert.SubjectDN'],
    ['/Cert <</KeyUsage [(0XXXXXXXX)] /Ff 32>>', 'Cert.KeyUsage'],
  ])('%s: refused by name', async (entries, demand) => {
    expect(await refused('seed.pdf', seed(entries))).toMatchObject({
      code: 'SIGNATURE_FIELD_DEMANDS',
      details: { field: 'Clerk', demand },
    });
  });

  it.each([
    ['only proposed', '/SubFilter [/adbe.pkcs7.detached] /DigestMethod [(SHA512)] /V 4', {}],
    [
      'met',
      '/Filter /Adobe.PPKLite /SubFilter [/ETSI.CAdES.detached] /DigestMethod [(SHA256)] /V 2 /Ff 71',
      {},
    ],
    ['met by the reason', '/Reasons [(Approved) (Seen)] /Ff 8', { reason: 'Seen' }],
    ['met by none', '/Reasons [(.)] /Ff 8', {}],
    ['met by certifying', '/MDP <</P 2>>', { certify: 2 }],
    ['an ordinary signature', '/MDP <</P 0>>', {}],
    ['met by the key', '/Cert <</KeyUsage [(11XXXXXXX)] /Ff 32>>', {}],
  ] as const)('%s: signed', async (_, entries, more) => {
    const { output } = await sign('seeded.pdf', seed(entries), more);
    expect(await judged(output)).toEqual([['Clerk', 'TOTAL-PASSED', 0]]);
  });

  it('met by the very certificate and its issuer: signed', async () => {
    const hex = (der: Uint8Array) => `<${Buffer.from(der).toString('hex')}>`;
    const entries = `/Subject [${hex(pki.signers.ec.certificate)}] /Issuer [${hex(pki.issuing)}] /Ff 3`;
    const { output } = await sign('cert.pdf', seed(`/Cert <<${entries}>>`));
    expect(await judged(output)).toEqual([['Clerk', 'TOTAL-PASSED', 0]]);
  });
});

describe('certification and locks', () => {
  it.each([1, 2, 3] as const)('certifies at level %i, once and first', async (certify) => {
    const { output } = await sign('certify.pdf', single(), { certify });
    const { signatures } = await verifyPdf(output, { trust: [pki.root], at });
    expect(signatures[0]).toMatchObject({ certifies: certify, indication: 'TOTAL-PASSED' });
    const document = await open(output);
    const permissions = dictOf(await lookUp(document, await catalogOf(document), 'Perms'))!;
    const signature = dictOf(await lookUp(document, permissions, 'DocMDP'))!;
    expect(signature.has('ByteRange')).toBe(true);
    const again = { field: undefined as never, certify };
    expect(await refused('c2.pdf', readFileSync(output), again)).toMatchObject({
      code: 'PDF_CHANGES_FORBIDDEN',
      details: { reason: 'certified', permission: certify },
    });
  });

  it('does not certify what is signed already', async () => {
    const { output } = await sign('first.pdf', single());
    expect(
      await refused('second.pdf', readFileSync(output), { field: undefined as never, certify: 2 }),
    ).toMatchObject({
      code: 'PDF_CHANGES_FORBIDDEN',
      details: { reason: 'already-signed' },
    });
  });

  const two = (lock: string, certified = '') =>
    rawPdf([
      PAGES[0].replace('[8 0 R]', '[8 0 R 9 0 R]').replace('/Type', `${certified} /Type`),
      PAGES[1],
      PAGES[2].replace('[8 0 R]', '[8 0 R 9 0 R]'),
      ...PAGES.slice(3),
      `<<${WIDGET} /FT /Sig /T (Clerk) /Rect [50 700 250 760] /P 3 0 R ${lock}>>`,
      `<<${WIDGET} /FT /Sig /T (Chief) /Rect [300 700 500 760] /P 3 0 R>>`,
    ]);

  it.each([
    ['/Action /All', 'Chief', 'field-locked'],
    ['/Action /Include /Fields [(Chief)]', 'Chief', 'field-locked'],
    ['/Action /Exclude /Fields [(Other)]', 'Chief', 'field-locked'],
    ['/Action /Exclude /Fields [(Chief)] /P 1', 'Chief', 'certified'],
    ['/Action /All', undefined, 'field-locked'],
    ['/Action /Exclude /Fields [(Chief)]', undefined, 'field-locked'],
    ['/Action /Include /Fields [(Chief)] /P 2', undefined, 'certified'],
  ])('a lock of %s is taken over into the signature and keeps %s shut', async (lock, field, reason) => {
    const { output } = await sign('locking.pdf', two(`/Lock <</Type /SigFieldLock ${lock}>>`));
    const text = readFileSync(output).toString('latin1');
    expect(text).toMatch(/\/TransformMethod \/FieldMDP/);
    expect(await judged(output)).toEqual([['Clerk', 'TOTAL-PASSED', 0]]);
    expect(await refused('locked.pdf', readFileSync(output), { field: field as string })).toMatchObject({
      code: 'PDF_CHANGES_FORBIDDEN',
      details: { reason },
    });
  });

  it.each([
    ['/Action /Include /Fields [(Clerk)]', 'Chief'],
    ['/Action /Exclude /Fields [(Chief)] /P 2', 'Chief'],
    ['/Action /Include /Fields [(Chief)]', undefined],
  ])('a lock of %s leaves %s open', async (lock, field) => {
    const { output } = await sign('locking.pdf', two(`/Lock <</Type /SigFieldLock ${lock}>>`));
    const next = await sign('open.pdf', readFileSync(output), { field: field as string });
    const { signatures } = await verifyPdf(next.output, { trust: [pki.root], at });
    expect(signatures).toHaveLength(2);
    expect(signatures.flatMap((s) => s.reasons)).toEqual([]);
  });

  it('a document certified at level 1 lets nobody sign, at level 2 in a prepared field only', async () => {
    for (const certify of [1, 2] as const) {
      const { output } = await sign(`mdp-${certify}.pdf`, two(''), { certify });
      const chief = sign(`mdp-${certify}-chief.pdf`, readFileSync(output), { field: 'Chief' });
      if (certify === 2) expect(await judged((await chief).output)).toHaveLength(2);
      else await expect(chief).rejects.toMatchObject({ details: { reason: 'certified', permission: 1 } });
      const fresh = { field: undefined as never };
      expect(await refused('mdp-new.pdf', readFileSync(output), fresh)).toMatchObject({
        details: { reason: 'certified', permission: certify },
      });
    }
  });
});

describeWithPeers(['pdfsig', 'qpdf'], 'a prepared field, as others see it', () => {
  it('shows the text in its box, upright on a turned page, and is sound', async () => {
    const { default: sharp } = await import('sharp');
    const widget = `<<${WIDGET} /Parent 8 0 R /Rect [100 500 140 700] /P 6 0 R>>`;
    const { output } = await sign('seen.pdf', form('<</FT /Sig /T (Clerk) /Kids [9 0 R]>>', widget));
    expect(execFileSync('qpdf', ['--check', output], { encoding: 'utf8' })).toContain('No syntax or stream');
    const text = execFileSync('pdftotext', ['-f', '2', output, '-'], { encoding: 'utf8' });
    expect(text).toContain(vietnamTime(at));
    execFileSync('pdftoppm', [
      '-f',
      '2',
      '-r',
      '72',
      '-gray',
      '-png',
      '-singlefile',
      output,
      folder.file('seen'),
    ]);
    const { data, info } = await sharp(folder.file('seen.png')).raw().toBuffer({ resolveWithObject: true });
    // As it is seen the page is 842 wide and 595 high; the box stands at x 500 to 700, y 100 to 140 from the top.
    let [inside, outside] = [0, 0];
    for (let i = 0; i < info.width * info.height; i++) {
      if (data[i * info.channels]! > 128) continue;
      const [x, y] = [i % info.width, Math.floor(i / info.width)];
      if (x >= 499 && x <= 701 && y >= 99 && y <= 141) inside++;
      // The page's own text runs down the middle of the sheet.
      else if (y > 55 && x < 460) continue;
      else outside++;
    }
    expect(info.width).toBe(842);
    expect(inside).toBeGreaterThan(100);
    expect(outside).toBe(0);
  });
});
