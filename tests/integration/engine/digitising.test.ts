import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { livePages } from '../../../src/main/dossiers/dossier.ts';
import { createBarcodeEncoder, type EncodeBarcode } from '../../../src/main/slips/barcode.ts';
import { generatePaper, type Paper } from '../../../src/simulators/scanner/index.ts';
import { filesInTheClear } from '../../support/clear-text.ts';
import { describeWithPeers } from '../../support/peers.ts';
import {
  BIRTH,
  FORM,
  OPTIONAL,
  papers,
  refusal,
  SETTINGS,
  startCounter,
  type TestCounter,
} from './support/counter.ts';

const CARD = '004190000123|085012345|Nông Thị Mẫu|05021990|Nữ|Tổ 3, Phường Thục Phán, Cao Bằng|12052022';
let counter: TestCounter;
let written: Paper[];
let blank: Paper;
let encodeBarcode: EncodeBarcode;

beforeAll(async () => {
  const wasm = createRequire(import.meta.url).resolve('zxing-wasm/writer/zxing_writer.wasm');
  encodeBarcode = await createBarcodeEncoder(readFileSync(wasm));
  written = await Promise.all(
    [11, 12, 13, 14].map(async (seed) => ({
      jpeg: (await generatePaper({ kind: 'request', seed, dpi: 100, skew: 0 })).jpeg,
    })),
  );
  blank = { jpeg: (await generatePaper({ kind: 'blank', seed: 3, dpi: 100 })).jpeg };
});
afterEach(() => counter.stop());

const dossier = (dossierId: string) => counter.call('dossiers.get', { dossierId });
const component = async (dossierId: string, id: string) =>
  (await dossier(dossierId)).components.find((c) => c.spec.id === id)!;
const live = async (dossierId: string, id = FORM) =>
  livePages(await component(dossierId, id)).map((p) => p.id);
const start = (dossierId: string, more: Record<string, unknown> = {}) =>
  counter.follow(() =>
    counter.call('scans.start', {
      dossierId,
      componentId: FORM,
      device: counter.scanner.uri,
      settings: { ...SETTINGS, dpi: 100, mode: 'color' },
      ...more,
    }),
  );

describe('a page’s picture', () => {
  it('is made anew as a person asks, from the same original, and comes back byte for byte', async () => {
    counter = await startCounter();
    const { id: dossierId } = await counter.draft();
    counter.scanner.control.loadFeeder([written[0]!]);
    const [first] = (await start(dossierId)).pages;
    const pageId = first!.page.id;
    const image = (variant: 'full' | 'original' | 'thumbnail') =>
      counter.call('pages.image', { pageId, variant });
    const before = await image('full');
    expect(first?.page.treatment).toMatchObject({ turn: 0, straightenedBy: 0 });

    const treat = async (wish: Parameters<typeof counter.call<'pages.treat'>>[1]['wish']) =>
      (await counter.call('pages.treat', { dossierId, pageId, wish })).components
        .flatMap((c) => c.pages)
        .find((p) => p.id === pageId)!;
    const turned = await treat({ turn: 90 });
    expect(turned).toMatchObject({ width: first!.page.height, height: first!.page.width, revision: 1 });
    expect(turned.treatment.turn).toBe(90);
    expect((await image('original')).base64).toBe(before.base64);
    const bw = await treat({ turn: 0, colour: 'bw' });
    expect(bw.treatment).toMatchObject({ turn: 0, colour: 'bw' });
    expect((await image('full')).mime).toBe('image/png');
    const back = await treat('original');
    expect(back.revision).toBe(3);
    expect((await image('full')).base64).toBe(before.base64);
    expect((await treat('auto')).treatment).toEqual(first?.page.treatment);
  });

  it('changes under no signature unseen, and not at all once the dossier was received', async () => {
    counter = await startCounter();
    const { id: dossierId } = await counter.ready();
    const [pageId] = await live(dossierId);
    await counter.call('pages.treat', { dossierId, pageId: pageId!, wish: { turn: 180 } });
    expect((await component(dossierId, FORM)).signature).toBeNull();
    await counter.sign(dossierId);
    await counter.call('dossiers.receive', { dossierId });
    const refused = await refusal(
      counter.call('pages.treat', { dossierId, pageId: pageId!, wish: { turn: 0 } }),
    );
    expect(refused.code).toBe('DOSSIER_STATE');
  });

  it('of one bit, of grey and of colour are signed into one document', async () => {
    counter = await startCounter();
    const { id: dossierId } = await counter.draft();
    counter.scanner.control.loadFeeder(written.slice(0, 3));
    await start(dossierId);
    const [a, b] = await live(dossierId);
    await counter.call('pages.treat', { dossierId, pageId: a!, wish: { colour: 'bw' } });
    await counter.call('pages.treat', { dossierId, pageId: b!, wish: { colour: 'gray' } });
    const signed = await counter.sign(dossierId);
    const { signature } = signed.components.find((c) => c.spec.id === FORM)!;
    expect(signature?.pages).toBe(3);
  });
});

