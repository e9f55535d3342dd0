import { constants, createECDH, type KeyObject, privateEncrypt, randomBytes } from 'node:crypto';

/**
 * A PIV card (NIST SP 800-73-4 part 2) as far as middleware needs it to find a signer's keys, check the PIN and sign.
 * What it counts is what the tests go by: a card knows how often somebody tried a PIN.
 */
export interface PivCard {
  /** Octets of the answer to reset (ISO/IEC 7816-3). */
  readonly atr: Uint8Array;
  /** The response to one command, status word included. */
  transmit(command: Uint8Array): Uint8Array;
  /** Power off and on: every login is gone, the counter stays. */
  reset(): void;
  /** Tries that are left. */
  tries(): number;
  /** PINs that were presented so far, right and wrong. */
  presented(): number;
  signatures(): number;
  /** Called before the nth signature is made, and says what becomes of it. */
  onSignature: ((nth: number) => 'made' | 'pulled' | 'silent') | null;
}

export type PivSlot = '9a' | '9c';

export interface PivKey {
  readonly privateKey: KeyObject;
  /** DER. */
  readonly certificate: Uint8Array;
}

export interface PivCardOptions {
  /** Six to eight digits. */
  readonly pin: string;
  readonly maxTries: number;
  /** 9a: one PIN for the session. 9c: the PIN with every signature (SP 800-73-4 part 1, §3.2.3). */
  readonly keys: Partial<Readonly<Record<PivSlot, PivKey>>>;
}

/** Instead of a response: the card was pulled while it worked, or it works for ever. */
export class NoResponse extends Error {
  readonly pulled: boolean;
  constructor(pulled: boolean) {
    super('no response');
    this.pulled = pulled;
  }
}

const AID = Buffer.from('a000000308000010000100', 'hex');
/**
 * T=1, with the historical octets of a YubiKey 5: OpenSC takes ECDSA keys from makes that it knows, and from a card that
 * does not name itself RSA keys only.
 */
const ATR = Buffer.from('3bfd1300008131fe158073c021c057597562694b657940', 'hex');
const OK = 0x9000;
const WRONG_DATA = 0x6a80;
const NOT_FOUND = 0x6a82;
const NOT_ALLOWED = 0x6982;
const BLOCKED = 0x6983;
const TAG = { chuid: '5fc102', discovery: '7e', '9a': '5fc105', '9c': '5fc10a' } as const;
const ALGORITHM = { rsa2048: 0x07, p256: 0x11 } as const;

class Refusal extends Error {
  readonly status: number;
  constructor(status: number) {
    super(status.toString(16));
    this.status = status;
  }
}

