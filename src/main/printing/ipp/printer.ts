import type { Duplex } from 'node:stream';
import { CounterError } from '../../../contract/errors.ts';
import type { PrinterCapabilities } from '../../../contract/printing.ts';
import { type PinStore, pinFor } from '../../scanning/escl/certificate.ts';
import { pause, requireRunning } from '../../scanning/wait.ts';
import { readDocument } from '../document.ts';
import type { PrintLedger } from '../ledger.ts';
import type { Cancelled, Printer, PrinterSelf, PrintJob, PrintOptions } from '../port.ts';
import { createIppClient, type IppClient, type JobFacts, type JobTicket } from './client.ts';
import { followJob, type Outcome } from './follow.ts';
import type { PrintLimits } from './limits.ts';
import { JOB_STATE, PRINTER_STATE } from './states.ts';
import { capabilitiesOf, ticketOf } from './ticket.ts';

export interface IppPrinterDeps {
  readonly limits: PrintLimits;
  readonly ledger: PrintLedger;
  /** Certificates of printers that were met before, by HOST:PORT. */
  readonly pins: PinStore;
  readonly requireTrustedCertificate: boolean;
  /** Unix time in milliseconds. */
  readonly now: () => number;
}

export interface IppPrinterAddress {
  readonly uri: string;
  readonly http: URL;
  readonly printerUri: string;
  readonly connect?: () => Duplex;
}

/** A job that broke off longer ago than this may have been printed and forgotten by the printer. */
const REMEMBERED_MS = 60_000;

/** Failures by which a printer refuses a job as a whole: nothing was printed, and it may be sent again. */
const REFUSALS = ['PRINTER_REJECTED', 'PRINTER_DENIED', 'PRINTER_UNSUPPORTED_FORMAT', 'PRINTER_BUSY'];