describe('the place of pages that come', () => {
  it('is in front of a page, or instead of one that can be brought back', async () => {
    counter = await startCounter();
    const { id: dossierId } = await counter.draft();
    counter.scanner.control.loadFeeder(written.slice(0, 2));
    await start(dossierId);
    const [first, second] = await live(dossierId);
    counter.scanner.control.loadFeeder(written.slice(2, 4));
    const inserted = await start(dossierId, { place: { at: 'before', pageId: second } });
    const [x, y] = inserted.pages.map((p) => p.page.id);
    expect(await live(dossierId)).toEqual([first, x, y, second]);
    counter.scanner.control.loadFeeder(written.slice(0, 1));
    const replaced = await start(dossierId, { place: { at: 'replace', pageId: x } });
    expect(await live(dossierId)).toEqual([first, replaced.pages[0]?.page.id, y, second]);
    await counter.call('pages.restore', { dossierId, pageId: x! });
    expect(await live(dossierId)).toContain(x);
  });

  it('of backs is behind their fronts, and another number of them is said', async () => {
    counter = await startCounter();
    const { id: dossierId } = await counter.draft();
    counter.scanner.control.loadFeeder([written[0]!, written[1]!, written[2]!]);
    const fronts = await start(dossierId);
    const f = fronts.pages.map((p) => p.page.id);
    counter.scanner.control.loadFeeder([written[3]!, blank, written[0]!]);
    const backs = await start(dossierId, { backsOf: fronts.scanId });
    const b = backs.pages.map((p) => p.page.id);
    expect(await live(dossierId)).toEqual([f[0], b[2], f[1], b[1], f[2], b[0]]);
    expect(backs.finished?.note).toBeNull();
    const blanks = (await component(dossierId, FORM)).pages.filter((p) => p.findings.flags.includes('blank'));
    expect(blanks.map((p) => p.id)).toEqual([b[1]]);
    counter.scanner.control.loadFeeder([written[3]!]);
    const fewer = await start(dossierId, { backsOf: fronts.scanId });
    expect(fewer.finished?.note).toBe('backs-differ');
    const unknown = await refusal(start(dossierId, { backsOf: dossierId }));
    expect(unknown.details).toMatchObject({ reason: 'fronts-unknown' });
  });
});

