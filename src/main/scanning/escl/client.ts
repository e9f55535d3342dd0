import { CounterError } from '../../../contract/errors.ts';
import type { ScannerDeps } from '../deps.ts';
import { type EsclCapabilities, parseCapabilities } from './capabilities.ts';
import { pinFor } from './certificate.ts';
import { type EsclOrder, settingsXml } from './choose.ts';
import { type EsclRequest, type EsclResponse, exchange } from './http.ts';
import { hostHeader, type Quirks, quirksOf } from './quirks.ts';
import { type EsclStatus, parseStatus } from './status.ts';

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
  host?: string | undefined;
  body?: string;
  page?: boolean;
};

/**
 * Settles the certificate (https) and reads the capabilities.
 *
 * @param base the device's eSCL root, without a trailing slash
 * @throws CounterError SCANNER_UNREACHABLE, SCANNER_TIMEOUT, SCANNER_CERTIFICATE, SCANNER_DENIED, SCANNER_BUSY,
 *   SCANNER_PROTOCOL, CANCELLED
 */
export async function connectEscl(base: URL, deps: ScannerDeps, signal: AbortSignal): Promise<EsclClient> {
  const { limits } = deps;
  const trust = {
    pins: deps.pins,
    requireTrusted: deps.requireTrustedCertificate,
    connectMs: limits.connectMs,
  };
  const pin = base.protocol === 'https:' ? await pinFor(base, trust, signal) : undefined;
  const root = base.pathname;

  const ask = (what: Ask, cut: AbortSignal): Promise<EsclResponse> => {
    const url = new URL(base);
    url.pathname = what.path;
    const { connectMs, firstByteMs, statusMs, idleMs, maxPageBytes, maxXmlBytes } = limits;
    return exchange(
      {
        method: what.method,
        url,
        connectMs,
        idleMs: what.page ? idleMs : Math.min(idleMs, statusMs),
        firstByteMs: what.page ? firstByteMs : statusMs,
        maxBytes: what.page ? maxPageBytes : maxXmlBytes,
        ...(what.body === undefined ? {} : { body: what.body }),
        ...(what.host === undefined ? {} : { host: what.host }),
        ...(pin ? { pin } : {}),
        ...(deps.connect ? { connect: deps.connect } : {}),
      },
      cut,
    );
  };

  const answer = await askCapabilities(base, ask, signal);
  const caps = parseCapabilities(requireXml(answer, 'ScannerCapabilities'));
  const quirks = quirksOf(caps.model, String(answer.headers.server ?? ''));
  const host = hostHeader(quirks, base);
  return {
    caps,
    quirks,
    jobsPath: `${root}/ScanJobs`,
    status: async (cut) => {
      const got = await ask({ method: 'GET', path: `${root}/ScannerStatus`, host }, cut);
      return parseStatus(requireXml(got, 'ScannerStatus'));
    },
    post: (order, cut) => {
      const body = settingsXml(order, caps.version);
      return ask({ method: 'POST', path: `${root}/ScanJobs`, host, body }, cut);
    },
    nextDocument: (job, cut) => ask({ method: 'GET', path: `${job}/NextDocument`, host, page: true }, cut),
    remove: (job, cut) => ask({ method: 'DELETE', path: job, host }, cut),
  };
}

/** The Server header alone may show that the first question needs another Host header: then it is asked again. */
async function askCapabilities(
  base: URL,
  ask: (what: Ask, signal: AbortSignal) => Promise<EsclResponse>,
  signal: AbortSignal,
): Promise<EsclResponse> {
  const what: Ask = { method: 'GET', path: `${base.pathname}/ScannerCapabilities` };
  const first = await ask(what, signal);
  const host = hostHeader(quirksOf('', String(first.headers.server ?? '')), base);
  return first.status === 200 || host === undefined ? first : ask({ ...what, host }, signal);
}

function requireXml(answer: EsclResponse, what: string): Buffer {
  const { status } = answer;
  if (status === 401 || status === 403) throw new CounterError('SCANNER_DENIED', { what, status });
  if (status === 503) throw new CounterError('SCANNER_BUSY', { by: 'device' });
  if (status !== 200) throw new CounterError('SCANNER_PROTOCOL', { what, status });
  if (!answer.whole) throw new CounterError('SCANNER_PROTOCOL', { what, reason: 'cut' });
  return answer.body;
}
