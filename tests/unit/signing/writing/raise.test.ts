import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CounterError } from '../../../../src/contract/errors.ts';
import { catalogOf, lookUp, readPdf } from '../../../../src/main/pdf/reader/document.ts';
import { dictOf, isArray, type PdfRef } from '../../../../src/main/pdf/reader/objects.ts';
import { memorySource } from '../../../../src/main/pdf/reader/source.ts';
import type { SigningKey } from '../../../../src/main/signing/port.ts';
import { verifyPdf } from '../../../../src/main/signing/verifying/verify.ts';
import type { RaiseRequest } from '../../../../src/main/signing/writing/raise.ts';
import {
  removeUnfinishedSignings,
  type SignRequest,
  signPdf,
} from '../../../../src/main/signing/writing/sign-pdf.ts';
import { startAuthorities, type TestAuthorities } from '../../../support/authorities.ts';
import { describeWithPeers } from '../../../support/peers.ts';
import { appendUpdate, type Folder, makePdf, newFolder, ONE_PAGE, rawPdf, softKey } from '../sign-support.ts';
import { cutSignatures, raise, testEvidence, testStamper } from './level-support.ts';

let authorities: TestAuthorities;
let folder: Folder;
const at = new Date();

beforeAll(async () => {
  authorities = await startAuthorities();
  folder = newFolder();
});
afterAll(async () => {
  folder.remove();
  await authorities.close();
});

const ec = (): SigningKey => softKey(authorities.signers.ec, 'ecdsa-sha256');

async function signed(name: string, bytes: Uint8Array | string, more: Partial<SignRequest> = {}) {
  const file = folder.write(name, bytes);
  await signPdf({ input: file, output: file, key: ec(), appearance: { kind: 'invisible' }, at, ...more });
  return file;
}

async function reports(file: string) {
  const options = { trust: [authorities.root], policy: { requireRevocation: true } };
  return (await verifyPdf(file, options)).signatures;
}

async function storeOf(file: string) {
  const document = await readPdf(memorySource(readFileSync(file)));
  const store = dictOf(await lookUp(document, await catalogOf(document), 'DSS'))!;
  const lengths: Record<string, number> = {};
  for (const key of ['Certs', 'OCSPs', 'CRLs']) {
    const list = await lookUp(document, store, key);
    lengths[key] = isArray(list) ? list.length : 0;
  }
  const vri = dictOf(await lookUp(document, store, 'VRI'));
  return { store, lengths, keys: [...(vri?.entries.keys() ?? [])] };
}

const sha1 = (bytes: Uint8Array) => createHash('sha1').update(bytes).digest('hex').toUpperCase();
const drafts = () => readdirSync(folder.path).filter((f) => f.endsWith('.signing'));