describeWithPeers(['pdfsig'], 'separator sheets in a stack', () => {
  /** Prints a dossier's sheets and scans them back as pictures: cover, one a paper, next. */
  async function sheets(dossierId: string): Promise<Paper[]> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'counter-separators-'));
    try {
      const { base64 } = await counter.call('separators.sheets', { dossierId });
      writeFileSync(path.join(folder, 'all.pdf'), Buffer.from(base64, 'base64'));
      execFileSync('pdftoppm', ['-r', '100', '-jpeg', 'all.pdf', 'sheet'], { cwd: folder });
      const names = readdirSync(folder)
        .filter((name) => name.endsWith('.jpg'))
        .sort();
      return names.map((name) => ({ jpeg: new Uint8Array(readFileSync(path.join(folder, name))) }));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  it('send each paper to its place; none is lost, and the sheets can be brought back', async () => {
    counter = await startCounter();
    const { id: dossierId, components } = await counter.draft();
    const asked = components.filter((c) => c.spec.handling === 'submit').map((c) => c.spec.id);
    const all = await sheets(dossierId);
    expect(all).toHaveLength(asked.length + 2);
    const [cover, ...others] = all;
    const of = (componentId: string) => others[asked.indexOf(componentId)]!;
    counter.scanner.control.loadFeeder([
      cover!,
      written[0]!,
      of(BIRTH),
      written[1]!,
      written[2]!,
      of(OPTIONAL),
      written[3]!,
    ]);
    const { finished, pages } = await start(dossierId);
    expect(finished).toMatchObject({ pages: 7, note: null });
    const byPaper = await Promise.all([FORM, BIRTH, OPTIONAL].map((c) => live(dossierId, c)));
    expect(byPaper.map((ids) => ids.length)).toEqual([1, 2, 1]);
    expect(pages.filter((p) => p.page.separator !== null)).toHaveLength(3);
    expect(pages.filter((p) => p.page.removed)).toHaveLength(3);
    const sheet = pages.find((p) => p.page.separator === 'component')!;
    await counter.call('pages.restore', { dossierId, pageId: sheet.page.id });
    expect(await live(dossierId, BIRTH)).toHaveLength(3);
  });

  it('of another dossier stop the job: nothing behind it comes in', async () => {
    counter = await startCounter();
    const { id: other } = await counter.draft();
    const { id: dossierId } = await counter.draft();
    const [cover] = await sheets(other);
    counter.scanner.control.loadFeeder([written[0]!, cover!, written[1]!, written[2]!]);
    const { failed } = await start(dossierId);
    expect(failed).toMatchObject({
      pages: 1,
      error: { code: 'SEPARATOR_OTHER_DOSSIER', details: { page: 2 } },
    });
    expect((await component(dossierId, FORM)).pages).toHaveLength(1);
  });
});

describe('the citizen card', () => {
  /** A made-up card of 85.6 × 54 mm on the glass, its QR 20 mm wide. */
  async function onGlass(text: string, dpi: number): Promise<Uint8Array> {
    const mm = (v: number) => Math.round((v / 25.4) * dpi);
    const code = await encodeBarcode('qr', text);
    const cells = Buffer.alloc(code.width * code.height, 255);
    for (let i = 0; i < cells.length; i += 1)
      if (code.dark(i % code.width, Math.floor(i / code.width))) cells[i] = 0;
    const raw = { width: code.width, height: code.height, channels: 1 } as const;
    const fine = sharp(cells, { raw }).resize({ width: code.width * 16, kernel: 'nearest' });
    const qr = await sharp(await fine.png().toBuffer())
      .resize({ width: mm(20) })
      .png()
      .toBuffer();
    return sharp({
      create: { width: mm(210), height: mm(297), channels: 3, background: '#f4f4f2' },
    })
      .composite([{ input: qr, left: mm(70), top: mm(20) }])
      .withMetadata({ density: dpi })
      .jpeg({ quality: 88 })
      .toBuffer();
  }

  it('is read on the scanner’s glass and from a photo, and nothing of it is kept', async () => {
    const glass = await onGlass(CARD, 300);
    counter = await startCounter();
    counter.scanner.control.placeOnPlaten({ jpeg: glass });
    const read = await counter.call('cards.scan', { device: counter.scanner.uri });
    expect(read.applicant).toMatchObject({ name: 'Nông Thị Mẫu', identityNumber: '004190000123' });
    const { uploadId } = await counter.call('uploads.begin', { name: 'the.jpg', bytes: glass.length });
    await counter.call('uploads.chunk', {
      uploadId,
      index: 0,
      base64: Buffer.from(glass).toString('base64'),
    });
    expect((await counter.call('cards.read', { uploadId })).applicant.name).toBe('Nông Thị Mẫu');
    expect(filesInTheClear(counter.dataDir, ['Nông Thị Mẫu'])).toEqual([]);
  });

  it('that is not there is named; relatives that a page’s code names are not kept', async () => {
    counter = await startCounter();
    const picture = await onGlass(`${CARD}|Nông Văn Cha|Lý Thị Mẹ|x`, 200);
    const none = written[0] as { jpeg: Uint8Array };
    const { uploadId } = await counter.call('uploads.begin', { name: 'a.jpg', bytes: none.jpeg.length });
    await counter.call('uploads.chunk', {
      uploadId,
      index: 0,
      base64: Buffer.from(none.jpeg).toString('base64'),
    });
    expect((await refusal(counter.call('cards.read', { uploadId }))).code).toBe('CITIZEN_QR_INVALID');
    const { id: dossierId } = await counter.draft();
    counter.scanner.control.loadFeeder([{ jpeg: picture }]);
    const { pages } = await start(dossierId);
    expect(pages[0]?.page.findings.codes.map((c) => c.text)).toEqual([CARD]);
  });
});