export function createPivCard({ pin, maxTries, keys }: PivCardOptions): PivCard {
  const secret = Buffer.alloc(8, 0xff);
  secret.write(pin, 'latin1');
  const objects = new Map<string, Buffer>([
    [TAG.chuid, tlv(0x53, chuid(randomBytes(16)))],
    // The PIV application's own PIN, and no other (SP 800-73-4 part 1, §3.3.2).
    [TAG.discovery, tlv(0x7e, Buffer.concat([tlv(0x4f, AID), tlv(0x5f2f, Buffer.from([0x40, 0x00]))]))],
    ...(['9a', '9c'] as const).flatMap((slot): [string, Buffer][] => {
      const key = keys[slot];
      return key ? [[TAG[slot], tlv(0x53, certificateObject(key.certificate))]] : [];
    }),
  ]);
  let left = maxTries;
  let presented = 0;
  let signatures = 0;
  let selected = false;
  let verified = false;
  /** True from a VERIFY to the next command: what "PIN always" asks for. */
  let verifiedJustNow = false;
  let chained: Buffer = Buffer.alloc(0);
  let pending: Buffer = Buffer.alloc(0);

  const card: PivCard = {
    atr: ATR,
    onSignature: null,
    tries: () => left,
    presented: () => presented,
    signatures: () => signatures,
    reset() {
      selected = verified = verifiedJustNow = false;
      chained = pending = Buffer.alloc(0);
    },
    transmit(command) {
      try {
        return answer(execute(Buffer.from(command)));
      } catch (error) {
        if (error instanceof Refusal) return status(error.status);
        throw error;
      }
    },
  };

  function execute(command: Buffer): Buffer {
    const { cla, ins, p1, p2, data } = parse(command);
    if (ins === 0xc0) {
      const rest = pending;
      pending = Buffer.alloc(0);
      return rest;
    }
    if (cla & 0x10) {
      chained = Buffer.concat([chained, data]);
      if (chained.length > 4096) throw new Refusal(0x6700);
      return Buffer.alloc(0);
    }
    const whole = Buffer.concat([chained, data]);
    chained = Buffer.alloc(0);
    if (ins === 0xa4) return select(p1, whole);
    if (!selected) throw new Refusal(0x6d00);
    const justVerified = verifiedJustNow;
    verifiedJustNow = false;
    switch (ins) {
      case 0xcb:
        return getData(whole);
      case 0x20:
        return verify(p2, whole);
      case 0x87:
        return authenticate(p1, p2, whole, justVerified);
      default:
        throw new Refusal(0x6d00);
    }
  }

  function select(p1: number, aid: Buffer): Buffer {
    if (p1 !== 0x04 || !AID.subarray(0, aid.length).equals(aid) || aid.length < 5)
      throw new Refusal(NOT_FOUND);
    selected = true;
    const authority = tlv(0x79, tlv(0x4f, AID.subarray(0, 5)));
    return tlv(0x61, Buffer.concat([tlv(0x4f, AID.subarray(5)), authority]));
  }

  function getData(query: Buffer): Buffer {
    if (query[0] !== 0x5c) throw new Refusal(WRONG_DATA);
    const found = objects.get(query.subarray(2, 2 + query[1]!).toString('hex'));
    if (!found) throw new Refusal(NOT_FOUND);
    return found;
  }

  function verify(reference: number, presentedPin: Buffer): Buffer {
    if (reference !== 0x80) throw new Refusal(0x6a88);
    if (presentedPin.length === 0) {
      if (verified) return Buffer.alloc(0);
      throw new Refusal(left === 0 ? BLOCKED : 0x63c0 | left);
    }
    presented++;
    if (left === 0) throw new Refusal(BLOCKED);
    if (!presentedPin.equals(secret)) {
      left--;
      verified = false;
      throw new Refusal(left === 0 ? BLOCKED : 0x63c0 | left);
    }
    left = maxTries;
    verified = verifiedJustNow = true;
    return Buffer.alloc(0);
  }

  function authenticate(
    algorithm: number,
    reference: number,
    template: Buffer,
    justVerified: boolean,
  ): Buffer {
    const slot = reference === 0x9a ? '9a' : reference === 0x9c ? '9c' : null;
    const key = slot && keys[slot];
    if (!key) throw new Refusal(0x6a88);
    if (!verified || (slot === '9c' && !justVerified)) throw new Refusal(NOT_ALLOWED);
    const { tag, value } = readTlv(template);
    if (tag !== 0x7c) throw new Refusal(WRONG_DATA);
    const challenge = childOf(value, 0x81);
    if (!challenge) throw new Refusal(WRONG_DATA);
    const rsa = key.privateKey.asymmetricKeyType === 'rsa';
    if (algorithm !== (rsa ? ALGORITHM.rsa2048 : ALGORITHM.p256)) throw new Refusal(0x6a86);
    signatures++;
    const outcome = card.onSignature?.(signatures) ?? 'made';
    if (outcome !== 'made') throw new NoResponse(outcome === 'pulled');
    const signature = rsa ? rsaBlock(key.privateKey, challenge) : ecdsa(key.privateKey, challenge);
    return tlv(0x7c, tlv(0x82, signature));
  }

  /** At most 256 octets at once; the rest waits for GET RESPONSE (ISO/IEC 7816-4 §5.3.4). */
  function answer(response: Buffer): Buffer {
    if (response.length <= 256) return Buffer.concat([response, status(OK)]);
    pending = response.subarray(256);
    const next = Math.min(pending.length, 256) & 0xff;
    return Buffer.concat([response.subarray(0, 256), status(0x6100 | next)]);
  }

  return card;
}

