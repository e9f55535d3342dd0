import { execFileSync, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CounterError } from '../../../src/contract/errors.ts';
import type { CertificationRequest, CertifiedCopies } from '../../../src/main/engine/certified-copies.ts';
import { readAppearanceImage } from '../../../src/main/signing/appearance/image.ts';
import { certificatesFromPem } from '../../../src/main/signing/evidence/trust.ts';
import type { KeySource } from '../../../src/main/signing/port.ts';
import { verifyPdf } from '../../../src/main/signing/verifying/verify.ts';
import type { Store } from '../../../src/main/store/index.ts';
import { issueTestIdentity } from '../../../src/simulators/certificates.ts';
import { describeWithPeers } from '../../support/peers.ts';
import { type TestPki, testPki } from '../../support/pki.ts';
import { handPng, sealPng } from '../../unit/signing/appearance/images.ts';
import { softKey } from '../../unit/signing/sign-support.ts';
import { AUTHORITY, certifierOver, factsFor, OFFICER, openCounterStore, scans } from './support/certify.ts';

let root: string;
let pki: TestPki;
const stores: Store[] = [];

beforeAll(async () => {
  root = mkdtempSync(path.join(os.tmpdir(), 'counter-certify-'));
  pki = await testPki();
});
afterAll(async () => {
  for (const store of stores) await store.close();
  rmSync(root, { recursive: true, force: true });
});

async function counter(
  now?: () => Date,
): Promise<{ store: Store; copies: CertifiedCopies; opened: string[] }> {
  const store = await openCounterStore(path.join(root, randomUUID()));
  stores.push(store);
  const opened: string[] = [];
  const openKey = (uri: string): KeySource => {
    const key = uri === 'officer' ? softKey(pki.signers.rsa) : softKey(pki.signers.ec, 'ecdsa-sha256');
    return {
      describe: async () => key.info,
      async open(pin) {
        opened.push(uri);
        if (pin !== 'right') throw new CounterError('TOKEN_PIN_WRONG');
        return key;
      },
    };
  };
  const copies = await certifierOver(store, openKey, now && { now });
  return { store, copies, opened };
}

function request(more: Partial<CertificationRequest> = {}): CertificationRequest {
  return {
    facts: factsFor(randomUUID()),
    pages: scans(3),
    officer: { key: 'officer', pin: 'right' },
    authority: { key: 'authority', pin: 'right' },
    ...more,
  };
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'none',
    (error: unknown) => {
      if (!(error instanceof CounterError)) throw error;
      return error.code;
    },
  );
}

describeWithPeers(['pdfsig', 'qpdf'], 'certified copies, judged by others', () => {
  it('are signed by the officer, then by the authority, over pages and lời chứng', async () => {
    const { copies, store, opened } = await counter();
    const entry = await copies.make(request());
    expect(entry).toMatchObject({ number: 1, bookSign: 'SCT/BS', pages: 3, copies: 1, fee: 5000 });
    expect(opened).toEqual(['officer', 'authority']);
    const file = path.join(root, 'copy.pdf');
    writeFileSync(file, await copies.document(entry.id));
    execFileSync('qpdf', ['--check', file]);
    expect(execFileSync('qpdf', ['--show-npages', file]).toString().trim()).toBe('4');
    const said = execFileSync('pdfsig', ['-nocert', file]).toString();
    expect(said.match(/Signature Validation: Signature is Valid/g)).toHaveLength(2);
    expect(said.indexOf('CertifiedCopy1')).toBeLessThan(said.indexOf('CertifiedCopy2'));
    expect(said.match(/Total document signed/g)).toHaveLength(1);
    const trust = certificatesFromPem(readFileSync(pki.rootFile, 'utf8'));
    const { indication, signatures } = await verifyPdf(file, { trust });
    expect([indication, signatures.length]).toEqual(['TOTAL-PASSED', 2]);
    const words = execFileSync('pdftotext', ['-f', '4', '-l', '4', file, '-']).toString();
    for (const text of [
      'CHỨNG THỰC BẢN SAO ĐÚNG VỚI BẢN CHÍNH',
      `Số chứng thực: 01, quyển số: 01/${entry.year} - SCT/BS`,
      'TM. ỦY BAN NHÂN DÂN',
      `Người ký: ${OFFICER}`,
      `Cơ quan ký: ${AUTHORITY}`,
    ]) {
      expect(words).toContain(text);
    }
    // Every glyph is in the file (PDF/A), and the pages before are pictures as they were.
    const fonts = execFileSync('pdffonts', [file]).toString().trim().split('\n').slice(2);
    expect(fonts.length).toBeGreaterThan(0);
    for (const font of fonts) expect(font).toMatch(/yes yes yes/);
    expect(store.certificationBook.get(entry.id)).toMatchObject(entry);
  });

  it('show hand and seal where there are pictures of them', async () => {
    const { copies } = await counter();
    const entry = await copies.make(
      request({
        officer: {
          key: 'officer',
          pin: 'right',
          image: readAppearanceImage(await handPng(), { widthMm: 40 }),
        },
        authority: {
          key: 'authority',
          pin: 'right',
          image: readAppearanceImage(await sealPng(), { widthMm: 36 }),
        },
      }),
    );
    const file = path.join(root, 'pictures.pdf');
    writeFileSync(file, await copies.document(entry.id));
    const listed = execFileSync('pdfimages', ['-list', file]).toString();
    expect(listed.match(/smask/g)).toHaveLength(2);
    expect(execFileSync('pdftotext', ['-f', '4', '-l', '4', file, '-']).toString()).not.toContain('Người ký');
  });
});

