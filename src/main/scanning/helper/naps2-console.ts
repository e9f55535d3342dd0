import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { CounterError } from '../../../contract/errors.ts';
import type { ScannerDevice, ScanSettings } from '../../../contract/model.ts';
import type { ScannerDeps } from '../deps.ts';
import type { FoundScanner } from '../found.ts';
import { requireWhole } from '../pages/whole.ts';
import type { RawPage, Scanner } from '../port.ts';
import { runProgramJob } from '../program/job.ts';
import { takePage } from '../program/page.ts';
import type { Program, ProgramEnd, ProgramSpec } from '../program/run.ts';
import { helperUri } from '../uri.ts';
import { requireRunning } from '../wait.ts';
import type { HelperDevice } from './json-lines.ts';
import { naps2Fault } from './naps2-faults.ts';
import { programEnv } from './program-env.ts';
import { NAPS2_DRIVERS, type Naps2ConsoleHelper } from './spec.ts';

/*
 * Options, defaults and ends of NAPS2 8.3: cyanfish/naps2, NAPS2.Lib/Automation/AutomatedScanningOptions.cs and
 * AutomatedScanning.cs, NAPS2.Lib/EntryPoints/ConsoleEntryPoint.cs. Pages are written once the last one is scanned.
 */

const SOURCES = { platen: 'glass', adf: 'feeder', 'adf-duplex': 'duplex' } as const;
const ALL_SOURCES = ['adf', 'adf-duplex', 'platen'] as const;
/** What the counter offers where the program cannot say what the device has. */
const DPIS = [150, 200, 300, 400, 600];

/** A scanner behind NAPS2's console program: one process per scan, its pages taken when it has ended. */
export function naps2ConsoleScanner(at: HelperDevice, spec: Naps2ConsoleHelper, deps: ScannerDeps): Scanner {
  return {
    uri: at.uri,
    describe: (signal) => describe(at, spec, deps, signal),
    scan: (settings, signal) => scan(at, spec, deps, settings, signal),
  };
}

async function describe(
  at: HelperDevice,
  spec: Naps2ConsoleHelper,
  deps: ScannerDeps,
  signal: AbortSignal,
): Promise<ScannerDevice> {
  const driver = driverOf(at, spec);
  const names = await deviceNames(driver, spec, deps, signal);
  if (!names.includes(at.device)) throw new CounterError('SCANNER_UNREACHABLE', { reason: 'not-listed' });
  const sources = [...(spec.sources ?? ALL_SOURCES)];
  return {
    uri: at.uri,
    name: at.device,
    origin: 'configured',
    sources,
    dpis: DPIS,
    modes: ['color', 'gray', 'bw'],
  };
}

/** Devices of the helper's driver. @throws CounterError as of its end */
export async function listNaps2Console(
  helper: string,
  spec: Naps2ConsoleHelper,
  deps: ScannerDeps,
  signal: AbortSignal,
): Promise<FoundScanner[]> {
  const names = await deviceNames(spec.driver, spec, deps, signal);
  return names.map((name) => ({
    uri: helperUri(helper, name),
    name,
    origin: 'configured' as const,
    note: '',
    uuid: '',
  }));
}

async function deviceNames(
  driver: string,
  spec: Naps2ConsoleHelper,
  deps: ScannerDeps,
  signal: AbortSignal,
): Promise<string[]> {
  requireRunning(signal);
  const args = ['--listdevices', `--driver=${driver}`];
  const { listMs } = deps.limits;
  const specOf = (folder: string) => consoleSpec(spec, args, folder, { first: listMs, idle: listMs }, deps);
  const read = async function* (program: Program) {
    const text = await outputOf(program);
    const fault = naps2Fault(text.end, text.lines, 1);
    if (fault) throw fault;
    yield* text.lines.map((line) => line.trim()).filter((line) => line !== '');
  };
  const names: string[] = [];
  for await (const name of runProgramJob(specOf, read, deps, signal)) names.push(name);
  return names;
}

