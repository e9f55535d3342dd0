import { randomUUID } from 'node:crypto';
import type { AdfFault, AdfState, DeviceState, JobLine, JobSettings, JobState } from './escl-messages.ts';
import { type Paper, type Side, sidesOf } from './sensor.ts';

/** Sheets that the simulated feeder takes. */
export const FEEDER_CAPACITY = 10;
const JOBS_REMEMBERED = 10;

export interface Job {
  readonly id: string;
  readonly settings: JobSettings;
  readonly startedAt: number;
  state: JobState;
  reason: string;
  /** Pages handed to the client. */
  images: number;
  /** The end of the feeder is told once with 409, afterwards with 404 (observed on AirSane). */
  endTold: boolean;
  touchedAt: number;
  /** The sheet in the paper path, and its sides that are not scanned yet. */
  sheet: Paper | undefined;
  sides: readonly Side[];
  /** Ends a body that is on its way; set while one is. */
  stopTransfer: (() => void) | undefined;
}

/** The machine without its network: trays, sensors of the feeder and jobs. One job at a time. */
export interface Device {
  load(papers: readonly Paper[]): void;
  place(paper: Paper | undefined): void;
  /** The feeder stops with this state until `recover`. */
  fail(state: AdfFault): void;
  recover(): void;
  /** Undefined when the device is not able to start one now. */
  startJob(settings: JobSettings, now: number): Job | undefined;
  job(id: string): Job | undefined;
  running(now: number): Job | undefined;
  finish(job: Job, state: JobState, reason: string): void;
  /** The side for the job's next page, of a new sheet where the last one is done; undefined when there is none. */
  takeSide(job: Job): Side | undefined;
  /** Puts the job's sheet, which was not scanned whole, back on top, as the clerk does. */
  putBack(job: Job): void;
  forgetJobs(): void;
  blocked(): boolean;
  /** Sheets waiting in the feeder. */
  sheets(): number;
  state(now: number): DeviceState;
  adfState(now: number): AdfState;
  jobLines(now: number): JobLine[];
}

export class FeederOverfull extends Error {
  override readonly name = 'FeederOverfull';
}

/** @param backsFirst a feeder that turns the sheet before it scans gives its back side first */
export function createDevice(jobIdleMs: number, backsFirst = false): Device {
  let feeder: Paper[] = [];
  let glass: Paper | undefined;
  let failure: AdfFault | undefined;
  let jobs: Job[] = [];

  function finish(job: Job, state: JobState, reason: string): void {
    if (job.state !== 'Processing') return;
    job.state = state;
    job.reason = reason;
  }

  function running(now: number): Job | undefined {
    const job = jobs.find((j) => j.state === 'Processing');
    // A client that died must not hold the device for ever: real ones let go after a minute or so.
    if (job && !job.stopTransfer && now - job.touchedAt > jobIdleMs) {
      finish(job, 'Aborted', 'JobTimedOut');
      return undefined;
    }
    return job;
  }

  /** Sheets, or the other side of one, that the running job has still to scan. */
  const more = (now: number) => feeder.length > 0 || (running(now)?.sides.length ?? 0) > 0;

  const device: Device = {
    load(papers) {
      if (papers.length > FEEDER_CAPACITY) throw new FeederOverfull(`${papers.length} sheets`);
      feeder = [...papers];
      if (failure === 'ScannerAdfJam') failure = undefined;
    },
    place(paper) {
      glass = paper;
    },
    fail(state) {
      failure = state;
    },
    recover() {
      failure = undefined;
    },
    startJob(settings, now) {
      if (running(now)) return undefined;
      const job: Job = {
        id: randomUUID(),
        settings,
        startedAt: now,
        state: 'Processing',
        reason: 'JobScanning',
        images: 0,
        endTold: false,
        touchedAt: now,
        sheet: undefined,
        sides: [],
        stopTransfer: undefined,
      };
      jobs = [job, ...jobs].slice(0, JOBS_REMEMBERED);
      return job;
    },
    job: (id) => jobs.find((j) => j.id === id),
    running,
    finish,
    takeSide(job) {
      if (job.settings.source === 'platen') {
        // The glass always has a picture: without a paper it is the lid.
        return job.images === 0 ? (glass ?? { kind: 'blank', seed: 0, skew: 0 }) : undefined;
      }
      if (job.sides.length === 0) {
        job.sheet = feeder.shift();
        if (!job.sheet) return undefined;
        const sides = job.settings.duplex ? sidesOf(job.sheet) : sidesOf(job.sheet).slice(0, 1);
        job.sides = backsFirst ? sides.toReversed() : sides;
      }
      const [side, ...left] = job.sides;
      job.sides = left;
      return side;
    },
    putBack(job) {
      if (job.settings.source === 'feeder' && job.sheet) feeder.unshift(job.sheet);
      job.sheet = undefined;
      job.sides = [];
    },
    forgetJobs() {
      jobs = [];
    },
    blocked: () => failure !== undefined,
    sheets: () => feeder.length,
    state: (now) => (device.blocked() ? 'Stopped' : running(now) ? 'Processing' : 'Idle'),
    adfState(now) {
      if (failure) return failure;
      if (running(now)?.settings.source === 'feeder' && more(now)) return 'ScannerAdfProcessing';
      return feeder.length > 0 ? 'ScannerAdfLoaded' : 'ScannerAdfEmpty';
    },
    jobLines: (now) =>
      jobs.map((j) => ({
        id: j.id,
        state: j.state,
        images: j.images,
        reason: j.reason,
        ageSeconds: Math.max(0, Math.round((now - j.startedAt) / 1000)),
      })),
  };
  return device;
}