describeWithPeers(['openssl'], 'raisePdf', () => {
  it.each(['table', 'stream'] as const)('climbs from B-B to B-LTA and renews, on a %s', async (kind) => {
    const file = await signed(`ladder-${kind}.pdf`, await makePdf(kind));
    const seen: unknown[] = [];
    for (const to of ['B-T', 'B-LT', 'B-LTA'] as const) {
      const before = readFileSync(file);
      const result = await raise(authorities, file, to);
      const after = readFileSync(file);
      expect(result).toEqual({
        sha256: createHash('sha256').update(after).digest('hex'),
        bytes: after.length,
        level: to,
        unproven: [],
      });
      if (to !== 'B-T') expect(after.subarray(0, before.length).equals(before)).toBe(true);
      const [signature] = await reports(file);
      seen.push([signature?.level, signature?.indication, signature?.modifiedAfter.length]);
    }
    expect(seen).toEqual([
      ['B-T', 'INDETERMINATE', 0],
      ['B-LT', 'TOTAL-PASSED', 0],
      ['B-LTA', 'TOTAL-PASSED', 0],
    ]);
    await raise(authorities, file, 'B-LTA', { renew: true });
    const all = await reports(file);
    expect(all.map((s) => [s.type, s.indication])).toEqual([
      ['signature', 'TOTAL-PASSED'],
      ['document-timestamp', 'TOTAL-PASSED'],
      ['document-timestamp', 'TOTAL-PASSED'],
    ]);
    const kinds = (await readPdf(memorySource(readFileSync(file)))).chain.map((s) => s.kind);
    expect(new Set(kinds)).toEqual(new Set([kind]));
  });

  it('goes all the way in one call, and a second call changes nothing and asks nobody', async () => {
    const file = await signed('once.pdf', rawPdf(ONE_PAGE));
    const first = await raise(authorities, file, 'B-LTA');
    expect(first.level).toBe('B-LTA');
    const before = readFileSync(file);
    const timeStamper = testStamper(authorities);
    const evidence = testEvidence(authorities);
    for (const to of ['B-B', 'B-T', 'B-LT', 'B-LTA'] as const) {
      const again = await raise(authorities, file, to, { timeStamper, evidence });
      expect(again).toEqual(first);
      expect(readFileSync(file).equals(before)).toBe(true);
    }
    const copy = folder.file('copied.pdf');
    await raise(authorities, file, 'B-LT', { output: copy, timeStamper, evidence });
    expect(readFileSync(copy).equals(before)).toBe(true);
    expect([timeStamper.calls, evidence.requests.length]).toEqual([0, 0]);
  });

  it('puts the time stamp into the newest CMS, and touches no octet that is covered', async () => {
    const file = await signed('in-place.pdf', rawPdf(ONE_PAGE), { key: softKey(authorities.signers.rsa) });
    const before = readFileSync(file);
    const [old] = cutSignatures(file);
    await raise(authorities, file, 'B-T');
    const after = readFileSync(file);
    const [now] = cutSignatures(file);
    expect(after.length).toBe(before.length);
    expect(now!.covered.equals(old!.covered)).toBe(true);
    expect(now!.contents.equals(old!.contents)).toBe(false);
  });

  it('stamps at once where signing is given a stamper', async () => {
    const timeStamper = testStamper(authorities);
    const file = folder.write('at-once.pdf', rawPdf(ONE_PAGE));
    const request = { input: file, output: file, key: ec(), appearance: { kind: 'invisible' }, at } as const;
    expect((await signPdf({ ...request, timeStamper })).level).toBe('B-T');
    expect((await reports(file))[0]).toMatchObject({ level: 'B-T' });
    expect((await raise(authorities, file, 'B-T', { timeStamper })).level).toBe('B-T');
    expect(timeStamper.calls).toBe(1);
  });

  it('never touches a signature that a later one covers: a document time stamp dates them both', async () => {
    const file = await signed('two.pdf', await makePdf('table'));
    await signPdf({
      input: file,
      output: file,
      key: softKey(authorities.signers.rsa),
      appearance: { kind: 'agency-copy', agency: 'UBND' },
      at,
    });
    const before = readFileSync(file);
    await raise(authorities, file, 'B-T');
    const after = readFileSync(file);
    expect(after.subarray(0, before.length).equals(before)).toBe(true);
    await raise(authorities, file, 'B-LTA');
    const all = await reports(file);
    expect(all.map((s) => [s.level, s.indication])).toEqual([
      ['B-LTA', 'TOTAL-PASSED'],
      ['B-LTA', 'TOTAL-PASSED'],
      [null, 'TOTAL-PASSED'],
      [null, 'TOTAL-PASSED'],
    ]);
  });

  it.each([
    ['has no room', { holeBytes: 4600 }, null],
    ['is followed by something', {}, new Map([[90, '(note)']])],
  ])('appends a document time stamp where the hole %s', async (_, more, update) => {
    const file = await signed('no-room.pdf', rawPdf(ONE_PAGE), more);
    if (update) folder.write('no-room.pdf', appendUpdate(readFileSync(file), update));
    const before = readFileSync(file);
    expect((await raise(authorities, file, 'B-T')).level).toBe('B-T');
    expect(readFileSync(file).subarray(0, before.length).equals(before)).toBe(true);
    expect(cutSignatures(file)).toHaveLength(2);
  });

  it('asks for evidence newer than the stamp, for the signer and for the authority', async () => {
    const file = await signed('after.pdf', rawPdf(ONE_PAGE));
    await raise(authorities, file, 'B-T');
    const evidence = testEvidence(authorities);
    await raise(authorities, file, 'B-LT', { evidence });
    expect(evidence.requests).toHaveLength(1);
    const { chains, after } = evidence.requests[0]!;
    expect(chains.map((c) => Buffer.from(c[0]!))).toEqual(
      [authorities.signers.ec.certificate, authorities.services.tsa].map((c) => Buffer.from(c)),
    );
    const [stamp] = (await reports(file))[0]!.timeStamps;
    expect(after.toISOString()).toBe(new Date(stamp!.at).toISOString());
  });

  it('names the store entries by the octets of /Contents, and writes nothing twice', async () => {
    const file = await signed('store.pdf', rawPdf(ONE_PAGE));
    const evidence = testEvidence(authorities);
    evidence.cached = true;
    await raise(authorities, file, 'B-LTA', { evidence });
    const first = await storeOf(file);
    expect(first.keys).toEqual([sha1(cutSignatures(file)[0]!.contents)]);
    expect(first.lengths).toEqual({ Certs: 5, OCSPs: 2, CRLs: 1 });
    await raise(authorities, file, 'B-LTA', { evidence, renew: true });
    const second = await storeOf(file);
    // The renewal proves the archive time stamp by what is there already.
    expect(second.lengths).toEqual(first.lengths);
    expect(second.keys).toEqual(
      cutSignatures(file)
        .slice(0, 2)
        .map((s) => sha1(s.contents)),
    );
  });

  it.each([
    ['in the catalog', '/DSS <</Certs [20 0 R] /VRI <</AA <</Cert [20 0 R]>>>> /Own (kept)>>'],
    ['an object of its own', '/DSS 21 0 R'],
    ['made of objects', '/DSS 22 0 R'],
  ])('keeps what another store holds that is %s', async (_, entry) => {
    const file = await signed('foreign.pdf', rawPdf(ONE_PAGE));
    await raise(authorities, file, 'B-T');
    const stream = Buffer.from(authorities.root).toString('latin1');
    const catalog = await readPdf(memorySource(readFileSync(file))).then(catalogOf);
    const form = catalog.get('AcroForm') as PdfRef;
    const extensions = '/Extensions <</ESIC <</BaseVersion /1.7 /ExtensionLevel 1>>>>';
    const objects = new Map([
      [1, `<</Type /Catalog /Pages 2 0 R /AcroForm ${form.num} 0 R ${extensions} ${entry}>>`],
      [20, `<</Length ${authorities.root.length}>>\nstream\n${stream}\nendstream`],
      [21, '<</Type /DSS /Certs [20 0 R] /VRI <</AA <</Cert [20 0 R]>>>> /Own (kept)>>'],
      [22, '<</Type /DSS /Certs 23 0 R /VRI 24 0 R /Own (kept)>>'],
      [23, '[20 0 R]'],
      [24, '<</AA 25 0 R>>'],
      [25, '<</Cert 23 0 R>>'],
    ]);
    folder.write('foreign.pdf', appendUpdate(readFileSync(file), objects));
    await raise(authorities, file, 'B-LT');
    const { store, lengths, keys } = await storeOf(file);
    expect(keys).toEqual(['AA', sha1(cutSignatures(file)[0]!.contents)]);
    expect(store.has('Own')).toBe(true);
    // The root was there: signer, authority, responder and issuing are new.
    expect(lengths).toEqual({ Certs: 5, OCSPs: 2, CRLs: 1 });
  });

  it.each([1, 2, 3] as const)(
    'raises what is certified at level %i, which is no change to it',
    async (certify) => {
      const file = await signed('certified.pdf', await makePdf('table'), { certify });
      await raise(authorities, file, 'B-LTA');
      await raise(authorities, file, 'B-LTA', { renew: true });
      const [signature] = await reports(file);
      expect(signature).toMatchObject({
        level: 'B-LTA',
        indication: 'TOTAL-PASSED',
        certifies: certify,
        modifiedAfter: [],
      });
    },
  );

  it('raises the newest although an earlier one cannot be proven, and says whose', async () => {
    const key = softKey(authorities.signers.revoked, 'ecdsa-sha256');
    const file = await signed('unproven.pdf', rawPdf(ONE_PAGE), { key });
    await signPdf({ input: file, output: file, key: ec(), appearance: { kind: 'invisible' }, at });
    const evidence = testEvidence(authorities);
    const collect: RaiseRequest['evidence']['collect'] = async (request, signal) => {
      const own = Buffer.compare(request.chains[0]![0]!, authorities.signers.revoked.certificate) === 0;
      if (own) throw new CounterError('CERTIFICATE_REVOKED', { certificate: 'x' });
      return evidence.collect(request, signal);
    };
    const result = await raise(authorities, file, 'B-LTA', { evidence: { collect } });
    expect(result).toMatchObject({ level: 'B-LTA', unproven: ['Signature1'] });
    const alone = await signed('alone.pdf', rawPdf(ONE_PAGE), { key });
    await expect(raise(authorities, alone, 'B-LT', { evidence: { collect } })).rejects.toMatchObject({
      code: 'CERTIFICATE_REVOKED',
    });
  });
});

