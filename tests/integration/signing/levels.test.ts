import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeScannedPdf } from '../../../src/main/pdf/scanned-pdf.ts';
import { signatureTimeStampsOf, signatureValueOf } from '../../../src/main/signing/cms/build.ts';
import { createEvidenceSource } from '../../../src/main/signing/evidence/collect.ts';
import { createTimeStamper } from '../../../src/main/signing/evidence/time-stamper.ts';
import { openKeySource } from '../../../src/main/signing/keys/open.ts';
import { forkHost } from '../../../src/main/signing/keys/token-host/channel.ts';
import { createTokenHost, type TokenHost } from '../../../src/main/signing/keys/token-host/client.ts';
import type { SigningKey } from '../../../src/main/signing/port.ts';
import { verifyPdf } from '../../../src/main/signing/verifying/verify.ts';
import { signPdf } from '../../../src/main/signing/writing/sign-pdf.ts';
import { startAuthorities, type TestAuthorities } from '../../support/authorities.ts';
import { describeWithPeers } from '../../support/peers.ts';
import { PASSWORD } from '../../support/pki.ts';
import { type Folder, makePdf, newFolder } from '../../unit/signing/sign-support.ts';
import { cutSignatures, newNss, raise } from '../../unit/signing/writing/level-support.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const MODULE = '/usr/lib/softhsm/libsofthsm2.so';
const PIN = '73915284';
const at = new Date();

