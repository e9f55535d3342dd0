import { CounterError } from '../../../contract/errors.ts';
import type { ScanSettings } from '../../../contract/model.ts';
import type { ScannerDeps } from '../deps.ts';
import type { FoundScanner } from '../found.ts';
import { requireWhole } from '../pages/whole.ts';
import type { RawPage, Scanner } from '../port.ts';
import { runProgramJob } from '../program/job.ts';
import { takePage } from '../program/page.ts';
import type { Program, ProgramSpec } from '../program/run.ts';
import { offeredDpis, type Resolutions } from '../resolution.ts';
import { helperUri } from '../uri.ts';
import { requireRunning } from '../wait.ts';
import { type HelperCommand, type HelperEvent, readEvent, requestLine } from './messages.ts';
import { programEnv } from './program-env.ts';
import type { JsonLinesHelper } from './spec.ts';
import { faultOf, follow, newTalk, type Talk } from './talk.ts';

export interface HelperDevice {
  readonly uri: string;
  /** Name of the helper, and the device by the helper's own identity. */
  readonly helper: string;
  readonly device: string;
  readonly options: Readonly<Record<string, string>>;
}

/** A scanner behind a program that speaks the JSON-lines contract: one process per question and per scan. */
export function jsonLinesScanner(at: HelperDevice, spec: JsonLinesHelper, deps: ScannerDeps): Scanner {
  return {
    uri: at.uri,
    describe: async (signal) => {
      const request = requestLine('describe', at.device);
      for await (const said of ask('describe', request, spec, deps, signal)) {
        if (said.event !== 'description') continue;
        const { sources, modes } = said;
        const name = said.name || at.device;
        const dpis = offeredDpis(resolutionsOf(said.dpis));
        return { uri: at.uri, name, origin: 'configured', sources, dpis, modes };
      }
      throw new CounterError('SCANNER_PROTOCOL', { what: 'no-description' });
    },
    scan: (settings, signal) => scan(at, spec, deps, settings, signal),
  };
}

/** Devices that a helper sees. @throws CounterError as of its end */
export async function listJsonLines(
  helper: string,
  spec: JsonLinesHelper,
  deps: ScannerDeps,
  signal: AbortSignal,
): Promise<FoundScanner[]> {
  const found: FoundScanner[] = [];
  for await (const said of ask('list', requestLine('list'), spec, deps, signal)) {
    if (said.event !== 'device') continue;
    const { id, name } = said;
    found.push({ uri: helperUri(helper, id), name: name || id, origin: 'configured', note: '', uuid: '' });
  }
  return found;
}

/** 256 devices and what stands around them. */
const MAX_ITEMS = 258;

type Dpis = Extract<HelperEvent, { event: 'description' }>['dpis'];

function resolutionsOf(dpis: Dpis): Resolutions {
  if (!Array.isArray(dpis)) return { kind: 'range', min: dpis.min, max: dpis.max, step: dpis.step ?? 1 };
  return { kind: 'list', values: [...new Set(dpis)].sort((a, b) => a - b) };
}

/** The items of an answer; the answer counts only once it has ended well, so that the last one waits for the end. */
async function* ask(
  command: 'list' | 'describe',
  request: string,
  spec: JsonLinesHelper,
  deps: ScannerDeps,
  signal: AbortSignal,
): AsyncGenerator<HelperEvent, void, void> {
  requireRunning(signal);
  const read = async function* (program: Program) {
    const said: HelperEvent[] = [];
    const talk = { now: newTalk(command) };
    for await (const event of eventsOf(program, talk, deps)) {
      requireRunning(signal);
      said.push(event);
      if (said.length > MAX_ITEMS) throw new CounterError('SCANNER_PROTOCOL', { what: 'endless-list' });
    }
    await requireDone(program, talk.now, deps);
    yield* said;
  };
  yield* runProgramJob((folder) => specOf(command, request, spec, folder, deps), read, deps, signal);
}

async function* scan(
  at: HelperDevice,
  spec: JsonLinesHelper,
  deps: ScannerDeps,
  settings: ScanSettings,
  signal: AbortSignal,
): AsyncGenerator<RawPage, void, void> {
  requireRunning(signal);
  const release = deps.locks.take(`helper:${at.helper}/${at.device}`);
  try {
    const { maxPageBytes } = deps.limits;
    // A platen holds one side.
    const maxPages = settings.source === 'platen' ? 1 : deps.limits.maxPages;
    const limits = { maxPages, maxPageBytes };
    const request = requestLine('scan', at.device, { settings, options: at.options, limits });
    const read = (program: Program, folder: string) => pagesOf(program, folder, maxPages, deps, signal);
    yield* runProgramJob((folder) => specOf('scan', request, spec, folder, deps), read, deps, signal);
  } finally {
    release();
  }
}

function specOf(
  command: HelperCommand,
  input: string,
  spec: JsonLinesHelper,
  folder: string,
  deps: ScannerDeps,
): ProgramSpec {
  const { listMs: firstMs, idleMs, killGraceMs, maxLineBytes } = deps.limits;
  return {
    program: spec.program,
    args: [...(spec.args ?? []), command],
    env: programEnv(spec.env, folder, deps),
    cwd: folder,
    input,
    firstMs,
    idleMs,
    // Its reports are events; standard error is for the log and may be endless.
    stderrIsLife: false,
    killGraceMs,
    maxLineBytes,
  };
}

async function* eventsOf(
  program: Program,
  talk: { now: Talk },
  deps: ScannerDeps,
): AsyncGenerator<HelperEvent, void, void> {
  for await (const line of program.lines) {
    // It has named its failure: what it writes in falling does not matter.
    if (talk.now.state === 'failed') continue;
    const event = readEvent(line);
    talk.now = follow(talk.now, event);
    if (talk.now.state === 'ended' || talk.now.state === 'failed') program.windUp(deps.limits.closeMs);
    yield event;
  }
}

async function* pagesOf(
  program: Program,
  folder: string,
  maxPages: number,
  deps: ScannerDeps,
  signal: AbortSignal,
): AsyncGenerator<RawPage, void, void> {
  const talk = { now: newTalk('scan') };
  const names = new Set<string>();
  for await (const event of eventsOf(program, talk, deps)) {
    requireRunning(signal);
    if (event.event !== 'page') continue;
    const { index, file, dpi } = event;
    // A feeder that never runs empty is a platen under another name, or a broken sensor.
    if (index >= maxPages) throw new CounterError('SCANNER_PROTOCOL', { what: 'endless-job', pages: index });
    if (names.has(file.toLowerCase())) {
      throw new CounterError('SCANNER_PROTOCOL', { what: 'page-twice', page: index + 1 });
    }
    names.add(file.toLowerCase());
    const bytes = await takePage(folder, file, index, deps);
    yield { index, bytes, format: requireWhole(bytes, index), dpi };
  }
  await requireDone(program, talk.now, deps);
}

async function requireDone(program: Program, talk: Talk, deps: ScannerDeps): Promise<void> {
  const end = await program.ended;
  const fault = faultOf(talk, end);
  if (fault) throw fault;
  if (end.code !== 0) {
    deps.note('scan helper ended badly after its work', new Error(`exit status ${end.code ?? 'none'}`));
  }
}
