import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { memorySource } from '../../../src/main/pdf/reader/source.ts';
import { createEvidenceSource } from '../../../src/main/signing/evidence/collect.ts';
import { verifySource } from '../../../src/main/signing/verifying/verify.ts';
import { signPdf } from '../../../src/main/signing/writing/sign-pdf.ts';
import {
  type AuthoritySignerName,
  startAuthorities,
  type TestAuthorities,
} from '../../support/authorities.ts';
import { describeWithPeers } from '../../support/peers.ts';
import { type Folder, newFolder, ONE_PAGE, rawPdf, softKey } from '../../unit/signing/sign-support.ts';
import { withDocumentStamp, withStamp } from '../../unit/signing/verifying/ladder.ts';

let ca: TestAuthorities;
let folder: Folder;

async function sign(by: AuthoritySignerName, certificates = 3): Promise<Buffer> {
  const input = folder.write('in.pdf', rawPdf(ONE_PAGE));
  const output = folder.file('out.pdf');
  const signer = ca.signers[by];
  const key = softKey(
    { ...signer, certificates: signer.certificates.slice(0, certificates) },
    'ecdsa-sha256',
  );
  await signPdf({ input, output, key, appearance: { kind: 'invisible' }, at: new Date() });
  return readFileSync(output);
}

/** A source of its own each time: nothing is kept from one check to the next. */
async function judge(pdf: Buffer) {
  const evidence = createEvidenceSource({ trust: [ca.root], hostMap: ca.hostMap, askMs: 5000 });
  return (await verifySource(memorySource(pdf), { trust: [ca.root], evidence })).signatures;
}

describeWithPeers(['openssl'], 'revocation asked for over the network', () => {
  beforeAll(async () => {
    ca = await startAuthorities();
    folder = newFolder();
  });
  afterAll(async () => {
    folder.remove();
    await ca.close();
  });
  afterEach(() => {
    for (const service of ['ocsp', 'crl', 'ca'] as const) ca.fault(service, null);
  });

  it('finds a signer good or revoked', async () => {
    expect(await judge(await sign('ec'))).toMatchObject([
      { indication: 'TOTAL-PASSED', revocation: 'good', revokedAt: null },
    ]);
    expect(await judge(await sign('revoked'))).toMatchObject([
      { indication: 'INDETERMINATE', subIndication: 'REVOKED_NO_POE', revocation: 'revoked' },
    ]);
  });

  it('fetches the issuers that a signature does not carry', async () => {
    const leafOnly = await sign('ec', 1);
    const before = ca.requests('ca');
    expect(await judge(leafOnly)).toMatchObject([{ indication: 'TOTAL-PASSED', chain: 'trusted' }]);
    expect(ca.requests('ca')).toBeGreaterThan(before);
    ca.fault('ca', { down: true });
    expect(await judge(leafOnly)).toMatchObject([
      { indication: 'INDETERMINATE', subIndication: 'NO_CERTIFICATE_CHAIN_FOUND', chain: 'no-path' },
    ]);
  });

  it('takes the CRL where OCSP is down, and says when nobody answers', async () => {
    ca.fault('ocsp', { down: true });
    expect(await judge(await sign('ec'))).toMatchObject([{ indication: 'TOTAL-PASSED', revocation: 'good' }]);
    ca.fault('crl', { down: true });
    expect(await judge(await sign('ec'))).toMatchObject([
      {
        indication: 'INDETERMINATE',
        subIndication: 'TRY_LATER',
        reasons: ['revocation-unreachable'],
        revocation: 'unknown',
      },
    ]);
  });

  it('does not take an answer that somebody else signed', async () => {
    ca.fault('ocsp', { responder: 'rsa' });
    ca.fault('crl', { down: true });
    const [report] = await judge(await sign('ec'));
    expect(report).toMatchObject({ indication: 'INDETERMINATE', subIndication: 'TRY_LATER' });
  });

  it('asks about time stamps as well, each authority once', async () => {
    const stamp = (digest: Uint8Array) => ca.stamp({ digest });
    const pdf = await withDocumentStamp(await withStamp(await sign('ec'), stamp), stamp);
    const before = ca.requests('ocsp');
    expect(await judge(pdf)).toMatchObject([
      { indication: 'TOTAL-PASSED', revocation: 'good', timeStamps: [{}, {}] },
      { indication: 'TOTAL-PASSED', revocation: 'good' },
    ]);
    // The signer, the time stamp authority and their issuer.
    expect(ca.requests('ocsp') - before).toBe(3);
  });

  it('asks nobody about a signature that does not fit its document', async () => {
    const services = ['ocsp', 'crl', 'ca'] as const;
    const asked = () => services.reduce((sum, service) => sum + ca.requests(service), 0);
    const broken = await sign('ec');
    broken[20] = broken[20]! ^ 1;
    const before = asked();
    expect((await judge(broken))[0]!.indication).toBe('TOTAL-FAILED');
    expect(asked()).toBe(before);
  });
});
