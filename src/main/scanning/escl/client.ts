import { CounterError } from '../../../contract/errors.ts';
import type { ScannerDeps } from '../deps.ts';
import { type EsclCapabilities, parseCapabilities } from './capabilities.ts';
import { type DevicePin, pinFor } from './certificate.ts';
import { type EsclOrder, settingsXml } from './choose.ts';
import { type EsclRequest, type EsclResponse, exchange } from './http.ts';
import { patiently } from './patience.ts';
import { hostHeader, type Quirks, quirksOf } from './quirks.ts';
import { redirectedBase } from './redirect.ts';
import { type EsclStatus, parseStatus } from './status.ts';
import { askAgain, isOfSleep, isReset } from './wake.ts';

/** The five requests of eSCL to one device whose capabilities are known. Paths are absolute on the device. */
export interface EsclClient {
  readonly caps: EsclCapabilities;
  readonly quirks: Quirks;
  /** Path of the collection of jobs; what a relative job address stands on. */
  readonly jobsPath: string;
  status(signal: AbortSignal): Promise<EsclStatus>;
  post(order: EsclOrder, signal: AbortSignal): Promise<EsclResponse>;
  nextDocument(job: string, signal: AbortSignal): Promise<EsclResponse>;
  remove(job: string, signal: AbortSignal): Promise<EsclResponse>;
}

type Ask = Pick<EsclRequest, 'method'> & {
  path: string;
  body?: string;
  page?: boolean;
};

/** Where the questions go: the root as it was given, or as the device redirected it. */
interface Place {
  readonly base: URL;
  readonly pin: DevicePin | undefined;
}

/** A device whose http leads to https, and there perhaps to another port. */
const MAX_REDIRECTS = 2;

/**
 * Settles the certificate (https) and reads the capabilities; a device that sleeps is asked twice.
 *
 * @param base the device's eSCL root, without a trailing slash
 * @throws CounterError SCANNER_UNREACHABLE, SCANNER_TIMEOUT, SCANNER_CERTIFICATE, SCANNER_DENIED, SCANNER_BUSY,
 *   SCANNER_UNSUPPORTED, SCANNER_PROTOCOL, CANCELLED
 */
export async function connectEscl(base: URL, deps: ScannerDeps, signal: AbortSignal): Promise<EsclClient> {
  const { limits } = deps;
  let place = await askAgain(() => placeAt(base, deps, signal), isOfSleep, deps, signal);
  // On the USB there is no other place to go to.
  const movedTo = (resource: string, answer: EsclResponse) =>
    deps.connect ? undefined : redirectedBase(place.base, resource, answer);
  const capabilities = () => askCapabilities(place, deps, signal);
  let answer = await askAgain(() => patiently(capabilities, limits, signal), isOfSleep, deps, signal);
  for (let hops = 0; hops < MAX_REDIRECTS; hops++) {
    const moved = movedTo('ScannerCapabilities', answer);
    if (!moved) break;
    place = await placeAt(moved, deps, signal);
    answer = await askCapabilities(place, deps, signal);
  }
  const caps = parseCapabilities(requireXml(answer, 'ScannerCapabilities'));
  const { model, manufacturer } = caps;
  const quirks = quirksOf({ model, manufacturer, server: serverOf(answer) });

  const ask = (what: Ask, cut: AbortSignal) => askAt(place, deps, what, hostHeader(quirks, place.base), cut);
  const root = () => place.base.pathname;
  const post = (order: EsclOrder, cut: AbortSignal) =>
    ask({ method: 'POST', path: `${root()}/ScanJobs`, body: settingsXml(order, caps.version) }, cut);
  return {
    caps,
    quirks,
    get jobsPath() {
      return `${root()}/ScanJobs`;
    },
    status: async (cut) => {
      const question = () => ask({ method: 'GET', path: `${root()}/ScannerStatus` }, cut);
      const soon = { busyTries: limits.pendingTries, busyPauseMs: limits.pendingPauseMs };
      const got = await askAgain(() => patiently(question, soon, cut), isReset, deps, cut);
      return parseStatus(requireXml(got, 'ScannerStatus'));
    },
    post: async (order, cut) => {
      const answer = await post(order, cut);
      // Some devices show their capabilities over http and take jobs over https alone.
      const moved = movedTo('ScanJobs', answer);
      if (!moved) return answer;
      place = await placeAt(moved, deps, cut);
      return post(order, cut);
    },
    nextDocument: (job, cut) => ask({ method: 'GET', path: `${job}/NextDocument`, page: true }, cut),
    remove: (job, cut) => ask({ method: 'DELETE', path: job }, cut),
  };
}

async function placeAt(base: URL, deps: ScannerDeps, signal: AbortSignal): Promise<Place> {
  const trust = {
    pins: deps.pins,
    requireTrusted: deps.requireTrustedCertificate,
    connectMs: deps.limits.connectMs,
  };
  if (base.protocol === 'https:') return { base, pin: await pinFor(base, trust, signal) };
  // Over plain http there is no certificate to trust, so the policy leaves only the cable.
  if (trust.requireTrusted && !deps.connect) {
    throw new CounterError('SCANNER_CERTIFICATE', { reason: 'plain' });
  }
  return { base, pin: undefined };
}

function askAt(
  place: Place,
  deps: ScannerDeps,
  what: Ask,
  host: string | undefined,
  cut: AbortSignal,
): Promise<EsclResponse> {
  const url = new URL(place.base);
  url.pathname = what.path;
  const { connectMs, firstByteMs, statusMs, idleMs, maxPageBytes, maxXmlBytes } = deps.limits;
  return exchange(
    {
      method: what.method,
      url,
      connectMs,
      idleMs: what.page ? idleMs : Math.min(idleMs, statusMs),
      firstByteMs: what.page ? firstByteMs : statusMs,
      maxBytes: what.page ? maxPageBytes : maxXmlBytes,
      ...(what.body === undefined ? {} : { body: what.body }),
      ...(host === undefined ? {} : { host }),
      ...(place.pin ? { pin: place.pin } : {}),
      ...(deps.connect ? { connect: deps.connect } : {}),
    },
    cut,
  );
}

/** The Server header alone may show that the first question needs another Host header: then it is asked again. */
async function askCapabilities(place: Place, deps: ScannerDeps, signal: AbortSignal): Promise<EsclResponse> {
  const what: Ask = { method: 'GET', path: `${place.base.pathname}/ScannerCapabilities` };
  const first = await askAt(place, deps, what, undefined, signal);
  const host = hostHeader(quirksOf({ model: '', server: serverOf(first) }), place.base);
  return first.status === 200 || host === undefined ? first : askAt(place, deps, what, host, signal);
}

function serverOf(answer: EsclResponse): string {
  return String(answer.headers.server ?? '').slice(0, 200);
}

function requireXml(answer: EsclResponse, what: string): Buffer {
  const { status } = answer;
  if (status === 401 || status === 403) throw new CounterError('SCANNER_DENIED', { what, status });
  if (status === 503) throw new CounterError('SCANNER_BUSY', { by: 'device' });
  if (status !== 200) throw new CounterError('SCANNER_PROTOCOL', { what, status });
  if (!answer.whole) throw new CounterError('SCANNER_PROTOCOL', { what, reason: 'cut' });
  return answer.body;
}