async function* scan(
  at: HelperDevice,
  spec: Naps2ConsoleHelper,
  deps: ScannerDeps,
  settings: ScanSettings,
  signal: AbortSignal,
): AsyncGenerator<RawPage, void, void> {
  requireRunning(signal);
  const driver = driverOf(at, spec);
  if (spec.sources && !spec.sources.includes(settings.source)) {
    throw new CounterError('SCANNER_UNSUPPORTED', { what: 'source', wanted: settings.source });
  }
  const release = deps.locks.take(`helper:${at.helper}/${at.device}`);
  try {
    const { firstByteMs: first, idleMs: idle } = deps.limits;
    const specOf = (folder: string) =>
      consoleSpec(
        spec,
        scanArguments(at.device, driver, spec, settings, folder),
        folder,
        { first, idle },
        deps,
      );
    const read = (program: Program, folder: string) => pagesOf(program, folder, settings.dpi, deps, signal);
    yield* runProgramJob(specOf, read, deps, signal);
  } finally {
    release();
  }
}

/**
 * The command line for a scan. Every value is joined to its option by '=', so that a device's name can never be taken
 * for an option. NAPS2 takes the first device whose name contains the given one.
 */
export function scanArguments(
  device: string,
  driver: string,
  spec: Naps2ConsoleHelper,
  settings: ScanSettings,
  folder: string,
): string[] {
  // Bilevel as PNG: JPEG would smear the strokes.
  const extension = settings.mode === 'bw' ? 'png' : 'jpg';
  return [
    '--noprofile',
    `--driver=${driver}`,
    `--device=${device}`,
    `--source=${SOURCES[settings.source]}`,
    `--dpi=${settings.dpi}`,
    `--bitdepth=${settings.mode}`,
    '--pagesize=a4',
    `--jpegquality=${spec.jpegQuality ?? 90}`,
    '--force',
    // A line a page, which shows the watchdog that the job moves.
    '--verbose',
    `--output=${path.join(folder, `p$(nnnnn).${extension}`)}`,
  ];
}

/** The one option that a URI may give: another driver of the same program. */
function driverOf(at: HelperDevice, spec: Naps2ConsoleHelper): string {
  const { driver = spec.driver, ...others } = at.options;
  const foreign = Object.keys(others)[0];
  const known: readonly string[] = NAPS2_DRIVERS;
  if (foreign !== undefined || !known.includes(driver)) {
    throw new CounterError('SCANNER_UNSUPPORTED', { what: 'option', wanted: foreign ?? 'driver' });
  }
  return driver;
}

function consoleSpec(
  spec: Naps2ConsoleHelper,
  args: readonly string[],
  folder: string,
  silence: { first: number; idle: number },
  deps: ScannerDeps,
): ProgramSpec {
  const { killGraceMs, maxLineBytes } = deps.limits;
  return {
    program: spec.program,
    args: [...(spec.args ?? []), ...args],
    env: programEnv(spec.env, folder, deps),
    cwd: folder,
    firstMs: silence.first,
    idleMs: silence.idle,
    stderrIsLife: false,
    killGraceMs,
    maxLineBytes,
  };
}

/** What is kept of its report: the end, where a fault stands. */
const MAX_LINES = 500;

async function outputOf(program: Program): Promise<{ lines: string[]; end: ProgramEnd }> {
  const lines: string[] = [];
  for await (const line of program.lines) {
    lines.push(line.toString('utf8'));
    if (lines.length > MAX_LINES) lines.shift();
  }
  return { lines, end: await program.ended };
}

async function* pagesOf(
  program: Program,
  folder: string,
  dpi: number,
  deps: ScannerDeps,
  signal: AbortSignal,
): AsyncGenerator<RawPage, void, void> {
  const { lines, end } = await outputOf(program);
  requireRunning(signal);
  const names = (await readdir(folder)).filter((name) => /^p\d{1,9}\.(?:jpg|png)$/.test(name));
  const order = new Intl.Collator('en', { numeric: true });
  names.sort(order.compare);
  const { maxPages } = deps.limits;
  const fault = naps2Fault(end, lines, names.length);
  for (const [index, name] of names.slice(0, maxPages).entries()) {
    requireRunning(signal);
    yield await readPage(folder, name, index, dpi, fault, deps);
  }
  if (fault) throw fault;
  if (names.length > maxPages) {
    throw new CounterError('SCANNER_PROTOCOL', { what: 'endless-job', pages: names.length });
  }
}

/** After a fault a page may be half written: then the fault is what happened, not the cut page. */
async function readPage(
  folder: string,
  name: string,
  index: number,
  dpi: number,
  fault: CounterError | undefined,
  deps: ScannerDeps,
): Promise<RawPage> {
  try {
    const bytes = await takePage(folder, name, index, deps);
    return { index, bytes, format: requireWhole(bytes, index), dpi };
  } catch (error) {
    throw fault ?? error;
  }
}
