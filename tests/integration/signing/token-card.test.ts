import { createPublicKey, verify, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openKeySource } from '../../../src/main/signing/keys/open.ts';
import { forkHost } from '../../../src/main/signing/keys/token-host/channel.ts';
import { createTokenHost, type TokenHost } from '../../../src/main/signing/keys/token-host/client.ts';
import type { SigningKey } from '../../../src/main/signing/port.ts';
import { issueAuthority, issueCertificate, newKeyPair } from '../../../src/simulators/certificates.ts';
import { describeWithPeers, missingPeers, type Peer } from '../../support/peers.ts';
import { createPivCard, type PivCard, type PivKey } from '../../support/virtual-card.ts';
import { readerObstacle, startReader, type VirtualReader } from '../../support/virtual-card-reader.ts';

const MODULE = ['x86_64', 'aarch64']
  .map((machine) => `/usr/lib/${machine}-linux-gnu/opensc-pkcs11.so`)
  .find((file) => existsSync(file))!;
const PEERS: Peer[] = ['pcscd', 'vpcd', 'opensc-pkcs11', 'ip'];
const TITLE = 'a card in a reader, by OpenSC';
const PIN = '739152';
const WRONG = '000000';
const HOLDER = 'Nông Thị Mẫu';

const obstacle = missingPeers(PEERS).length > 0 ? null : readerObstacle();
if (obstacle && process.env.CI === 'true') throw new Error(`${obstacle}, needed by: ${TITLE}`);
if (obstacle) describe.skip(`${TITLE} [${obstacle}]`, scenarios);
else describeWithPeers(PEERS, TITLE, scenarios);