describeWithPeers(['openssl'], 'raisePdf refuses, and leaves everything as it was', () => {
  async function refused(file: string, to: RaiseRequest['to'], more: Partial<RaiseRequest> = {}) {
    const output = folder.file('refused.pdf');
    const before = readFileSync(file);
    const error = await raise(authorities, file, to, { output, ...more }).then(
      () => null,
      (e: unknown) => e,
    );
    expect(existsSync(output)).toBe(false);
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(drafts()).toEqual([]);
    return error;
  }

  it('a document without a signature', async () => {
    const file = folder.write('none.pdf', rawPdf(ONE_PAGE));
    expect(await refused(file, 'B-T')).toMatchObject({ code: 'SIGNATURE_NONE' });
    expect(await refused(folder.write('x.pdf', 'no PDF'), 'B-T')).toMatchObject({ code: 'PDF_UNREADABLE' });
  });

  it('a signature that no longer holds', async () => {
    const file = await signed('broken.pdf', rawPdf(ONE_PAGE));
    const bytes = readFileSync(file);
    bytes[bytes.indexOf('100 000 dong')] = 0x39;
    folder.write('broken.pdf', bytes);
    const timeStamper = testStamper(authorities);
    expect(await refused(file, 'B-LTA', { timeStamper })).toMatchObject({
      code: 'SIGNATURE_INVALID',
      details: { field: 'Signature1', reason: 'digest' },
    });
    expect(timeStamper.calls).toBe(0);
  });

  it('a certificate that has run out: a time stamp of today proves nothing for it', async () => {
    const file = await signed('late.pdf', rawPdf(ONE_PAGE));
    const now = () => new Date(Date.now() + 5000 * 86_400_000);
    expect(await refused(file, 'B-T', { now })).toMatchObject({ code: 'CERTIFICATE_EXPIRED' });
  });

  it('a stamp over something else', async () => {
    const file = await signed('wrong.pdf', rawPdf(ONE_PAGE));
    const stamp = () => authorities.stamp({ digest: randomBytes(32) });
    expect(await refused(file, 'B-T', { timeStamper: { stamp } })).toMatchObject({
      code: 'TIMESTAMP_INVALID',
    });
    const garbage = async () => new Uint8Array(100);
    expect(await refused(file, 'B-T', { timeStamper: { stamp: garbage } })).toMatchObject({
      code: 'TIMESTAMP_INVALID',
    });
  });

  it('when an authority cannot be reached, at any step', async () => {
    const file = await signed('unreachable.pdf', rawPdf(ONE_PAGE));
    const down = async () => {
      throw new CounterError('TIMESTAMP_UNREACHABLE', {});
    };
    expect(await refused(file, 'B-LTA', { timeStamper: { stamp: down } })).toMatchObject({
      code: 'TIMESTAMP_UNREACHABLE',
    });
    const evidence = {
      collect: async () => {
        throw new CounterError('EVIDENCE_UNREACHABLE', {});
      },
    };
    expect(await refused(file, 'B-LTA', { evidence })).toMatchObject({ code: 'EVIDENCE_UNREACHABLE' });
    // The second stamp of the way up.
    const honest = testStamper(authorities);
    const timeStamper = {
      stamp: (...a: Parameters<typeof honest.stamp>) => (honest.calls ? down() : honest.stamp(...a)),
    };
    expect(await refused(file, 'B-LTA', { timeStamper })).toMatchObject({ code: 'TIMESTAMP_UNREACHABLE' });
  });

  it('when signing is to be stamped at once and nobody stamps', async () => {
    const input = folder.write('unstamped.pdf', rawPdf(ONE_PAGE));
    const output = folder.file('refused.pdf');
    const stamp = async () => {
      throw new CounterError('TIMESTAMP_REFUSED', {});
    };
    const request = { input, output, key: ec(), appearance: { kind: 'invisible' }, at } as const;
    await expect(signPdf({ ...request, timeStamper: { stamp } })).rejects.toMatchObject({
      code: 'TIMESTAMP_REFUSED',
    });
    expect(existsSync(output)).toBe(false);
    expect(drafts()).toEqual([]);
  });

  it('when it is called off', async () => {
    const file = await signed('cancelled.pdf', rawPdf(ONE_PAGE));
    const control = new AbortController();
    const honest = testStamper(authorities);
    const timeStamper = {
      stamp: async (...a: Parameters<typeof honest.stamp>) => {
        const token = await honest.stamp(...a);
        control.abort();
        return token;
      },
    };
    const { signal } = control;
    expect(await refused(file, 'B-T', { timeStamper, signal })).toMatchObject({ code: 'CANCELLED' });
    expect(await refused(file, 'B-T', { signal })).toMatchObject({ code: 'CANCELLED' });
    const request = { input: file, output: folder.file('refused.pdf'), key: ec(), at, signal };
    await expect(signPdf({ ...request, appearance: { kind: 'invisible' } })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    expect(drafts()).toEqual([]);
  });

  const child = path.join(import.meta.dirname, 'raise-child.ts');

  it('when the disk is full', async () => {
    const file = await signed('full.pdf', rawPdf(ONE_PAGE));
    await raise(authorities, file, 'B-T');
    const before = readFileSync(file);
    const evidence = folder.write('much.der', randomBytes(400_000));
    const output = folder.file('full-out.pdf');
    // The limit on a file's size stands in for a full disk: room for the copy, not for what is appended.
    const run = ['ulimit -f 200; exec "$0" "$@"', process.execPath, child, 'take', file, output, evidence];
    const out = spawnSync('bash', ['-c', ...run], { encoding: 'utf8' });
    expect(out.stdout).toBe('collecting\nDISK_FULL\n');
    expect(existsSync(output)).toBe(false);
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(drafts()).toEqual([]);
  });

  it('when it is killed: a draft is left, which is swept away', async () => {
    const file = await signed('killed.pdf', rawPdf(ONE_PAGE));
    await raise(authorities, file, 'B-T');
    const before = readFileSync(file);
    const output = folder.file('killed-out.pdf');
    copyFileSync(file, output);
    const victim = spawn(process.execPath, [child, 'hang', file, output, file]);
    await new Promise((done) => victim.stdout.once('data', done));
    victim.kill('SIGKILL');
    await new Promise((done) => victim.once('exit', done));
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readFileSync(output).equals(before)).toBe(true);
    expect(await removeUnfinishedSignings(folder.path)).toHaveLength(1);
  });
});