/** A printer that speaks IPP (RFC 8011), on the network or over the USB. */
export function ippPrinter(address: IppPrinterAddress, deps: IppPrinterDeps): Printer {
  const { uri, http, printerUri, connect } = address;
  const { limits, ledger } = deps;

  async function clientFor(signal: AbortSignal): Promise<IppClient> {
    const base = { http, printerUri, limits, ...(connect ? { connect } : {}) };
    if (http.protocol !== 'https:') return createIppClient(base);
    const trust = {
      pins: deps.pins,
      requireTrusted: deps.requireTrustedCertificate,
      connectMs: limits.connectMs,
    };
    const pin = await printerErrors(() => pinFor(http, trust, signal));
    return createIppClient({ ...base, pin });
  }

  const remember = (key: string, state: 'sending' | 'sent' | 'completed' | 'failed', jobId: number) =>
    ledger.set(uri, key, { state, jobId, at: deps.now() });

  /**
   * The job that an earlier call made, where there is one. `ended` is the outcome where the printer need not be asked.
   * @throws CounterError PRINTER_JOB_UNCERTAIN, PRINTER_JOB_FAILED
   */
  async function earlierJob(client: IppClient, key: string, name: string, signal: AbortSignal) {
    const noted = await ledger.get(uri, key);
    if (noted?.state === 'completed') return { id: noted.jobId, ended: 'completed' as const };
    // Part of it may be paper: whoever wants it again says so by another key.
    if (noted?.state === 'failed' && noted.jobId > 0)
      throw new CounterError('PRINTER_JOB_FAILED', { job: noted.jobId, reason: 'earlier' });
    const found = await client.findJob(name, signal);
    if (found) return { id: found.id };
    if (!noted || noted.state === 'failed') return undefined;
    // The printer would still know a job of the last minute, so one that it does not know never arrived.
    const recent = noted.state === 'sending' && deps.now() - noted.at < REMEMBERED_MS;
    if (recent && !(await restartedSince(client, noted.at, signal))) return undefined;
    throw new CounterError('PRINTER_JOB_UNCERTAIN', { job: noted.jobId });
  }

  /** A printer that was switched off meanwhile forgot its jobs, and may have printed a part of this one. */
  async function restartedSince(client: IppClient, at: number, signal: AbortSignal): Promise<boolean> {
    const { upTime } = await client.printer(signal);
    // Counted in whole seconds of its clock, it may be almost a second too long.
    return upTime !== undefined && (upTime - 1) * 1000 < deps.now() - at;
  }

  async function send(
    client: IppClient,
    ticket: JobTicket,
    document: { file: string; bytes: number },
    key: string,
    signal: AbortSignal,
    leave: AbortSignal | undefined,
  ): Promise<number> {
    const either = leave ? AbortSignal.any([signal, leave]) : signal;
    for (let tries = 1; ; tries++) {
      await remember(key, 'sending', 0);
      try {
        return (await client.send(ticket, document, either)).id;
      } catch (error) {
        const code = error instanceof CounterError ? error.code : '';
        // Cut in the middle: what the printer made of it is found out by the next call.
        if (code === 'CANCELLED' && !signal.aborted) throw error;
        if (REFUSALS.includes(code)) {
          await remember(key, 'failed', 0);
          if (code !== 'PRINTER_BUSY' || tries >= limits.busyTries) throw error;
          await pause(limits.busyPauseMs, either);
          continue;
        }
        if (neverLeft(error)) {
          await remember(key, 'failed', 0);
          throw error;
        }
        // Time-out, cut, nonsense, cancelled: the job may be there. It is looked for before anything else is said.
        const found = await lookFor(client, ticket.name, code === 'CANCELLED');
        if (!found) throw error;
        if (code === 'CANCELLED') {
          await client.cancel(found.id, new AbortController().signal);
          throw error;
        }
        return found.id;
      }
    }
  }

  async function lookFor(client: IppClient, name: string, once: boolean): Promise<JobFacts | undefined> {
    const signal = new AbortController().signal;
    for (let tries = 1; ; tries++) {
      try {
        const found = await client.findJob(name, signal);
        if (found) return found;
      } catch (error) {
        // A printer that does not answer now leaves the question open; the first failure is the one to report.
        if (!(error instanceof CounterError)) throw error;
      }
      if (once || tries >= limits.lookTries) return undefined;
      await pause(limits.lookPauseMs, signal);
    }
  }

  async function print(
    file: string,
    key: string,
    signal: AbortSignal,
    options: PrintOptions,
  ): Promise<PrintJob> {
    requireRunning(signal);
    const document = await readDocument(file);
    const client = await clientFor(signal);
    const name = jobName(key);
    const result = (id: number, state: PrintJob['state']): PrintJob => ({
      id: String(id),
      state,
      pages: document.pages,
      target: uri,
    });

    const earlier = await earlierJob(client, key, name, signal);
    if (earlier?.ended) return result(earlier.id, earlier.ended);
    let id = earlier?.id;
    if (id === undefined) {
      const ticket = ticketOf(await client.printer(signal), name, document.format, options);
      await client.validate(ticket, signal);
      options.onProgress?.({ state: 'sending', sides: 0, blockedBy: null });
      id = await send(client, ticket, document, key, signal, options.leave);
    }
    await remember(key, 'sent', id);
    const outcome: Outcome = await followJob(
      ...([client, id, limits, deps.now, signal, options.onProgress, options.leave] as const),
    );
    if (outcome.kind === 'completed') {
      await remember(key, 'completed', id);
      return result(id, 'completed');
    }
    await remember(key, 'failed', id);
    throw new CounterError('PRINTER_JOB_FAILED', { job: id, reason: outcome.reason });
  }

  async function describe(signal: AbortSignal): Promise<PrinterSelf> {
    const facts = await (await clientFor(signal)).printer(signal);
    const state = !facts.accepting || facts.state === PRINTER_STATE.stopped ? 'stopped' : 'idle';
    return {
      name: facts.name || uri,
      state: facts.state === PRINTER_STATE.processing ? 'processing' : state,
    };
  }

  async function capabilities(signal: AbortSignal): Promise<PrinterCapabilities> {
    return capabilitiesOf(uri, await (await clientFor(signal)).printer(signal));
  }

  async function cancel(key: string, signal: AbortSignal): Promise<Cancelled> {
    const noted = await ledger.get(uri, key);
    if (noted?.state === 'completed') return 'completed';
    const client = await clientFor(signal);
    const job = await client.findJob(jobName(key), signal);
    if (!job) return noted === undefined || noted.state === 'failed' ? 'cancelled' : 'unknown';
    await client.cancel(job.id, signal);
    const now = (await client.job(job.id, signal))?.state;
    const completed = now === JOB_STATE.completed;
    await remember(key, completed ? 'completed' : 'failed', job.id);
    return completed ? 'completed' : 'cancelled';
  }

  return {
    ...{ uri, describe, capabilities, cancel },
    print: (file, key, signal, options = {}) => print(file, key, signal, options),
  };
}

/** No connection was made, so not an octet has left. */
function neverLeft(error: unknown): boolean {
  const { step, reason } = error instanceof CounterError ? error.details : {};
  return (
    step === 'connect' || reason === 'ECONNREFUSED' || reason === 'ENOTFOUND' || reason === 'EHOSTUNREACH'
  );
}

/** A name has 255 octets at most (RFC 8011 §5.1.3) and is shown on the printer's panel: nothing but the key. */
function jobName(key: string): string {
  return `mcc-${key.replaceAll(/[^A-Za-z0-9._-]/g, '_')}`.slice(0, 255);
}

/** The certificate room is the scanners'; what it says is said of a printer here. */
async function printerErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CounterError)) throw error;
    if (error.code === 'SCANNER_CERTIFICATE')
      throw new CounterError('PRINTER_CERTIFICATE', error.details, { cause: error });
    if (error.code === 'SCANNER_UNREACHABLE')
      throw new CounterError('PRINTER_UNREACHABLE', error.details, { cause: error });
    throw error;
  }
}
