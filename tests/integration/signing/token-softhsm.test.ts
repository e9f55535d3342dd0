import { spawnSync } from 'node:child_process';
import { verify, X509Certificate } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildDetachedCms, hashOf, verifyCms } from '../../../src/main/signing/cms/build.ts';
import { cryptoInput, partsOf } from '../../../src/main/signing/keys/algorithm.ts';
import { findModules, probeModules, readModuleListing } from '../../../src/main/signing/keys/modules.ts';
import { openKeySource } from '../../../src/main/signing/keys/open.ts';
import { forkHost } from '../../../src/main/signing/keys/token-host/channel.ts';
import { createTokenHost, type TokenHost } from '../../../src/main/signing/keys/token-host/client.ts';
import { describeWithPeers } from '../../support/peers.ts';
import { SIGNER_NAME, type SignerName, type TestPki, testPki } from '../../support/pki.ts';

const MODULE = '/usr/lib/softhsm/libsofthsm2.so';
const PIN = '73915284';
const LABEL = 'quầy số 1';
const TOKENS = [
  { label: LABEL, signer: 'rsa', id: '01' },
  { label: 'counter-ec', signer: 'ec', id: '02' },
  { label: 'counter-ec384', signer: 'ec384', id: '03' },
] as const;

describeWithPeers(['softhsm', 'pkcs11-tool', 'openssl'], 'keys on SoftHSM2', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'softhsm-'));
  const conf = path.join(folder, 'softhsm2.conf');
  const pids: number[] = [];
  let pki: TestPki;
  let tokenHost: TokenHost;

  const tool = (program: string, args: readonly string[]) => {
    const run = spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, SOFTHSM2_CONF: conf } });
    if (run.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${run.stderr}${run.stdout}`);
    return run.stdout;
  };
  const launch = () => forkHost({ env: { SOFTHSM2_CONF: conf }, onLaunch: (pid) => pids.push(pid) });
  const source = (label: string, host = tokenHost) =>
    openKeySource(`pkcs11:${MODULE}?token=${encodeURIComponent(label)}`, {
      tokenHost: host,
      now: () => new Date(),
    });

  function provision(label: string, signer: SignerName, id: string): void {
    const { keyFile, certificateFile } = pki.signers[signer];
    const der = path.join(folder, `${signer}.cert`);
    tool('openssl', ['x509', '-in', certificateFile, '-outform', 'DER', '-out', der]);
    tool('softhsm2-util', ['--init-token', '--free', '--label', label, '--so-pin', '12345678', '--pin', PIN]);
    const at = ['--token', label, '--pin', PIN, '--label', 'key', '--id', id];
    tool('softhsm2-util', ['--import', keyFile, ...at]);
    const write = ['--module', MODULE, '--token-label', label, '--login', '--pin', PIN];
    tool('pkcs11-tool', [
      ...write,
      '--write-object',
      der,
      '--type',
      'cert',
      '--id',
      id,
      '--label',
      'certificate',
    ]);
  }

  beforeAll(async () => {
    mkdirSync(path.join(folder, 'tokens'));
    writeFileSync(
      conf,
      `directories.tokendir = ${path.join(folder, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`,
    );
    pki = await testPki();
    for (const { label, signer, id } of TOKENS) provision(label, signer, id);
    tokenHost = createTokenHost({ launch });
  });
  afterAll(async () => {
    await tokenHost?.shutdown();
    rmSync(folder, { recursive: true, force: true });
  });

  it('describes each token by its label, past the empty slot that SoftHSM always shows', async () => {
    for (const { label } of TOKENS) {
      expect(await source(label).describe()).toMatchObject({ label, kind: 'pkcs11', pinState: 'ok' });
    }
    const { slots, library } = await tokenHost.probe(MODULE);
    expect(library).toContain('SoftHSM');
    expect(slots.filter((s) => s.token?.initialised)).toHaveLength(3);
    expect(slots.length).toBeGreaterThan(3);
  });

  it.each(TOKENS)('$signer on token "$label" makes a CMS that verifies', async ({ label, signer }) => {
    const key = await source(label).open(PIN);
    const hash = hashOf(key.algorithm);
    const digest = Buffer.alloc(hash === 'sha384' ? 48 : 32, 7);
    const extra = [pki.issuing];
    const cms = await buildDetachedCms({ key, hash, messageDigest: digest });
    const verdict = await verifyCms(cms, async () => digest, { trust: [pki.root], extra, at: new Date() });
    expect(verdict).toMatchObject({
      ...{ digestOk: true, signatureOk: true, signedAttributesOk: true, problems: [] },
      signerName: SIGNER_NAME,
    });
    expect(verdict.chain.status).toBe('trusted');
    expect(Buffer.from(key.certificates[0]!)).toEqual(Buffer.from(pki.signers[signer].certificate));
    await key.close();
    await expect(key.sign(Buffer.from('x'))).rejects.toMatchObject({ code: 'TOKEN_PIN_NEEDED' });
  });

  it.each([
    [LABEL, 'rsa', { hash: 'sha384' }, 'rsa-pkcs1-sha384'],
    [LABEL, 'rsa', { hash: 'sha512' }, 'rsa-pkcs1-sha512'],
    [LABEL, 'rsa', { rsa: 'pss' }, 'rsa-pss-sha256'],
    [LABEL, 'rsa', { rsa: 'pss', hash: 'sha384' }, 'rsa-pss-sha384'],
    [LABEL, 'rsa', { rsa: 'pss-where-possible', hash: 'sha512' }, 'rsa-pss-sha512'],
    ['counter-ec', 'ec', { hash: 'sha384', rsa: 'pss' }, 'ecdsa-sha384'],
    ['counter-ec384', 'ec384', { hash: 'sha512' }, 'ecdsa-sha512'],
  ] as const)('token "%s" with its %s key used as %j signs as %s', async (label, signer, use, algorithm) => {
    const key = await source(label).open(PIN, use);
    expect(key.algorithm).toBe(algorithm);
    const data = Buffer.from('xin chào');
    const { publicKey } = new X509Certificate(pki.signers[signer].certificate);
    const input = cryptoInput(publicKey, algorithm);
    expect(verify(partsOf(algorithm).hash, data, input, await key.sign(data))).toBe(true);
    await key.close();
  });

  it('signs a hundred times in one login', async () => {
    const key = await source('counter-ec').open(PIN);
    const { publicKey } = new X509Certificate(pki.signers.ec.certificate);
    for (let i = 0; i < 100; i++) {
      const data = Buffer.from(`tài liệu ${i}`);
      expect(verify('sha256', data, publicKey, await key.sign(data))).toBe(true);
    }
    await key.close();
  });

  it('stops at once at a wrong PIN, and the right one still opens', async () => {
    await expect(source(LABEL).open('00000000')).rejects.toMatchObject({
      code: 'TOKEN_PIN_WRONG',
      details: { ckr: 'CKR_PIN_INCORRECT', call: 'C_Login' },
    });
    const key = await source(LABEL).open(PIN);
    await key.close();
  });

  it('a wrong PIN is wrong also while another key of the token is open', async () => {
    const first = await source(LABEL).open(PIN);
    await expect(source(LABEL).open('00000000')).rejects.toMatchObject({ code: 'TOKEN_PIN_WRONG' });
    await expect(first.sign(Buffer.from('x'))).rejects.toMatchObject({ code: 'TOKEN_PIN_NEEDED' });
    await first.close();
  });

  it.each([
    ['', 'TOKEN_PIN_NEEDED'],
    ['1', 'TOKEN_PIN_LENGTH'],
    ['1'.repeat(300), 'TOKEN_PIN_LENGTH'],
  ])('spends no try on the PIN %j', async (pin, code) => {
    await expect(source(LABEL).open(pin)).rejects.toMatchObject({ code });
  });

  it('finds a token by serial number, and names one that is not there', async () => {
    const { slots } = await tokenHost.probe(MODULE);
    const serial = slots.find((s) => s.token?.label === 'counter-ec')!.token!.serial;
    const deps = { tokenHost, now: () => new Date() };
    const key = await openKeySource(`pkcs11:${MODULE}?serial=${serial.toUpperCase()}`, deps).open(PIN);
    expect(key.info.label).toBe('counter-ec');
    await key.close();
    await expect(source('another').open(PIN)).rejects.toMatchObject({
      code: 'TOKEN_NOT_PRESENT',
      details: { label: 'another' },
    });
    await expect(source('another').describe()).rejects.toMatchObject({ code: 'TOKEN_NOT_PRESENT' });
  });

  it('sees a token that came after the module was loaded', async () => {
    await tokenHost.probe(MODULE);
    provision('late', 'ec', '09');
    const key = await source('late').open(PIN);
    expect(key.algorithm).toBe('ecdsa-sha256');
    await key.close();
  });

  it('takes a module under a second name for the same one', async () => {
    const link = path.join(folder, 'link.so');
    symlinkSync(MODULE, link);
    const key = await source(LABEL).open(PIN);
    const deps = { tokenHost, now: () => new Date() };
    const other = await openKeySource(`pkcs11:${link}?token=counter-ec`, deps).open(PIN);
    await other.sign(Buffer.from('x'));
    await key.sign(Buffer.from('x'));
    await key.close();
    await other.close();
  });

  it('a token without a certificate has no key to sign with', async () => {
    const label = 'bare';
    tool('softhsm2-util', ['--init-token', '--free', '--label', label, '--so-pin', '12345678', '--pin', PIN]);
    await expect(source(label).open(PIN)).rejects.toMatchObject({ code: 'TOKEN_NO_KEY' });
  });

  it('a host that is killed in mid-batch is named; opening again signs', async () => {
    const key = await source(LABEL).open(PIN);
    await key.sign(Buffer.from('một'));
    const pid = pids.at(-1)!;
    process.kill(pid, 'SIGKILL');
    await expect(key.sign(Buffer.from('hai'))).rejects.toMatchObject({ code: 'TOKEN_HOST_CRASHED' });
    await key.close();
    const again = await source(LABEL).open(PIN);
    expect(pids.at(-1)).not.toBe(pid);
    const data = Buffer.from('ba');
    const { publicKey } = new X509Certificate(pki.signers.rsa.certificate);
    expect(verify('sha256', data, publicKey, await again.sign(data))).toBe(true);
    await again.close();
  });

  it('the PIN is in no command line, no environment and no file of the host', async () => {
    const key = await source(LABEL).open(PIN);
    await key.sign(Buffer.from('x'));
    for (const pid of [process.pid, pids.at(-1)!]) {
      for (const name of ['cmdline', 'environ']) {
        expect(readFileSync(`/proc/${pid}/${name}`, 'utf8')).not.toContain(PIN);
      }
    }
    const open = readdirSync(`/proc/${pids.at(-1)}/fd`);
    expect(open.length).toBeGreaterThan(3);
    await key.close();
    const wrong = await source(LABEL)
      .open('9182736455')
      .catch((error: unknown) => error);
    expect(`${(wrong as Error).stack} ${JSON.stringify(wrong)}`).not.toContain('9182736455');
  });

  it('ends the process that knew the PIN with its last session, and no other', async () => {
    const isAlive = (pid: number) => existsSync(`/proc/${pid}`);
    await tokenHost.probe(MODULE);
    const asked = pids.at(-1)!;
    const first = await source(LABEL).open(PIN);
    const second = await source('counter-ec').open(PIN);
    expect(pids.at(-1)).toBe(asked);
    await first.close();
    expect(isAlive(asked)).toBe(true);
    await second.close();
    await expect.poll(() => isAlive(asked)).toBe(false);
    await expect(source(LABEL).open('00000000')).rejects.toMatchObject({ code: 'TOKEN_PIN_WRONG' });
    const wrong = pids.at(-1)!;
    expect(wrong).not.toBe(asked);
    await expect.poll(() => isAlive(wrong)).toBe(false);
  });

  it('keeps no PIN in the engine’s heap once the key is open', () => {
    const script = path.join(folder, 'heap.ts');
    const wrong = '9182736455';
    const at = (file: string) =>
      JSON.stringify(path.join(import.meta.dirname, '../../../src/main/signing/keys', file));
    writeFileSync(
      script,
      `import { writeHeapSnapshot } from 'node:v8';
       import { readFileSync } from 'node:fs';
       import { forkHost } from ${at('token-host/channel.ts')};
       import { createTokenHost } from ${at('token-host/client.ts')};
       import { openKeySource } from ${at('open.ts')};
       const host = createTokenHost({ launch: () => forkHost() });
       const source = openKeySource(process.argv[2], { tokenHost: host, now: () => new Date() });
       const octets = readFileSync(0);
       // Strings of their own for the calls, as those that come with messages.
       const key = await source.open(octets.subarray(0, 8).toString());
       const wrong = await source.open(octets.subarray(8).toString()).catch((error) => error);
       octets.fill(0);
       console.log(writeHeapSnapshot(process.argv[3]), key.info.label, wrong.code);
       await host.shutdown();`,
    );
    const snapshot = path.join(folder, 'heap.heapsnapshot');
    const uri = `pkcs11:${MODULE}?token=counter-ec`;
    const run = spawnSync(process.execPath, [script, uri, snapshot], {
      ...{ encoding: 'utf8', timeout: 60_000, input: `${PIN}${wrong}` },
      env: { ...process.env, SOFTHSM2_CONF: conf },
    });
    expect(`${run.stdout}${run.stderr}`).toContain('counter-ec TOKEN_PIN_WRONG');
    const heap = readFileSync(snapshot, 'utf8');
    // What is kept can be found so.
    expect(heap.includes('counter-ec')).toBe(true);
    expect([heap.includes(PIN), heap.includes(wrong)]).toEqual([false, false]);
  });

  it('finds the module where it is installed, and its tokens without a PIN', async () => {
    const listing = readModuleListing(path.resolve(import.meta.dirname, '../../../resources'));
    const found = await findModules(listing);
    const softhsm = found.find(({ file }) => file === realpathSync(MODULE));
    expect(softhsm).toMatchObject({ vendor: 'SoftHSM2', loadable: true, facts: { cryptoki: true } });
    const link = path.join(folder, 'second-name.so');
    symlinkSync(MODULE, link);
    const text = path.join(folder, 'text.so');
    writeFileSync(text, 'not a module');
    const report = await probeModules(tokenHost, [MODULE, link, text]);
    expect(report.modules.map(({ failure }) => failure?.code ?? null)).toEqual([
      null,
      'TOKEN_MODULE_INVALID',
    ]);
    const labels = report.tokens.map(({ token }) => token.label);
    for (const { label } of TOKENS) expect(labels).toContain(label);
    for (const { modules } of report.tokens) expect(modules).toEqual([realpathSync(MODULE)]);
  });

  it('lets the program end while a host is at rest', () => {
    const script = path.join(folder, 'rest.ts');
    const at = (file: string) =>
      JSON.stringify(path.join(import.meta.dirname, '../../../src/main/signing/keys', file));
    writeFileSync(
      script,
      `import { forkHost } from ${at('token-host/channel.ts')};
       import { createTokenHost } from ${at('token-host/client.ts')};
       const host = createTokenHost({ launch: () => forkHost() });
       console.log((await host.probe(${JSON.stringify(MODULE)})).library);`,
    );
    const run = spawnSync(process.execPath, [script], {
      encoding: 'utf8',
      timeout: 20_000,
      env: { ...process.env, SOFTHSM2_CONF: conf },
    });
    expect(run.stdout).toContain('SoftHSM');
    expect(run.status).toBe(0);
  });
});
