import { verify } from 'node:crypto';
import { CounterError } from '../../../contract/errors.ts';
import type { SigningKeyInfo } from '../../../contract/model.ts';
import { type CertificateFacts, KEY_USAGE, orderChain, tryReadCertificate } from '../cms/certificates.ts';
import type { KeySource, KeyUse, SignatureAlgorithm, SigningKey } from '../port.ts';
import { algorithmOf, assertValidAt, cryptoInput, partsOf } from './algorithm.ts';
import { ecdsaToDer } from './ecdsa.ts';
import type { OpenToken, TokenHost } from './token-host/client.ts';
import type { ProbeResult, TokenChoice, TokenReport } from './token-host/messages.ts';

export interface Pkcs11Address {
  readonly uri: string;
  /** Path of the vendor's module. */
  readonly module: string;
  readonly token: TokenChoice;
  /** CKA_ID in lower-case hexadecimal where the token holds several keys. */
  readonly keyId: string | null;
}

export interface Pkcs11Deps {
  readonly tokenHost: TokenHost;
  readonly now: () => Date;
}

/**
 * A key on a token. `describe` asks no PIN; `open` tries the PIN once and throws the token's own failure
 * (TOKEN_…), TOKEN_NO_KEY, CERTIFICATE_EXPIRED, CERTIFICATE_NOT_YET_VALID or KEY_UNSUPPORTED.
 */
export function pkcs11Source(address: Pkcs11Address, { tokenHost, now }: Pkcs11Deps): KeySource {
  const infoOf = ({ label, pinState }: TokenReport): SigningKeyInfo => ({
    uri: address.uri,
    label,
    kind: 'pkcs11',
    pinState,
  });
  return {
    describe: async () => infoOf(pickToken(await tokenHost.probe(address.module), address.token)),
    open: async (pin, use) => {
      const token = await tokenHost.open(address.module, address.token, pin);
      try {
        const pair = choosePair(token, address.keyId, now());
        const algorithm = await algorithmFor(token, pair, use);
        return tokenKey(infoOf(token.token), token, pair, algorithm);
      } catch (error) {
        await token.close();
        throw error;
      }
    },
  };
}

function pickToken({ slots }: ProbeResult, { label, serial }: TokenChoice): TokenReport {
  const matching = slots
    .map((slot) => slot.token)
    .filter((t) => t !== null)
    .filter((t) => t.initialised)
    .filter((t) => label === null || t.label.normalize() === label.normalize())
    .filter((t) => serial === null || t.serial.toLowerCase() === serial.toLowerCase());
  if (matching.length > 1) throw new CounterError('KEY_SOURCE_INVALID', { reason: 'token-ambiguous' });
  if (!matching[0]) throw new CounterError('TOKEN_NOT_PRESENT', label === null ? {} : { label });
  return matching[0];
}

interface Pair {
  readonly keyId: string;
  readonly leaf: CertificateFacts;
  readonly pool: readonly CertificateFacts[];
}

/** Keys and certificates belong together by CKA_ID; of several pairs one that may sign now wins, then the newest. */
function choosePair(token: OpenToken, wantedId: string | null, at: Date): Pair {
  const read = token.certificates.map(({ id, der }) => ({ id, facts: tryReadCertificate(der) }));
  const pool = read.map((c) => c.facts).filter((c) => c !== null);
  const pairs = token.keyIds
    .filter((keyId) => wantedId === null || keyId === wantedId)
    .flatMap((keyId) =>
      read.flatMap(({ id, facts }) => (id === keyId && facts ? [{ keyId, leaf: facts, pool }] : [])),
    )
    .sort(
      (a, b) =>
        rank(b.leaf, at) - rank(a.leaf, at) || b.leaf.notBefore.getTime() - a.leaf.notBefore.getTime(),
    );
  const best = pairs[0];
  if (!best) {
    throw new CounterError('TOKEN_NO_KEY', {
      keys: token.keyIds.length,
      certificates: token.certificates.length,
    });
  }
  assertValidAt(best.leaf, at);
  return best;
}

function rank({ isCa, keyUsage, notBefore, notAfter }: CertificateFacts, at: Date): number {
  const valid = at >= notBefore && at <= notAfter;
  const signs = !keyUsage || keyUsage[KEY_USAGE.digitalSignature] || keyUsage[KEY_USAGE.nonRepudiation];
  return (isCa ? 0 : 4) + (valid ? 2 : 0) + (signs ? 1 : 0);
}

/**
 * What a token lists is not always what it can, and a batch may not find that out at its first document: RSASSA-PSS is
 * tried once before it is promised.
 */
async function algorithmFor(token: OpenToken, pair: Pair, use: KeyUse = {}): Promise<SignatureAlgorithm> {
  const { publicKey } = pair.leaf.x509;
  const wanted = algorithmOf(publicKey, use, token.pss);
  if (partsOf(wanted).scheme !== 'rsa-pss') return wanted;
  try {
    await signWith(token, pair, wanted, Buffer.from('RSASSA-PSS'));
    return wanted;
  } catch (error) {
    const cannot =
      error instanceof CounterError && ['KEY_UNSUPPORTED', 'CERTIFICATE_MISMATCH'].includes(error.code);
    if (!cannot) throw error;
    return algorithmOf(publicKey, use, false);
  }
}

async function signWith(
  token: OpenToken,
  { keyId, leaf }: Pair,
  algorithm: SignatureAlgorithm,
  data: Uint8Array,
): Promise<Uint8Array> {
  const { scheme, hash } = partsOf(algorithm);
  const raw = await token.sign({ keyId, algorithm, data });
  const signature = scheme === 'ecdsa' ? ecdsaToDer(raw) : raw;
  // CKA_ID is only a name that someone gave: what counts is that the certificate's key made this.
  if (!verify(hash, data, cryptoInput(leaf.x509.publicKey, algorithm), signature)) {
    throw new CounterError('CERTIFICATE_MISMATCH', { source: 'pkcs11' });
  }
  return signature;
}

function tokenKey(
  info: SigningKeyInfo,
  token: OpenToken,
  pair: Pair,
  algorithm: SignatureAlgorithm,
): SigningKey {
  return {
    info,
    certificates: orderChain(pair.leaf, pair.pool).map((c) => c.der),
    algorithm,
    sign: (data) => signWith(token, pair, algorithm, data),
    close: () => token.close(),
  };
}
