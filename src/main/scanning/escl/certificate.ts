import { X509Certificate } from 'node:crypto';
import net from 'node:net';
import tls from 'node:tls';
import { CounterError } from '../../../contract/errors.ts';

/**
 * What is known of a device's certificate since it was first met. Scanners sign their own certificates and are
 * reached by address, so names prove nothing; the certificate itself is what must not change.
 */
export type DevicePin =
  /** A trusted authority had issued it; from then on nothing less is accepted. */
  | { readonly kind: 'authority' }
  /** `sha256` as 32 upper-case hex pairs with colons, `pem` the certificate itself. */
  | { readonly kind: 'certificate'; readonly sha256: string; readonly pem: string };

/** Pins by device, `HOST:PORT`. Forgetting one (a device was replaced) is an admin's act, outside this folder. */
export interface PinStore {
  get(device: string): Promise<DevicePin | undefined>;
  set(device: string, pin: DevicePin): Promise<void>;
}

export function memoryPins(initial: Iterable<readonly [string, DevicePin]> = []): PinStore {
  const pins = new Map(initial);
  return {
    get: async (device) => pins.get(device),
    set: async (device, pin) => {
      pins.set(device, pin);
    },
  };
}

/** Options of a TLS connection that Node verifies in full against the pin. */
export type PinnedTls = Pick<tls.ConnectionOptions, 'ca' | 'checkServerIdentity' | 'allowPartialTrustChain'>;

/**
 * The pinned certificate is the only trust anchor (`allowPartialTrustChain` lets a leaf be one), and in place of
 * its name the certificate itself is compared. Signature, validity dates and handshake are verified as ever.
 */
export function tlsOptions(pin: DevicePin): PinnedTls {
  if (pin.kind === 'authority') return {};
  return {
    ca: [pin.pem],
    allowPartialTrustChain: true,
    checkServerIdentity: (_host, peer) =>
      peer.fingerprint256 === pin.sha256 ? undefined : new Error('not the pinned certificate'),
  };
}

export interface TrustOptions {
  readonly pins: PinStore;
  readonly requireTrusted: boolean;
  readonly connectMs: number;
}

/**
 * The pin to use for a device: the stored one, or on first use the certificate that it shows now, stored once a
 * second, fully verified handshake against it has passed.
 *
 * @throws CounterError SCANNER_CERTIFICATE (`reason`: untrusted, unusable or unreadable), SCANNER_UNREACHABLE
 */
export async function pinFor(base: URL, trust: TrustOptions, signal: AbortSignal): Promise<DevicePin> {
  if (trust.requireTrusted) return { kind: 'authority' };
  const device = `${base.hostname}:${base.port || '443'}`;
  const known = await trust.pins.get(device);
  if (known) return known;
  const pin = await firstSight(base, trust.connectMs, signal);
  if (pin.kind === 'certificate') {
    const again = await handshake(base, tlsOptions(pin), trust.connectMs, signal);
    if (again.error) throw certificateError('unusable', again.error);
  }
  await trust.pins.set(device, pin);
  return pin;
}

async function firstSight(base: URL, connectMs: number, signal: AbortSignal): Promise<DevicePin> {
  const seen = await handshake(base, {}, connectMs, signal);
  if (!seen.error) return { kind: 'authority' };
  if (!seen.certificate) throw certificateError('unreadable', seen.error);
  return {
    kind: 'certificate',
    sha256: seen.certificate.fingerprint256,
    pem: seen.certificate.toString(),
  };
}

interface Handshake {
  readonly error?: Error;
  readonly certificate?: X509Certificate | undefined;
}

/**
 * One verified handshake and nothing after it. Node emits 'secure' when the handshake is done and judges the
 * certificate in its own listener of that event; ours stands before it, so the certificate of a device that Node
 * then rejects can still be read. No byte of a request crosses a connection that was not accepted.
 */
function handshake(base: URL, pinned: PinnedTls, connectMs: number, signal: AbortSignal): Promise<Handshake> {
  return new Promise((resolve, reject) => {
    const host = base.hostname.replace(/^\[|\]$/g, '');
    // A server name must be a name, not an address (RFC 6066 §3).
    const servername = net.isIP(host) === 0 ? host : '';
    const socket = tls.connect({ host, port: Number(base.port || 443), servername, ...pinned });
    let certificate: Handshake['certificate'];
    const end = (settle: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      settle();
    };
    const onAbort = () => end(() => reject(new CounterError('CANCELLED')));
    const timer = setTimeout(
      () => end(() => reject(new CounterError('SCANNER_UNREACHABLE', { reason: 'connect-timeout' }))),
      connectMs,
    );
    socket.prependListener('secure', () => {
      // Not getPeerX509Certificate: in Node 24 it leaves nothing for the identity check that follows.
      const { raw } = socket.getPeerCertificate();
      if (raw) certificate = new X509Certificate(raw);
    });
    socket.once('secureConnect', () => end(() => resolve({ certificate })));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      end(() => {
        if (certificate) resolve({ error, certificate });
        // Node names no system call where the line breaks inside the handshake; that says nothing of a certificate.
        else if (error.syscall !== undefined || error.code === 'ECONNRESET') reject(unreachable(error));
        else resolve({ error });
      }),
    );
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

function unreachable(error: NodeJS.ErrnoException): CounterError {
  return new CounterError('SCANNER_UNREACHABLE', { reason: error.code ?? 'network' }, { cause: error });
}

function certificateError(reason: string, error: NodeJS.ErrnoException): CounterError {
  return new CounterError('SCANNER_CERTIFICATE', { reason, check: error.code ?? '' }, { cause: error });
}

/** Codes by which Node says that a peer's certificate did not pass (OpenSSL X509_V_ERR_…, identity check). */
const VERIFICATION = /CERT|^UNABLE_TO_|^HOSTNAME_MISMATCH|^INVALID_(CA|PURPOSE)|^PATH_LENGTH/;

/** The named failure of a request over TLS, or undefined where the certificate was not what failed. */
export function asCertificateError(error: NodeJS.ErrnoException, pin: DevicePin): CounterError | undefined {
  const identity = error.message === 'not the pinned certificate';
  if (!identity && !VERIFICATION.test(error.code ?? '')) return undefined;
  if (pin.kind === 'authority') return certificateError('untrusted', error);
  // The pinned certificate passed once: what fails now is another certificate, or the same one past its date.
  const dated = error.code === 'CERT_HAS_EXPIRED' || error.code === 'CERT_NOT_YET_VALID';
  return certificateError(dated ? 'dates' : 'changed', error);
}