describeWithPeers(
  ['pdfsig', 'certutil', 'openssl', 'mutool', 'qpdf', 'softhsm', 'pkcs11-tool'],
  'every level, by other programs',
  () => {
    let authorities: TestAuthorities;
    let folder: Folder;
    let nss: string;
    let tokenHost: TokenHost;

    beforeAll(async () => {
      authorities = await startAuthorities();
      folder = newFolder();
      nss = newNss(folder.path, authorities.rootFile);
      const conf = folder.file('softhsm2.conf');
      mkdirSync(folder.file('tokens'));
      writeFileSync(conf, `directories.tokendir = ${folder.file('tokens')}\nlog.level = ERROR\n`);
      for (const name of ['rsa', 'ec384'] as const) provision(conf, name);
      tokenHost = createTokenHost({ launch: () => forkHost({ env: { SOFTHSM2_CONF: conf } }) });
    });
    afterAll(async () => {
      await tokenHost.shutdown();
      folder.remove();
      await authorities.close();
    });

    function provision(conf: string, name: 'rsa' | 'ec384'): void {
      const run = (program: string, ...args: string[]) =>
        execFileSync(program, args, { env: { ...process.env, SOFTHSM2_CONF: conf }, stdio: 'pipe' });
      const { keyFile, certificate } = authorities.signers[name];
      run('softhsm2-util', '--init-token', '--free', '--label', name, '--so-pin', '12345678', '--pin', PIN);
      const object = ['--label', 'key', '--id', '01'];
      run('softhsm2-util', '--import', keyFile, '--token', name, '--pin', PIN, ...object);
      const login = ['--module', MODULE, '--token-label', name, '--login', '--pin', PIN];
      // The authorities' certificates come along, as issuers put them on tokens.
      for (const [i, der] of [certificate, authorities.issuing].entries()) {
        const file = folder.write(`${name}-${i}.crt`, der);
        const id = ['--label', `certificate ${i}`, '--id', `0${i + 1}`];
        run('pkcs11-tool', ...login, '--write-object', file, '--type', 'cert', ...id);
      }
    }

    function open(source: string): Promise<SigningKey> {
      const deps = { tokenHost, now: () => new Date() };
      const [kind, name, pss] = source.split(' ') as [string, 'rsa' | 'ec' | 'ec384', string?];
      const use = pss ? ({ rsa: 'pss', hash: 'sha384' } as const) : {};
      if (kind === 'file')
        return openKeySource(`pkcs12:${authorities.signers[name].p12File}`, deps).open(PASSWORD, use);
      return openKeySource(`pkcs11:${MODULE}?token=${name}`, deps).open(PIN, use);
    }

    async function base(kind: string): Promise<string> {
      const file = folder.file(`${kind}.pdf`);
      if (kind !== 'scanned')
        return folder.write(`${kind}.pdf`, await makePdf(kind as 'table' | 'stream', [{}, {}]));
      const { default: sharp } = await import('sharp');
      const jpeg = await sharp({ create: { width: 827, height: 1169, channels: 3, background: '#f4f1ea' } })
        .jpeg()
        .toBuffer();
      async function* pages() {
        yield { image: jpeg, dpi: 100 };
      }
      const icc = readFileSync(path.join(root, 'resources/icc/sRGB.icc'));
      await writeScannedPdf({
        path: file,
        pages: pages(),
        title: 'Đơn',
        createdAt: at,
        producer: 'test',
        icc,
      });
      return file;
    }

    const count = (text: string, part: string) => text.split(part).length - 1;

    function judgeCms(covered: Buffer, contents: Buffer): void {
      folder.write('content.bin', covered);
      folder.write('cms.der', contents);
      const done = spawnSync('openssl', [
        ...['cms', '-verify', '-cades', '-binary', '-inform', 'DER', '-in', folder.file('cms.der')],
        ...['-content', folder.file('content.bin'), '-CAfile', authorities.rootFile, '-purpose', 'any'],
        ...['-out', '/dev/null'],
      ]);
      expect(done.stderr.toString()).toMatch(/CAdES Verification successful/i);
      expect(done.status).toBe(0);
    }

    function judgeToken(stamped: Uint8Array, token: Uint8Array): void {
      folder.write('stamped.bin', stamped);
      folder.write('token.der', token);
      const files = ['-data', folder.file('stamped.bin'), '-in', folder.file('token.der'), '-token_in'];
      const trust = ['-CAfile', authorities.rootFile, '-untrusted', authorities.issuingFile];
      const done = spawnSync('openssl', ['ts', '-verify', ...files, ...trust], { encoding: 'utf8' });
      expect(done.stdout + done.stderr).toContain('Verification: OK');
    }

    /** What the store holds, read by mutool: every answer and list verifies, every certificate is one. */
    function judgeStore(file: string): void {
      const show = (what: string) => execFileSync('mutool', ['show', '-b', file, `trailer/Root/DSS/${what}`]);
      const items = (kind: string) =>
        count(
          execFileSync('mutool', ['show', file, `trailer/Root/DSS/${kind}`], { encoding: 'latin1' }),
          ' R',
        );
      expect(items('OCSPs')).toBeGreaterThanOrEqual(2);
      for (let i = 1; i <= items('OCSPs'); i++) {
        folder.write('answer.der', show(`OCSPs/${i}`));
        const options = ['-CAfile', authorities.rootFile, '-verify_other', authorities.issuingFile];
        const done = spawnSync('openssl', ['ocsp', '-respin', folder.file('answer.der'), ...options], {
          encoding: 'utf8',
        });
        expect(done.stdout + done.stderr).toContain('Response verify OK');
      }
      for (let i = 1; i <= items('CRLs'); i++) {
        const input = show(`CRLs/${i}`);
        const done = spawnSync(
          'openssl',
          ['crl', '-inform', 'DER', '-noout', '-CAfile', authorities.rootFile],
          { input, encoding: 'utf8' },
        );
        expect(done.stdout + done.stderr).toContain('verify OK');
      }
      const certificates = Array.from({ length: items('Certs') }, (_, i) =>
        show(`Certs/${i + 1}`).toString('hex'),
      );
      expect(new Set(certificates).size).toBe(certificates.length);
      for (const needed of [
        authorities.root,
        authorities.issuing,
        authorities.services.tsa,
        authorities.services.ocsp,
      ]) {
        expect(certificates).toContain(Buffer.from(needed).toString('hex'));
      }
    }

    function judgeByMutool(file: string, grown: boolean): void {
      const out = execFileSync('mutool', ['sign', '-v', file], { encoding: 'utf8' });
      expect(out).toContain(
        grown ? 'The signature is valid but there have been edits' : 'unchanged since signing',
      );
      expect(out).not.toMatch(/digest|invalid/i);
    }

    /** mutool verifies by OpenSSL's older PKCS#7 functions, which know no RSASSA-PSS. */
    function judge(file: string, level: string, isPss: boolean): void {
      const pdfsig = execFileSync('pdfsig', ['-nocert', '-nssdir', nss, file], { encoding: 'utf8' });
      expect(count(pdfsig, 'Signature Validation: Signature is Valid.')).toBe(1);
      expect(count(pdfsig, 'Total document signed')).toBe(level === 'B-LT' ? 0 : 1);
      const grown = level === 'B-LT' || level === 'B-LTA';
      if (!isPss) judgeByMutool(file, grown);
      const check = spawnSync('qpdf', ['--check', file], { encoding: 'utf8' });
      expect(check.stdout).toContain('No syntax or stream encoding errors');
      expect(check.status).toBe(0);
      const [signature, archive] = cutSignatures(file);
      judgeCms(signature!.covered, signature!.contents);
      const tokens = signatureTimeStampsOf(signature!.contents);
      expect(tokens).toHaveLength(level === 'B-B' ? 0 : 1);
      for (const token of tokens) judgeToken(signatureValueOf(signature!.contents), token);
      if (grown) judgeStore(file);
      expect(archive !== undefined).toBe(level === 'B-LTA');
      if (archive) judgeToken(archive.covered, unpadded(archive.contents));
    }

    /** Without the zeroes behind the element, whose length is in its first four octets. */
    const unpadded = (der: Buffer) => der.subarray(0, 4 + der.readUInt16BE(2));

    describe.each([
      ['file rsa', 'scanned'],
      ['file ec', 'table'],
      ['file rsa pss', 'stream'],
      ['token rsa', 'stream'],
      ['token ec384', 'scanned'],
      ['token rsa pss', 'table'],
    ])('%s on a %s file', (source, kind) => {
      it('B-B, B-T, B-LT and B-LTA are good to pdfsig, mutool, openssl and qpdf', async () => {
        const file = await base(kind);
        const key = await open(source);
        await signPdf({ input: file, output: file, key, appearance: { kind: 'digitised-component' }, at });
        await key.close();
        const isPss = source.endsWith('pss');
        judge(file, 'B-B', isPss);
        for (const level of ['B-T', 'B-LT', 'B-LTA'] as const) {
          const { sha256 } = await raise(authorities, file, level);
          expect(sha256).toBe(createHash('sha256').update(readFileSync(file)).digest('hex'));
          judge(file, level, isPss);
        }
        const { signatures } = await verifyPdf(file, {
          trust: [authorities.root],
          policy: { requireRevocation: true },
        });
        expect(signatures.map((s) => s.indication)).toEqual(['TOTAL-PASSED', 'TOTAL-PASSED']);
      });
    });

    describe('over the network, by the product’s own clients', () => {
      const sources = () => {
        const { hostMap, urls, root: anchor } = authorities;
        const timeStamper = createTimeStamper({ urls: [urls.tsa], hostMap, tries: 1 });
        return { timeStamper, evidence: createEvidenceSource({ trust: [anchor], hostMap }) };
      };

      async function sign(name: 'rsa' | 'revoked'): Promise<string> {
        const file = await base('table');
        const deps = { tokenHost, now: () => new Date() };
        const key = await openKeySource(`pkcs12:${authorities.signers[name].p12File}`, deps).open(PASSWORD);
        await signPdf({ input: file, output: file, key, appearance: { kind: 'invisible' }, at });
        await key.close();
        return file;
      }

      it('climbs to B-LTA in one call, and is renewed', async () => {
        const file = await sign('rsa');
        expect((await raise(authorities, file, 'B-LTA', sources())).level).toBe('B-LTA');
        judge(file, 'B-LTA', false);
        await raise(authorities, file, 'B-LTA', { ...sources(), renew: true });
        const { signatures } = await verifyPdf(file, {
          trust: [authorities.root],
          policy: { requireRevocation: true },
        });
        expect(signatures.map((s) => [s.indication, s.reasons])).toEqual(Array(3).fill(['TOTAL-PASSED', []]));
      });

      it.each([
        ['the time stamp authority is silent', 'tsa', 'rsa', 'TIMESTAMP_UNREACHABLE'],
        ['nobody knows whether it was revoked', 'ocsp', 'rsa', 'EVIDENCE_UNREACHABLE'],
        ['it was revoked', null, 'revoked', 'CERTIFICATE_REVOKED'],
      ] as const)('leaves the file alone where %s', async (_, down, signer, code) => {
        const file = await sign(signer);
        const before = readFileSync(file);
        if (down) authorities.fault(down, { status: 503 });
        if (down === 'ocsp') authorities.fault('crl', { status: 503 });
        await expect(raise(authorities, file, 'B-LTA', sources())).rejects.toMatchObject({ code });
        for (const service of ['tsa', 'ocsp', 'crl'] as const) authorities.fault(service, null);
        expect(readFileSync(file).equals(before)).toBe(true);
        expect(readdirSync(folder.path).filter((f) => f.endsWith('.signing'))).toEqual([]);
      });
    });

    it('what PDF/A-2 asks of a file stays as it was', async () => {
      const file = await base('scanned');
      const key = await open('file rsa');
      await signPdf({ input: file, output: file, key, appearance: { kind: 'digitised-component' }, at });
      await raise(authorities, file, 'B-LTA');
      const json = JSON.parse(
        execFileSync('qpdf', ['--json=2', '--json-key=qpdf', file], { encoding: 'utf8' }),
      );
      const objects = Object.values(json.qpdf[1] as Record<string, { value?: Record<string, unknown> }>);
      const widgets = objects.map((o) => o.value ?? {}).filter((v) => v['/Subtype'] === '/Widget');
      expect(widgets).toHaveLength(2);
      for (const widget of widgets) {
        // ISO 19005-2 §6.3.2: printed, never hidden; §6.3.3: an appearance unless it has no area.
        expect((widget['/F'] as number) & 4).toBe(4);
        expect((widget['/F'] as number) & (1 | 2 | 32)).toBe(0);
        const [x0, , x1] = widget['/Rect'] as number[];
        expect(x0 === x1 || widget['/AP'] !== undefined).toBe(true);
      }
      const trailer = json.qpdf[1].trailer.value;
      expect(trailer['/ID']).toHaveLength(2);
      expect(trailer['/Encrypt']).toBeUndefined();
      const catalog = objects.map((o) => o.value ?? {}).find((v) => v['/Type'] === '/Catalog')!;
      expect(catalog['/OutputIntents']).toBeDefined();
      expect(catalog['/Metadata']).toBeDefined();
      expect(catalog['/NeedAppearances']).toBeUndefined();
    });
  },
);
