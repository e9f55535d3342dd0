import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SigningBatch } from '../../../src/contract/model.ts';
import { forkHost } from '../../../src/main/signing/keys/token-host/channel.ts';
import { issueAuthority, issueCertificate, newKeyPair } from '../../../src/simulators/certificates.ts';
import { describeWithPeers, missingPeers, type Peer } from '../../support/peers.ts';
import { createPivCard, type PivCard, type PivKey } from '../../support/virtual-card.ts';
import { readerObstacle, startReader, type VirtualReader } from '../../support/virtual-card-reader.ts';
import { BIRTH, FORM, OPTIONAL, papers, refusal, startCounter, type TestCounter } from './support/counter.ts';

const MODULE = ['x86_64', 'aarch64']
  .map((machine) => `/usr/lib/${machine}-linux-gnu/opensc-pkcs11.so`)
  .find((file) => existsSync(file))!;
const PEERS: Peer[] = ['pcscd', 'vpcd', 'opensc-pkcs11', 'ip'];
const TITLE = 'a batch with a card that is pulled out';
const PIN = '739152';
const WRONG = '000000';
const HOLDER = 'Nông Thị Mẫu';
const COMPONENTS = [FORM, BIRTH, OPTIONAL];

const obstacle = missingPeers(PEERS).length > 0 ? null : readerObstacle();
if (obstacle && process.env.CI === 'true') throw new Error(`${obstacle}, needed by: ${TITLE}`);
if (obstacle) describe.skip(`${TITLE} [${obstacle}]`, scenarios);
else describeWithPeers(PEERS, TITLE, scenarios);

function scenarios(): void {
  const key = `pkcs11:${MODULE}?token=${encodeURIComponent(HOLDER)}`;
  let reader: VirtualReader;
  let slot: PivKey;
  let counter: TestCounter;

  beforeAll(async () => {
    const validity = {
      notBefore: new Date(Date.now() - 86_400_000),
      notAfter: new Date(Date.now() + 365 * 86_400_000),
    };
    const issuer = await issueAuthority('Card CA', null, { ...validity, keyType: 'ec-p256' });
    const { publicKey, privateKey } = await newKeyPair('rsa-2048');
    const subject = { commonName: HOLDER };
    const certificate = issueCertificate({ subject, publicKey, issuer, role: 'signer', ...validity });
    slot = { privateKey, certificate };
    reader = await startReader();
    counter = await startCounter({ config: { keys: [key] } });
    await counter.restart({ launchTokenHost: () => forkHost({ env: reader.env }) });
  });
  afterAll(async () => {
    await counter?.stop();
    await reader?.stop();
  });

  const newCard = () => createPivCard({ pin: PIN, maxTries: 3, keys: { '9a': slot } });

  async function insert(card: PivCard): Promise<void> {
    await reader.insert(card);
    const offered = async () => (await counter.call('keys.list', {})).length;
    await expect.poll(offered, { timeout: 30_000, interval: 200 }).toBe(1);
  }

  async function draft(): Promise<string> {
    const { id } = await counter.draft();
    for (const componentId of COMPONENTS) {
      counter.scanner.control.loadFeeder(await papers(1));
      await counter.scan(id, componentId);
    }
    return id;
  }

  const start = (dossierId: string, pin: string) =>
    counter.call('signing.start', { dossierIds: [dossierId], key, pin });

  /** The batch once it runs no more. */
  async function settled(batchId: string): Promise<SigningBatch> {
    const get = () => counter.call('signing.get', { batchId });
    await expect.poll(async () => (await get()).state, { timeout: 60_000 }).not.toBe('running');
    return get();
  }

  it('pauses with what is done kept, and goes on after a new login, with no try wasted', async () => {
    const card = newCard();
    await insert(card);
    const dossierId = await draft();
    card.onSignature = (nth) => (nth === 2 ? 'pulled' : 'made');
    const { batchId } = await start(dossierId, PIN);
    const paused = await settled(batchId);
    expect(paused.state).toBe('paused');
    expect(paused.fault!.code).toBe('TOKEN_REMOVED');
    expect(paused.done).toBe(1);
    await reader.pullOut();

    const signedThen = (await counter.call('dossiers.get', { dossierId })).components.filter(
      (c) => c.signature,
    );
    expect(signedThen).toHaveLength(paused.done);
    const away = await refusal(counter.call('signing.resume', { batchId, pin: PIN }));
    expect(away.code).toBe('TOKEN_NOT_PRESENT');
    expect((await counter.call('signing.get', { batchId })).state).toBe('paused');
    expect(card.presented()).toBe(1);

    await insert(card);
    await counter.call('signing.resume', { batchId, pin: PIN });
    expect(await settled(batchId)).toMatchObject({ state: 'done', done: COMPONENTS.length, fault: null });
    expect(card.presented()).toBe(2);
    const dossier = await counter.call('dossiers.get', { dossierId });
    // What was signed before is what it was.
    for (const { spec, signature } of signedThen)
      expect(dossier.components.find((c) => c.spec.id === spec.id)!.signature).toEqual(signature);
    expect(dossier.components.filter((c) => c.signature)).toHaveLength(COMPONENTS.length);
    await reader.pullOut();
  });

  it('ends a paused batch at a wrong PIN, which costs one try', async () => {
    const card = newCard();
    await insert(card);
    const dossierId = await draft();
    card.onSignature = (nth) => (nth === 2 ? 'pulled' : 'made');
    const { batchId } = await start(dossierId, PIN);
    expect((await settled(batchId)).state).toBe('paused');
    await reader.pullOut();
    await insert(card);
    const wrong = await refusal(counter.call('signing.resume', { batchId, pin: WRONG }));
    expect(wrong.code).toBe('TOKEN_PIN_WRONG');
    expect(await counter.call('signing.get', { batchId })).toMatchObject({ state: 'stopped' });
    expect(card.presented()).toBe(2);
    await reader.pullOut();
  });
}
