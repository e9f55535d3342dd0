import { existsSync, readdirSync, readFileSync } from 'node:fs';
import net from 'node:net';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { signServiceSource } from '../../../../src/main/signing/sign-service/signer.ts';
import { openSigner, type SignerSource } from '../../../../src/main/signing/signers.ts';
import { verifyPdf } from '../../../../src/main/signing/verifying/verify.ts';
import { type TestPki, testPki } from '../../../support/pki.ts';
import { type FakeSignService, type Misbehaviour, startSignService } from '../../../support/sign-service.ts';
import { type Folder, makePdf, newFolder, softKey } from '../sign-support.ts';

let pki: TestPki;
let folder: Folder;
let service: FakeSignService;
let pinned: string | undefined;
let source: SignerSource;

function open(url: string, requireTrusted = false, answerMs = 20_000): SignerSource {
  return signServiceSource(`vgca:${url}`, url, {
    pin: {
      get: () => pinned,
      set: (fingerprint) => {
        pinned = fingerprint;
      },
    },
    requireTrusted,
    connectMs: 5_000,
    answerMs,
    now: () => new Date(),
  });
}

async function identity(name: 'rsa' | 'ec') {
  const { keyFile, certificateFile } = pki.signers[name];
  return { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certificateFile, 'utf8') };
}

beforeAll(async () => {
  pki = await testPki();
});
beforeEach(async () => {
  folder = newFolder();
  pinned = undefined;
  service = await startSignService(softKey(pki.signers.rsa), await identity('rsa'));
  source = open(service.url);
  folder.write('in.pdf', await makePdf('table'));
});
afterEach(async () => {
  await service.stop();
  folder.remove();
});

const sign = async (from = source) =>
  (await from.open('')).sign({
    input: folder.file('in.pdf'),
    output: folder.file('out.pdf'),
    appearance: { kind: 'digitised-component' },
    at: new Date(),
  });

describe('the signing service of this computer', () => {
  it.each(['form', 'body'] as const)(
    'signs a document that it fetches, and hands it in as a %s',
    async (how) => {
      service.sendAs(how);
      const before = readFileSync(folder.file('in.pdf'));
      const result = await sign();
      const after = readFileSync(folder.file('out.pdf'));
      expect(after.subarray(0, before.length).equals(before)).toBe(true);
      expect(result).toMatchObject({ bytes: after.length, signer: 'Nông Thị Mẫu' });
      const { signatures } = await verifyPdf(folder.file('out.pdf'), { trust: [pki.root] });
      expect(signatures.map((s) => s.indication)).not.toContain('TOTAL-FAILED');
      expect(signatures).toHaveLength(1);
      expect(service.asked).toEqual(['/SignIncome']);
      expect(readdirSync(folder.path).sort()).toEqual(['in.pdf', 'out.pdf']);
    },
  );

  it.each([
    ['refuses', 'SIGN_SERVICE_REFUSED', { reason: 'status', status: 4 }],
    ['closes', 'SIGN_SERVICE_REFUSED', { reason: 'closed' }],
    ['garbage', 'SIGN_SERVICE_REFUSED', { reason: 'answer' }],
    ['nothing-returned', 'SIGN_SERVICE_REFUSED', { reason: 'nothing-returned' }],
    ['huge', 'SIGN_SERVICE_REFUSED', { reason: 'too-large' }],
    ['empty-form', 'SIGN_SERVICE_REFUSED', { reason: 'form-files' }],
    ['other-document', 'SIGN_SERVICE_CHANGED_DOCUMENT', { reason: 'not-the-document' }],
    ['unsigned', 'SIGN_SERVICE_CHANGED_DOCUMENT', { reason: 'signatures' }],
    ['changed-afterwards', 'SIGN_SERVICE_CHANGED_DOCUMENT', { reason: 'signature-fails' }],
  ] as [Misbehaviour, string, object][])('that %s gives no document', async (how, code, details) => {
    service.misbehave(how);
    const refused = await sign().catch((error: unknown) => error);
    expect(refused).toMatchObject({ code });
    expect((refused as { details: object }).details).toMatchObject(details);
    expect(readdirSync(folder.path)).toEqual(['in.pdf']);
  });

  it('that never answers is given up after its time', async () => {
    service.misbehave('never-answers');
    await expect(sign(open(service.url, false, 300))).rejects.toMatchObject({ code: 'SIGN_SERVICE_TIMEOUT' });
    expect(existsSync(folder.file('out.pdf'))).toBe(false);
  });

  it('may use each address once', async () => {
    service.misbehave('two-uploads');
    await sign();
    // The second file finds no door, or one that is shut already.
    expect(service.transfers.slice(0, 2)).toEqual([200, 200]);
    expect([0, 404]).toContain(service.transfers[2]);
  });

  it('is known again by the certificate that it had at first', async () => {
    await sign();
    expect(pinned).toMatch(/^[0-9a-f]{64}$/);
    const other = await startSignService(softKey(pki.signers.ec, 'ecdsa-sha256'), await identity('ec'));
    try {
      await expect(sign(open(other.url))).rejects.toMatchObject({
        code: 'SIGN_SERVICE_UNREACHABLE',
        details: { reason: 'certificate' },
      });
      expect(other.asked).toEqual([]);
    } finally {
      await other.stop();
    }
  });

  it('whose certificate nobody vouches for is not called where policy asks for a trusted one', async () => {
    await expect(sign(open(service.url, true))).rejects.toMatchObject({ code: 'SIGN_SERVICE_UNREACHABLE' });
    expect(pinned).toBeUndefined();
  });

  it('is offered while it runs, and named where it does not', async () => {
    expect(await source.describe()).toEqual({
      uri: `vgca:${service.url}`,
      label: 'VGCA Sign Service',
      kind: 'vgca',
      pinState: 'unknown',
    });
    await service.stop();
    await expect(source.describe()).rejects.toMatchObject({ code: 'SIGN_SERVICE_UNREACHABLE' });
    const deaf = net.createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    await new Promise((resolve) => deaf.once('listening', resolve));
    const { port } = deaf.address() as net.AddressInfo;
    const hung = signServiceSource('vgca:x', `wss://127.0.0.1:${port}`, {
      ...{ pin: { get: () => undefined, set: () => {} }, requireTrusted: false },
      ...{ connectMs: 300, answerMs: 300, now: () => new Date() },
    });
    await expect(hung.describe()).rejects.toMatchObject({ code: 'SIGN_SERVICE_UNREACHABLE' });
    await new Promise((resolve) => deaf.close(resolve));
    service = await startSignService(softKey(pki.signers.rsa), await identity('rsa'));
  });

  it.each([
    'vgca:wss://192.0.2.1:8987',
    'vgca:https://127.0.0.1',
    'vgca:',
    'vgca:wss://127.0.0.1.example.com:1',
  ])('%s is no address of one', (uri) => {
    const deps = { service: { pin: { get: () => undefined, set: () => {} }, requireTrusted: false } };
    expect(() => openSigner(uri, deps as never)).toThrow(
      expect.objectContaining({ code: 'KEY_SOURCE_INVALID' }),
    );
  });
});