function scenarios(): void {
  const pids: number[] = [];
  let reader: VirtualReader;
  let tokenHost: TokenHost;
  let keys: { readonly rsa: PivKey; readonly ec: PivKey };

  beforeAll(async () => {
    const validity = {
      notBefore: new Date(Date.now() - 86_400_000),
      notAfter: new Date(Date.now() + 365 * 86_400_000),
    };
    const issuer = await issueAuthority('Card CA', null, { ...validity, keyType: 'ec-p256' });
    const make = async (type: 'rsa-2048' | 'ec-p256'): Promise<PivKey> => {
      const { publicKey, privateKey } = await newKeyPair(type);
      const subject = { commonName: HOLDER };
      return {
        privateKey,
        certificate: issueCertificate({ subject, publicKey, issuer, role: 'signer', ...validity }),
      };
    };
    keys = { rsa: await make('rsa-2048'), ec: await make('ec-p256') };
    reader = await startReader();
    tokenHost = newHost();
  });
  afterEach(() => reader.pullOut());
  afterAll(async () => {
    await tokenHost?.shutdown();
    await reader?.stop();
  });

  function newHost(patience = {}): TokenHost {
    const launch = () => forkHost({ env: reader.env, onLaunch: (pid) => pids.push(pid) });
    return createTokenHost({ launch, patience });
  }

  const newCard = (slots: Parameters<typeof createPivCard>[0]['keys'] = { '9a': keys.rsa }) =>
    createPivCard({ pin: PIN, maxTries: 3, keys: slots });

  const source = (query = `token=${encodeURIComponent(HOLDER)}`, host = tokenHost) =>
    openKeySource(`pkcs11:${MODULE}?${query}`, { tokenHost: host, now: () => new Date() });

  /** Puts a card in and waits, as the engine does, until the module sees it. */
  async function insert(card: PivCard, host = tokenHost): Promise<void> {
    await reader.insert(card);
    const choice = { label: HOLDER, serial: null };
    await expect.poll(() => host.present(MODULE, choice), { timeout: 20_000, interval: 100 }).toBe(true);
  }

  async function expectSigns(key: SigningKey, { certificate }: PivKey, text: string): Promise<void> {
    const data = Buffer.from(text);
    const { publicKey } = new X509Certificate(certificate);
    expect(verify('sha256', data, publicKey, await key.sign(data))).toBe(true);
  }

  it('is described without a PIN, and signs by RSA with one', async () => {
    const card = newCard();
    await insert(card);
    expect(await source().describe()).toMatchObject({ label: HOLDER, pinState: 'ok' });
    expect(card.presented()).toBe(0);
    const key = await source().open(PIN);
    expect(key.algorithm).toBe('rsa-pkcs1-sha256');
    for (const text of ['một', 'hai', 'ba']) await expectSigns(key, keys.rsa, text);
    await key.close();
    expect(card.presented()).toBe(1);
    expect(card.signatures()).toBe(3);
  });

  it('signs by ECDSA, and by RSA with every hash', async () => {
    const card = newCard({ '9a': keys.ec });
    await insert(card);
    const key = await source().open(PIN);
    expect(key.algorithm).toBe('ecdsa-sha256');
    await expectSigns(key, keys.ec, 'một');
    await key.close();
    const other = newCard();
    await reader.pullOut();
    await insert(other);
    for (const hash of ['sha384', 'sha512'] as const) {
      const rsa = await source().open(PIN, { hash });
      const data = Buffer.from(hash);
      const { publicKey } = new X509Certificate(keys.rsa.certificate);
      expect(verify(hash, data, publicKey, await rsa.sign(data))).toBe(true);
      await rsa.close();
    }
    expect(other.presented()).toBe(2);
  });

  it('signs as RSASSA-PSS or says that it cannot', async () => {
    const card = newCard();
    await insert(card);
    const key = await source().open(PIN, { rsa: 'pss-where-possible' });
    const data = Buffer.from('xin chào');
    const signature = await key.sign(data);
    await key.close();
    const asked = await source()
      .open(PIN, { rsa: 'pss' })
      .catch((error: unknown) => error);
    expect(key.algorithm).toBe('rsa-pss-sha256');
    const publicKey = { key: createPublicKey(keys.rsa.privateKey), padding: 6, saltLength: 32 };
    expect(verify('sha256', data, publicKey, signature)).toBe(true);
    await (asked as SigningKey).close();
  });

  it('a wrong PIN twice: each is tried once, the state is told fresh, and the right one still opens', async () => {
    const card = newCard();
    await insert(card);
    await expect(source().open(WRONG)).rejects.toMatchObject({
      code: 'TOKEN_PIN_WRONG',
      details: { ckr: 'CKR_PIN_INCORRECT', call: 'C_Login', pinStateBefore: 'ok', pinState: 'ok' },
    });
    expect([card.presented(), card.tries()]).toEqual([1, 2]);
    // OpenSC does not know how many tries a PIV card has at most, so it flags the last one only.
    expect((await source().describe()).pinState).toBe('ok');
    await expect(source().open(WRONG)).rejects.toMatchObject({
      code: 'TOKEN_PIN_WRONG',
      details: { pinStateBefore: 'ok', pinState: 'final-try' },
    });
    expect([card.presented(), card.tries()]).toEqual([2, 1]);
    expect((await source().describe()).pinState).toBe('final-try');
    const key = await source().open(PIN);
    await expectSigns(key, keys.rsa, 'một');
    await key.close();
    expect([card.presented(), card.tries()]).toEqual([3, 3]);
    expect((await source().describe()).pinState).toBe('ok');
  });

  it('spends no try on a PIN of the wrong length', async () => {
    const card = newCard();
    await insert(card);
    for (const pin of ['1', '1234567890']) {
      await expect(source().open(pin)).rejects.toMatchObject({ code: 'TOKEN_PIN_LENGTH' });
    }
    await expect(source().open('')).rejects.toMatchObject({ code: 'TOKEN_PIN_NEEDED' });
    expect([card.presented(), card.tries()]).toEqual([0, 3]);
  });

  it('the last try is announced; after it the card is locked, and no PIN is sent to it any more', async () => {
    const card = newCard();
    await insert(card);
    for (let i = 0; i < 2; i++) await expect(source().open(WRONG)).rejects.toThrow('TOKEN_PIN_WRONG');
    expect((await source().describe()).pinState).toBe('final-try');
    const last = await source()
      .open(WRONG)
      .catch((error: unknown) => error);
    expect(last).toMatchObject({ details: { pinStateBefore: 'final-try', pinState: 'locked' } });
    expect(['TOKEN_PIN_WRONG', 'TOKEN_PIN_LOCKED']).toContain((last as { code: string }).code);
    expect([card.presented(), card.tries()]).toEqual([3, 0]);
    expect((await source().describe()).pinState).toBe('locked');
    for (const pin of [PIN, WRONG]) {
      await expect(source().open(pin)).rejects.toMatchObject({ code: 'TOKEN_PIN_LOCKED' });
    }
    expect([card.presented(), card.tries()]).toEqual([3, 0]);
  });

  it.each([
    ['while it signs', true],
    ['between two signatures', false],
  ])('pulled out %s: what is done is kept, and after a new login the batch goes on', async (_, working) => {
    const card = newCard();
    await insert(card);
    const batch = ['một', 'hai', 'ba', 'bốn', 'năm'];
    const done: string[] = [];
    const first = await source().open(PIN);
    if (working) card.onSignature = (nth) => (nth === 3 ? 'pulled' : 'made');
    const run = async (key: SigningKey) => {
      for (const text of batch.slice(done.length)) {
        if (!working && done.length === 2 && key === first) reader.remove();
        await expectSigns(key, keys.rsa, text);
        done.push(text);
      }
    };
    await expect(run(first)).rejects.toMatchObject({ code: 'TOKEN_REMOVED' });
    expect(done).toEqual(['một', 'hai']);
    await first.close();
    expect(await tokenHost.present(MODULE, { label: HOLDER, serial: null })).toBe(false);
    await expect(source().open(PIN)).rejects.toMatchObject({ code: 'TOKEN_NOT_PRESENT' });
    expect(card.presented()).toBe(1);

    card.onSignature = null;
    await insert(card);
    expect(card.presented()).toBe(1);
    const second = await source().open(PIN);
    await run(second);
    await second.close();
    expect(done).toEqual(batch);
    expect([card.presented(), card.tries()]).toEqual([2, 3]);
  });

  it('after a reinsertion a new login works in the same host process', async () => {
    const card = newCard();
    await insert(card);
    const first = await source().open(PIN);
    const pid = pids.at(-1);
    await expectSigns(first, keys.rsa, 'một');
    await reader.pullOut();
    await expect(first.sign(Buffer.from('hai'))).rejects.toMatchObject({ code: 'TOKEN_REMOVED' });
    await insert(card);
    await expect(first.sign(Buffer.from('hai'))).rejects.toMatchObject({ code: 'TOKEN_PIN_NEEDED' });
    const second = await source().open(PIN);
    await expectSigns(second, keys.rsa, 'hai');
    expect(pids.at(-1)).toBe(pid);
    await second.close();
    await first.close();
    expect([card.presented(), card.tries()]).toEqual([2, 3]);
  });

  it('sends the PIN to no other card than the one that is meant', async () => {
    const mine = newCard();
    const others = newCard();
    await insert(mine);
    const { slots } = await tokenHost.probe(MODULE);
    const { serial } = slots.find((slot) => slot.token)!.token!;
    await reader.pullOut();
    await insert(others);
    const bySerial = source(`serial=${serial}`);
    await expect(bySerial.describe()).rejects.toMatchObject({ code: 'TOKEN_NOT_PRESENT' });
    await expect(bySerial.open(PIN)).rejects.toMatchObject({ code: 'TOKEN_NOT_PRESENT' });
    expect([mine.presented(), others.presented()]).toEqual([0, 0]);
    await reader.pullOut();
    await insert(mine);
    await (await bySerial.open(PIN)).close();
    expect([mine.presented(), others.presented()]).toEqual([1, 0]);
  });

  it('a key that wants the PIN with every signature gets it, once each', async () => {
    const card = newCard({ '9c': keys.rsa });
    await insert(card);
    const key = await source().open(PIN);
    await expectSigns(key, keys.rsa, 'một');
    await expectSigns(key, keys.rsa, 'hai');
    await key.close();
    expect([card.presented(), card.tries(), card.signatures()]).toEqual([3, 3, 2]);
  });

  it('a card that never answers is named with its module and what was asked; the next request goes on', async () => {
    const impatient = newHost({ sign: 1500 });
    const card = newCard();
    await insert(card, impatient);
    const key = await source(undefined, impatient).open(PIN);
    card.onSignature = () => 'silent';
    await expect(key.sign(Buffer.from('một'))).rejects.toMatchObject({
      code: 'TOKEN_HUNG',
      details: { operation: 'sign', module: 'opensc-pkcs11.so' },
    });
    await expect(key.sign(Buffer.from('một'))).rejects.toMatchObject({ code: 'TOKEN_HOST_CRASHED' });
    card.onSignature = null;
    await reader.pullOut();
    await insert(card, impatient);
    const again = await source(undefined, impatient).open(PIN);
    await expectSigns(again, keys.rsa, 'một');
    await again.close();
    await impatient.shutdown();
    expect([card.presented(), card.tries()]).toEqual([2, 3]);
  });
}
