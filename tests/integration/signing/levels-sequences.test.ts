import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SigningKey } from '../../../src/main/signing/port.ts';
import { verifyPdf } from '../../../src/main/signing/verifying/verify.ts';
import { signPdf } from '../../../src/main/signing/writing/sign-pdf.ts';
import { startAuthorities, type TestAuthorities } from '../../support/authorities.ts';
import { describeWithPeers } from '../../support/peers.ts';
import {
  type Folder,
  makePdf,
  newFolder,
  ONE_PAGE,
  rawPdf,
  softKey,
} from '../../unit/signing/sign-support.ts';
import {
  cutSignatures,
  newNss,
  pdfsig,
  quickStamper,
  raise,
  testEvidence,
} from '../../unit/signing/writing/level-support.ts';

/** Sequences of steps, each from its seed; more of them by SEQUENCES=…, one of them again by SEED=…. */
const SEQUENCES = Number(process.env.SEQUENCES ?? 200);
const FIRST_SEED = Number(process.env.SEED ?? 1);
const LONGEST = 5;
/** Every so many files are shown to pdfsig and qpdf as well. */
const SPOT = 25;

/** Mulberry32: small, and the same everywhere. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const STEPS = ['clerk', 'agency', 'prepared', 'stamped', 'B-T', 'B-LT', 'B-LTA', 'renew'] as const;

describeWithPeers(['openssl', 'pdfsig', 'certutil', 'qpdf'], 'whatever is appended', () => {
  let authorities: TestAuthorities;
  let folder: Folder;
  let bases: readonly Uint8Array[];
  let keys: readonly SigningKey[];

  beforeAll(async () => {
    authorities = await startAuthorities();
    folder = newFolder();
    newNss(folder.path, authorities.rootFile);
    const table = folder.write('table.pdf', await makePdf('table', [{}, {}]));
    const linear = folder.file('linear.pdf');
    execFileSync('qpdf', ['--linearize', table, linear]);
    bases = [
      readFileSync(table),
      await makePdf('stream'),
      readFileSync(linear),
      Buffer.from(prepared(), 'latin1'),
    ];
    const { ec, ec384, rsa2048 } = authorities.signers;
    keys = [
      softKey(ec, 'ecdsa-sha256'),
      softKey(ec384, 'ecdsa-sha384'),
      softKey(rsa2048, 'rsa-pkcs1-sha512'),
    ];
  });
  afterAll(async () => {
    folder.remove();
    await authorities.close();
  });

  function prepared(): string {
    const [catalog, pages, page, ...rest] = ONE_PAGE;
    const field =
      '<</Type /Annot /Subtype /Widget /F 4 /FT /Sig /T (Chief) /Rect [300 700 500 760] /P 3 0 R>>';
    return rawPdf([
      catalog.replace('/Pages', '/AcroForm <</Fields [6 0 R]>> /Pages'),
      pages,
      page.replace('/Contents', '/Annots [6 0 R] /Contents'),
      ...rest,
      field,
    ]);
  }

  /** One step; false where the document has no place for it. */
  async function step(file: string, what: (typeof STEPS)[number], key: SigningKey): Promise<boolean> {
    const timeStamper = quickStamper(authorities);
    const evidence = Object.assign(testEvidence(authorities), { cached: true });
    if (what.startsWith('B-') || what === 'renew') {
      if (cutSignatures(file).length === 0) return false;
      const to = what === 'renew' ? 'B-LTA' : (what as 'B-T' | 'B-LT' | 'B-LTA');
      await raise(authorities, file, to, {
        timeStamper,
        evidence: shared ?? evidence,
        renew: what === 'renew',
      });
      shared ??= evidence;
      return true;
    }
    const hasPrepared = readFileSync(file).includes('/T (Chief)') && !done.has(file);
    if (what === 'prepared' && !hasPrepared) return false;
    if (what === 'prepared') done.add(file);
    await signPdf({
      input: file,
      output: file,
      key,
      at: new Date(),
      appearance:
        what === 'agency' ? { kind: 'agency-copy', agency: 'UBND xã' } : { kind: 'digitised-component' },
      ...(what === 'stamped' && { timeStamper }),
      ...(what === 'prepared' && { field: 'Chief' }),
    });
    return true;
  }
  let shared: ReturnType<typeof testEvidence> | null = null;
  const done = new Set<string>();

  async function sequence(seed: number): Promise<string[]> {
    const random = randomFrom(seed);
    const file = folder.write(`s${seed}.pdf`, bases[random(bases.length)]!);
    const taken: string[] = [];
    while (taken.length < 2 + random(LONGEST - 1)) {
      const what = STEPS[random(STEPS.length)]!;
      const before = readFileSync(file);
      const earlier = cutSignatures(file);
      if (!(await step(file, what, keys[random(keys.length)]!))) continue;
      taken.push(what);
      const note = `seed ${seed}: ${taken.join(', ')}`;
      const after = readFileSync(file);
      const hole = earlier.at(-1);
      const later = cutSignatures(file);
      for (const [i, { covered, contents }] of earlier.entries()) {
        expect(later[i]!.covered.equals(covered), note).toBe(true);
        if (i < earlier.length - 1) expect(later[i]!.contents.equals(contents), note).toBe(true);
      }
      if (!after.subarray(0, before.length).equals(before)) {
        // Only a time stamp in the newest signature's own hole, which its hash leaves out, and only at the end.
        expect(hole!.end, note).toBe(before.length);
        expect(later.at(earlier.length - 1)!.covered.equals(hole!.covered), note).toBe(true);
      }
      const { signatures } = await verifyPdf(file, { trust: [authorities.root] });
      expect(signatures.length, note).toBe(later.length);
      for (const s of signatures) {
        expect([s.indication, s.reasons, s.modifiedAfter], note).toEqual(['TOTAL-PASSED', [], []]);
      }
    }
    return taken;
  }

  it(`${SEQUENCES} sequences: every earlier signature stays valid, and no octet of an earlier revision changes`, async () => {
    const seen = new Set<string>();
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SEQUENCES; seed++) {
      for (const what of await sequence(seed)) seen.add(what);
      if (seed % SPOT !== 0) continue;
      const file = folder.file(`s${seed}.pdf`);
      const own = cutSignatures(file).length;
      const out = pdfsig(file, folder.path);
      // This poppler does not look at document time stamps.
      const stamps = out.split('Signature Type: unknown').length - 1;
      expect(out.split('Signature is Valid.').length - 1, `seed ${seed}`).toBe(own - stamps);
      expect(execFileSync('qpdf', ['--check', file], { encoding: 'utf8' })).toContain('No syntax');
    }
    if (SEQUENCES >= 40) expect([...seen].sort()).toEqual([...STEPS].sort());
  }, 600_000);
});
