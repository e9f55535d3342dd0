import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Device, Job } from './device.ts';
import { type Abilities, type AdfFault, parseScanSettings } from './escl-messages.ts';
import type { FaultBox, PageFault } from './faults.ts';
import type { Sensor } from './sensor.ts';
import { answer, reset, untilAborted } from './wire.ts';

const CHUNK = 32 * 1024;

export interface JobParts {
  readonly device: Device;
  readonly sensor: Sensor;
  readonly faults: FaultBox;
  readonly abilities: Abilities;
  /** Takes the power away; with a time it comes back. */
  readonly goDown: (downMs: number | undefined) => void;
  readonly pageDelayMs: number;
  readonly stopping: AbortSignal;
}

/** Bytes of bodies that were sent, for the log. */
export interface Sent {
  bytes: number;
}

/** The part of the device that makes jobs and hands out their pages. */
export interface Jobs {
  create(body: string, res: ServerResponse, now: number): ServerResponse;
  remove(job: Job, res: ServerResponse): ServerResponse;
  nextDocument(job: Job, res: ServerResponse, sent: Sent): Promise<ServerResponse>;
}

export function createJobs(parts: JobParts): Jobs {
  const { device, sensor, faults, abilities, goDown, pageDelayMs, stopping } = parts;
  /** Pages that are given once more, by their job. */
  const twice = new WeakMap<Job, Uint8Array>();

  function create(body: string, res: ServerResponse, now: number): ServerResponse {
    const busy = faults.takeBusy('job');
    if (busy) return answer(res, 503, '', retryAfter(busy.retryAfterSeconds));
    if (faults.lasting('state')) return answer(res, 503);
    const settings = parseScanSettings(body, abilities);
    if (settings.colorMode === 'BlackAndWhite1' && faults.lasting('refuse-bw')) return answer(res, 409);
    if (settings.source === 'feeder' && (device.blocked() || device.sheets() === 0)) return answer(res, 409);
    const job = device.startJob(settings, now);
    if (!job) return answer(res, 503);
    const host = faults.lasting('wrong-host') ? 'http://scanner.invalid:8289' : '';
    return res.writeHead(201, { location: `${host}/eSCL/ScanJobs/${job.id}` }).end();
  }

  function remove(job: Job, res: ServerResponse): ServerResponse {
    if (faults.lasting('ignore-delete')) return answer(res, 405);
    device.finish(job, 'Canceled', 'JobCanceledByUser');
    // Observed on AirSane: a body on its way then ends cleanly, and its picture is cut.
    job.stopTransfer?.();
    return answer(res, 200);
  }

  async function nextDocument(job: Job, res: ServerResponse, sent: Sent): Promise<ServerResponse> {
    if (job.state !== 'Processing') return answer(res, tellEnd(job));
    if (job.stopTransfer) return answer(res, 503);
    job.touchedAt = Date.now();
    const busy = faults.takeBusy('page');
    if (busy) return answer(res, 503, '', retryAfter(busy.retryAfterSeconds));
    const again = twice.get(job);
    if (again) {
      twice.delete(job);
      await sendPage(job, again, res, new AbortController().signal, sent);
      return res;
    }
    const fault = faults.takeForPage(job.images);
    if (fault?.kind === 'cover-open') return stopFeeder(job, 'ScannerAdfHatchOpen', res);
    if (fault?.kind === 'feeder') return stopFeeder(job, fault.state, res);
    const side = device.takeSide(job);
    if (!side) {
      device.finish(job, 'Completed', 'JobCompletedSuccessfully');
      return answer(res, tellEnd(job));
    }
    if (fault?.kind === 'jam' && fault.body === 'none') return jamInTime(job, res);
    const transfer = new AbortController();
    job.stopTransfer = () => transfer.abort();
    try {
      const jpeg = await sensor.read(side, job.settings);
      if (pageDelayMs > 0) await sleep(pageDelayMs, undefined, { signal: stopping });
      if (fault?.kind === 'twice') twice.set(job, jpeg);
      if (fault && fault.kind !== 'twice') await sendBroken(job, jpeg, fault, res, sent);
      else await sendPage(job, jpeg, res, transfer.signal, sent);
      return res;
    } finally {
      job.stopTransfer = undefined;
      job.touchedAt = Date.now();
    }
  }

  function tellEnd(job: Job): number {
    const first = job.settings.source === 'feeder' && job.state === 'Completed' && !job.endTold;
    job.endTold = true;
    return first ? 409 : 404;
  }

  /** 200 and no byte: how devices tell of a feeder that stopped (observed on AirSane). */
  function stopFeeder(job: Job, state: AdfFault, res: ServerResponse): ServerResponse {
    // Its front may be through already: the sheet goes in again as a whole.
    if (job.sides.length > 0) device.putBack(job);
    device.fail(state);
    device.finish(job, 'Aborted', 'ResourcesAreNotReady');
    return res.writeHead(200, { 'content-type': 'image/jpeg' }).end();
  }

  function jamInTime(job: Job, res: ServerResponse): ServerResponse {
    device.putBack(job);
    device.fail('ScannerAdfJam');
    device.finish(job, 'Aborted', 'ResourcesAreNotReady');
    return answer(res, 409);
  }

  async function sendPage(
    job: Job,
    jpeg: Uint8Array,
    res: ServerResponse,
    stop: AbortSignal,
    sent: Sent,
  ): Promise<void> {
    if (!(await sendBytes(jpeg, res, stop, sent))) return;
    job.images += 1;
    res.end();
    if (job.settings.source === 'platen') device.finish(job, 'Completed', 'JobCompletedSuccessfully');
  }

  /** Chunked body. False where the job was cancelled meanwhile (the body is then ended early) or the client left. */
  async function sendBytes(
    bytes: Uint8Array,
    res: ServerResponse,
    stop: AbortSignal,
    sent: Sent,
  ): Promise<boolean> {
    const gone = new AbortController();
    res.once('close', () => gone.abort());
    const signal = AbortSignal.any([stop, gone.signal]);
    res.writeHead(200, { 'content-type': 'image/jpeg' });
    for (let at = 0; at < bytes.length; at += CHUNK) {
      const delay = faults.lasting('slow')?.chunkDelayMs ?? 0;
      if (delay > 0) await untilAborted(sleep(delay, undefined, { signal }), signal);
      if (stop.aborted) res.end();
      if (signal.aborted) return false;
      const chunk = bytes.subarray(at, at + CHUNK);
      sent.bytes += chunk.length;
      if (!res.write(chunk)) await untilAborted(once(res, 'drain', { signal }), signal);
    }
    return !res.destroyed;
  }

  async function sendBroken(
    job: Job,
    jpeg: Uint8Array,
    fault: PageFault,
    res: ServerResponse,
    sent: Sent,
  ): Promise<void> {
    const never = new AbortController().signal;
    if (fault.kind === 'no-picture') {
      await sendPage(job, Buffer.from(NO_PICTURE[fault.as]), res, never, sent);
      return;
    }
    const half = jpeg.subarray(0, fault.kind === 'jam' && fault.body !== 'cut' ? 0 : jpeg.length >> 1);
    await sendBytes(half, res, never, sent);
    // The half must be on the wire before the line breaks, or the client would only see a refused request.
    await new Promise<void>((resolve) => res.write('', () => resolve()));
    if (fault.kind === 'cut') {
      job.images += 1;
      res.end();
      return;
    }
    device.putBack(job);
    if (fault.kind === 'jam') {
      device.fail('ScannerAdfJam');
      device.finish(job, 'Aborted', 'ResourcesAreNotReady');
      res.end();
    } else if (fault.kind === 'reset') {
      device.finish(job, 'Aborted', 'ErrorsDetected');
      reset(res);
    } else goDown(fault.kind === 'reboot' ? (fault.downMs ?? 300) : undefined);
  }

  return { create, remove, nextDocument };
}

const NO_PICTURE = {
  pdf: '%PDF-1.4\n% no picture\n',
  html: '<!DOCTYPE html><html><body>Login</body></html>',
} as const;

function retryAfter(seconds: number | undefined): Record<string, string> {
  return seconds === undefined ? {} : { 'retry-after': String(seconds) };
}