/** A short or an extended command APDU (ISO/IEC 7816-4 §5.2). */
function parse(command: Buffer) {
  if (command.length < 4) throw new Refusal(0x6700);
  const [cla, ins, p1, p2] = command as unknown as [number, number, number, number];
  const body = command.subarray(4);
  let data: Buffer = Buffer.alloc(0);
  if (body.length > 1 && body[0] !== 0) data = body.subarray(1, 1 + body[0]!);
  else if (body.length > 3) data = body.subarray(3, 3 + body.readUInt16BE(1));
  return { cla, ins, p1, p2, data };
}

function status(word: number): Buffer {
  return Buffer.from([word >> 8, word & 0xff]);
}

function tlv(tag: number, value: Uint8Array): Buffer {
  const name = tag > 0xff ? [tag >> 8, tag & 0xff] : [tag];
  const length =
    value.length < 0x80
      ? [value.length]
      : value.length < 0x100
        ? [0x81, value.length]
        : [0x82, value.length >> 8, value.length & 0xff];
  return Buffer.concat([Buffer.from([...name, ...length]), value]);
}

function readTlv(octets: Buffer): { tag: number; value: Buffer; rest: Buffer } {
  const first = octets[1] ?? 0;
  const extra = first & 0x80 ? first & 0x7f : 0;
  const length = extra === 0 ? first : octets.readUIntBE(2, extra);
  const at = 2 + extra;
  return {
    tag: octets[0] ?? 0,
    value: octets.subarray(at, at + length),
    rest: octets.subarray(at + length),
  };
}

function childOf(value: Buffer, wanted: number): Buffer | null {
  for (let rest = value; rest.length > 1; ) {
    const { tag, value: found, rest: more } = readTlv(rest);
    if (tag === wanted) return found;
    rest = more;
  }
  return null;
}

/** FASC-N of an issuer outside the federal scheme, GUID, expiry (SP 800-73-4 part 1, §3.1.2). */
function chuid(guid: Buffer): Buffer {
  const fascN = Buffer.from('d4e739da739ced39ce739da1685a1082108ce73984119257fc', 'hex');
  const fields = [tlv(0x30, fascN), tlv(0x34, guid), tlv(0x35, Buffer.from('20401231'))];
  return Buffer.concat([...fields, tlv(0x3e, Buffer.alloc(0)), tlv(0xfe, Buffer.alloc(0))]);
}

function certificateObject(der: Uint8Array): Buffer {
  return Buffer.concat([tlv(0x70, der), tlv(0x71, Buffer.from([0])), tlv(0xfe, Buffer.alloc(0))]);
}

/** The bare private operation: padding is the middleware's (SP 800-73-4 part 2, §3.2.4). */
function rsaBlock(key: KeyObject, block: Buffer): Buffer {
  if (block.length !== 256) throw new Refusal(WRONG_DATA);
  return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, block);
}

const ORDER_P256 = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');

/** ECDSA over a hash that is given (FIPS 186-5 §6.4.1): node:crypto hashes by itself, so the one point comes from ECDH. */
function ecdsa(key: KeyObject, hash: Buffer): Buffer {
  if (hash.length > 32) throw new Refusal(WRONG_DATA);
  const d = numberOf(Buffer.from(key.export({ format: 'jwk' }).d!, 'base64url'));
  const once = createECDH('prime256v1');
  const point = once.generateKeys();
  const k = numberOf(once.getPrivateKey());
  const r = numberOf(point.subarray(1, 33)) % ORDER_P256;
  const s = (inverse(k, ORDER_P256) * (numberOf(hash) + r * d)) % ORDER_P256;
  return tlv(0x30, Buffer.concat([integer(r), integer(s)]));
}

function numberOf(octets: Buffer): bigint {
  return BigInt(`0x${octets.toString('hex')}`);
}

function integer(value: bigint): Buffer {
  const digits = value.toString(16);
  const octets = Buffer.from(digits.length % 2 ? `0${digits}` : digits, 'hex');
  return tlv(0x02, octets[0]! & 0x80 ? Buffer.concat([Buffer.alloc(1), octets]) : octets);
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
  while (a > 1n) {
    const quotient = b / a;
    [a, b, x, y] = [b - quotient * a, a, y - quotient * x, x];
  }
  return ((x % modulus) + modulus) % modulus;
}
