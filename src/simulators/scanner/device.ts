import { randomUUID } from 'node:crypto';
import type { AdfState, JobLine, JobSettings, JobState } from './escl-messages.ts';
import type { Paper } from './sensor.ts';

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
  /** Ends a body that is on its way; set while one is. */
  stopTransfer: (() => void) | undefined;
}

/** The machine without its network: trays, cover, jam and jobs. One job at a time. */
export interface Device {
  load(papers: readonly Paper[]): void;
  place(paper: Paper | undefined): void;
  jam(): void;
  openCover(): void;
  recover(): void;
  /** Undefined when the device is not able to start one now. */
  startJob(settings: JobSettings, now: number): Job | undefined;
  job(id: string): Job | undefined;
  running(now: number): Job | undefined;
  finish(job: Job, state: JobState, reason: string): void;
  /** Takes the sheet for the job's next page; undefined when there is none. */
  takeSheet(job: Job): Paper | undefined;
  /** Puts a sheet that jammed back on top, as the clerk does. */
  putBack(paper: Paper): void;
  forgetJobs(): void;
  blocked(): boolean;
  /** Sheets waiting in the feeder. */
  sheets(): number;
  state(now: number): 'Idle' | 'Processing' | 'Stopped';
  adfState(now: number): AdfState;
  jobLines(now: number): JobLine[];
}

export class FeederOverfull extends Error {
  override readonly name = 'FeederOverfull';
}

export function createDevice(jobIdleMs: number): Device {
  let feeder: Paper[] = [];
  let glass: Paper | undefined;
  let jammed = false;
  let coverOpen = false;
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

  const device: Device = {
    load(papers) {
      if (papers.length > FEEDER_CAPACITY) throw new FeederOverfull(`${papers.length} sheets`);
      feeder = [...papers];
      jammed = false;
    },
    place(paper) {
      glass = paper;
    },
    jam() {
      jammed = true;
    },
    openCover() {
      coverOpen = true;
    },
    recover() {
      jammed = false;
      coverOpen = false;
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
        stopTransfer: undefined,
      };
      jobs = [job, ...jobs].slice(0, JOBS_REMEMBERED);
      return job;
    },
    job: (id) => jobs.find((j) => j.id === id),
    running,
    finish,
    takeSheet(job) {
      if (job.settings.source === 'feeder') return feeder.shift();
      // The glass always has a picture: without a paper it is the lid.
      return job.images === 0 ? (glass ?? { kind: 'blank', seed: 0, skew: 0 }) : undefined;
    },
    putBack(paper) {
      feeder.unshift(paper);
    },
    forgetJobs() {
      jobs = [];
    },
    blocked: () => jammed || coverOpen,
    sheets: () => feeder.length,
    state: (now) => (device.blocked() ? 'Stopped' : running(now) ? 'Processing' : 'Idle'),
    adfState(now) {
      if (coverOpen) return 'ScannerAdfHatchOpen';
      if (jammed) return 'ScannerAdfJam';
      if (running(now)?.settings.source === 'feeder' && feeder.length > 0) return 'ScannerAdfProcessing';
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