describe('the making of certified copies', () => {
  it('numbers them one after the other however many are asked for at once', async () => {
    const { copies } = await counter();
    const made = await Promise.all([1, 2, 3, 4].map(() => copies.make(request({ pages: scans(1) }))));
    expect(made.map((e) => e.number)).toEqual([1, 2, 3, 4]);
    expect(copies.list(made[0]!.year)).toEqual(made);
  });

  it('makes an act once, however often it is asked for', async () => {
    const { copies, opened } = await counter();
    const facts = factsFor(randomUUID());
    const [first, second] = await Promise.all([
      copies.make(request({ facts, pages: scans(1) })),
      copies.make(request({ facts, pages: scans(1) })),
    ]);
    expect(second).toEqual(first);
    expect(opened).toHaveLength(2);
    expect(copies.list(first.year)).toHaveLength(1);
  });

  it('begins at one in the new year at the counter', async () => {
    const times = ['2026-12-31T16:59:00Z', '2026-12-31T17:01:00Z'].map((t) => new Date(t));
    let now = times[0]!;
    const { copies } = await counter(() => now);
    const numbers: unknown[] = [];
    for (const at of [times[0]!, times[0]!, times[1]!]) {
      now = at;
      const { year, number } = await copies.make(request({ pages: scans(1) }));
      numbers.push([year, number]);
    }
    expect(numbers).toEqual([
      [2026, 1],
      [2026, 2],
      [2027, 1],
    ]);
  });

  const wrong = { key: 'authority', pin: 'wrong' };
  const broken = async function* () {
    yield { image: Buffer.from('no picture'), dpi: 300 };
  };
  const none = async function* () {};
  it.each<[string, Partial<CertificationRequest>, string]>([
    ['the authority mistypes', { authority: wrong }, 'TOKEN_PIN_WRONG'],
    [
      'one certificate is to sign for both',
      { authority: { key: 'officer', pin: 'right' } },
      'CERTIFICATION_ONE_SIGNER',
    ],
    ['a page is no picture', { pages: broken() }, 'IMAGE_UNSUPPORTED'],
    ['there are no pages', { pages: none() }, 'PDF_NO_PAGES'],
    [
      'nobody compared the original',
      { facts: { ...factsFor(randomUUID()), originalCompared: false } },
      'BAD_REQUEST',
    ],
    ['the paper is secret', { facts: factsFor(randomUUID(), 'Quyết định TỐI MẬT') }, 'CONFIDENTIAL_PAPER'],
  ])('takes no number where %s', async (_, more, code) => {
    const { copies } = await counter();
    const year = new Date().getFullYear();
    expect(await codeOf(copies.make(request(more)))).toBe(code);
    expect(copies.list(year)).toEqual([]);
    const next = await copies.make(request({ pages: scans(1) }));
    expect(next.number).toBe(1);
  });

  it('refuses the line when another has taken its number, and leaves none', async () => {
    const { copies, store } = await counter();
    const book = store.certificationBook;
    const late = { ...store, certificationBook: { ...book, next: () => 7 } } as Store;
    const other = await certifierOver(late, (uri) => ({
      describe: () => Promise.reject(new Error('not asked')),
      open: async () =>
        softKey(
          uri === 'officer' ? pki.signers.rsa : pki.signers.ec,
          uri === 'officer' ? undefined : 'ecdsa-sha256',
        ),
    }));
    expect(await codeOf(other.make(request({ pages: scans(1) })))).toBe('STORE_CONFLICT');
    expect((await copies.make(request({ pages: scans(1) }))).number).toBe(1);
  });

  it('says that there is no such document', async () => {
    const { copies } = await counter();
    expect(await codeOf(copies.document('nobody'))).toBe('BAD_REQUEST');
  });
});