describe('profiles', () => {
  it('remember how a paper was scanned on a device, nearest first, after what an admin laid down', async () => {
    counter = await startCounter({
      config: {
        scanProfiles: [
          {
            procedure: '1.001193',
            component: BIRTH,
            settings: { source: 'platen', dpi: 400, mode: 'color' },
          },
        ],
      },
    });
    const { id: dossierId } = await counter.draft();
    const get = (componentId: string, device = counter.scanner.uri) =>
      counter.call('profiles.get', { dossierId, componentId, device });
    expect(await get(FORM)).toMatchObject({ from: 'default', settings: { dpi: 300, mode: 'color' } });
    expect(await get(BIRTH)).toMatchObject({ from: 'component', settings: { dpi: 400 } });
    counter.scanner.control.loadFeeder(await papers(1));
    await start(dossierId, { autoColour: true });
    expect(await get(FORM)).toMatchObject({ from: 'component', autoColour: true, settings: { dpi: 100 } });
    expect(await get(OPTIONAL)).toMatchObject({ from: 'procedure', settings: { dpi: 100 } });
    expect(await get(OPTIONAL, 'escl:http://elsewhere/eSCL')).toMatchObject({ from: 'default' });
    await counter.restart();
    expect(await get(FORM)).toMatchObject({ from: 'component', settings: { dpi: 100 } });
  });
});

describe('copies', () => {
  it('are scanned and printed, and nothing of them stays', async () => {
    counter = await startCounter();
    const printer = `file:${path.join(counter.folder, 'tray')}`;
    counter.writeConfig({ printers: [printer] });
    await counter.restart();
    expect(await counter.call('printers.list', {})).toEqual([{ uri: printer, name: 'tray', state: 'idle' }]);
    counter.scanner.control.loadFeeder(written.slice(0, 2));
    const settings = { ...SETTINGS, dpi: 100, mode: 'color' as const };
    const finished = counter.next('copy.finished');
    const { copyId } = await counter.call('copies.start', {
      ...{ device: counter.scanner.uri, settings, printer, copies: 2 },
    });
    expect(await finished).toEqual({ copyId, pages: 2, copies: 2 });
    expect(readdirSync(path.join(counter.folder, 'tray'))).toHaveLength(1);
    expect(readdirSync(path.join(counter.dataDir, 'workspace'))).toEqual([]);
    await counter.closeEngine();
    await counter.withStore((store) => expect(store.counts().objects).toBe(0));
  });

  it('of a stack that jams print nothing; a printer that nobody listed is refused', async () => {
    counter = await startCounter();
    const printer = `file:${path.join(counter.folder, 'tray')}`;
    counter.writeConfig({ printers: [printer] });
    await counter.restart();
    counter.scanner.control.loadFeeder(written);
    counter.scanner.control.inject({ kind: 'jam', page: 2, body: 'empty' });
    const failed = counter.next('copy.failed');
    const request = { device: counter.scanner.uri, settings: SETTINGS, printer, copies: 1 };
    await counter.call('copies.start', request);
    expect((await failed).error.code).toBe('SCANNER_JAMMED');
    expect(readdirSync(counter.folder)).not.toContain('tray');
    const other = { ...request, printer: `file:${os.tmpdir()}` };
    expect((await refusal(counter.call('copies.start', other))).code).toBe('PRINTER_URI_INVALID');
  });
});