describe('a counter that is killed while it certifies', () => {
  const KILL_AT = new URL('../../e2e/crash/kill-at.ts', import.meta.url).href;
  const CHILD = path.join(import.meta.dirname, 'support/certify-child.ts');
  const PIN = 'certify test';
  const keys: Record<string, string> = {};

  beforeAll(async () => {
    for (const name of ['officer', 'authority']) {
      const { p12 } = await issueTestIdentity({ commonName: name, password: PIN, keyType: 'ec-p256' });
      const file = path.join(root, `${name}.p12`);
      writeFileSync(file, p12);
      keys[`CERTIFY_${name.toUpperCase()}`] = `pkcs12:${file}`;
    }
  });

  interface Run {
    readonly killed: boolean;
    /** Steps that touched the disk or the database: at the start of the act, and at its end. */
    readonly from: number;
    readonly to: number;
    readonly made: number | null;
  }

  async function run(dataDir: string, id: string, killAt: number | null): Promise<Run> {
    const env = { ...process.env, ...keys, CERTIFY_PIN: PIN, ...(killAt && { KILL_AT: String(killAt) }) };
    const child = fork(CHILD, [dataDir, id], {
      execArgv: ['--import', KILL_AT],
      env,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let log = '';
    child.stderr?.on('data', (chunk) => {
      log += String(chunk);
    });
    const seen = { from: 0, to: 0, made: null as number | null };
    child.on('message', (raw) => {
      const message = raw as { type: string; steps: number; number: number };
      if (message.type === 'ready') seen.from = message.steps;
      else Object.assign(seen, { to: message.steps, made: message.number });
    });
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    if (code !== 0 && signal !== 'SIGKILL') throw new Error(`the child failed: ${log}`);
    return { ...seen, killed: signal === 'SIGKILL' };
  }

  it('leaves neither a gap in the book nor a document without a number', { timeout: 240_000 }, async () => {
    const dataDir = path.join(root, 'killed');
    // The first one also makes the store.
    await run(dataDir, randomUUID(), null);
    const whole = await run(dataDir, randomUUID(), null);
    expect(whole).toMatchObject({ killed: false, made: 2 });
    const steps = whole.to - whole.from;
    expect(steps).toBeGreaterThan(20);
    // Once while it signs; then from the document's rename into the vault, through the transaction, to the clean-up.
    const killAts = [whole.from + Math.round(steps * 0.4)];
    for (const before of [10, 8, 7, 6, 4, 3, 2, 1, 0]) killAts.push(whole.to - before);
    const acknowledged = [2];
    let kills = 0;
    const left = { line: 0, none: 0 };
    for (const at of killAts) {
      const id = randomUUID();
      const killed = await run(dataDir, id, at);
      if (killed.killed) kills++;
      const store = await openCounterStore(dataDir);
      try {
        if (killed.killed) left[store.certificationBook.get(id) ? 'line' : 'none']++;
        const book = store.certificationBook.list('SCT/BS', new Date().getFullYear());
        expect(book.map((line) => line.number)).toEqual(book.map((_, i) => i + 1));
        expect(new Set(book.map((line) => line.id)).size).toBe(book.length);
        for (const line of book) expect(await store.vault.verify(line.vaultHash)).toBe(line.bytes);
        if (killed.made !== null) acknowledged.push(killed.made);
        // What was said to be made is there.
        expect(book.length).toBeGreaterThanOrEqual(Math.max(...acknowledged));
        expect(store.sweepReport.missing).toEqual([]);
      } finally {
        await store.close();
      }
    }
    expect(kills).toBeGreaterThan(5);
    // Both sides of the commit were met.
    expect(Math.min(left.line, left.none)).toBeGreaterThan(0);
    // The same act again after a kill gives one line, whether the kill came before or after it was written.
    const id = randomUUID();
    await run(dataDir, id, whole.to - 2);
    const again = await run(dataDir, id, null);
    const store = await openCounterStore(dataDir);
    const lines = store.certificationBook.list('SCT/BS', new Date().getFullYear());
    await store.close();
    expect(lines.filter((line) => line.id === id).map((line) => line.number)).toEqual([again.made]);
  });
});
