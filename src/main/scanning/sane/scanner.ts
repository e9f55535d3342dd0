import { CounterError } from '../../../contract/errors.ts';
import type { ScannerDevice, ScanSettings } from '../../../contract/model.ts';
import type { ScannerDeps } from '../deps.ts';
import type { FoundScanner } from '../found.ts';
import { requireWhole } from '../pages/whole.ts';
import type { RawPage, Scanner } from '../port.ts';
import { runProgramJob } from '../program/job.ts';
import { takePage } from '../program/page.ts';
import { type Program, type ProgramSpec, startProgram } from '../program/run.ts';
import { type SaneOptions, saneUri } from '../uri.ts';
import { requireRunning } from '../wait.ts';
import { faultOf } from './faults.ts';
import {
  chooseArguments,
  offeredSaneDpis,
  parseOptions,
  readCaps,
  type SaneCaps,
  type SaneOrder,
} from './options.ts';

/** A scanner that a SANE back end drives, through the program scanimage: one process per scan. */
export function saneScanner(uri: string, device: string, extra: SaneOptions, deps: ScannerDeps): Scanner {
  return {
    uri,
    describe: async (signal) => describeDevice(uri, device, await readDevice(device, deps, signal)),
    scan: (settings, signal) => scan(device, extra, deps, settings, signal),
  };
}

function commonSpec(deps: ScannerDeps) {
  const { killGraceMs, maxLineBytes } = deps.limits;
  const program = deps.env.COUNTER_SCANIMAGE || 'scanimage';
  // Its messages are read: they must be the untranslated ones.
  const env = { ...deps.env, LC_ALL: 'C' };
  return { program, env, stderrIsLife: true, killGraceMs, maxLineBytes };
}

/** Runs scanimage for its text. @throws CounterError by its end */
async function output(args: readonly string[], ms: number, deps: ScannerDeps, signal: AbortSignal) {
  requireRunning(signal);
  const program = startProgram({ ...commonSpec(deps), args, firstMs: ms, idleMs: ms }, signal);
  const lines: string[] = [];
  const [end] = await Promise.all([program.ended, collect(program.lines, lines)]);
  const fault = faultOf(end, 1);
  if (fault) throw fault;
  return lines.join('\n');
}

async function collect(lines: AsyncIterable<Buffer>, into: string[]): Promise<void> {
  for await (const line of lines) into.push(line.toString('utf8'));
}

async function readDevice(device: string, deps: ScannerDeps, signal: AbortSignal): Promise<SaneCaps> {
  const args = [`--device-name=${device}`, '--all-options'];
  return readCaps(parseOptions(await output(args, deps.limits.statusMs, deps, signal)));
}

function describeDevice(uri: string, device: string, caps: SaneCaps): ScannerDevice {
  return {
    uri,
    name: device,
    origin: 'sane',
    sources: (['adf', 'adf-duplex', 'platen'] as const).filter((s) => Object.hasOwn(caps.sources, s)),
    dpis: offeredSaneDpis(caps),
    modes: (['color', 'gray', 'bw'] as const).filter((m) => caps.modes[m] !== undefined),
  };
}

const EXTENSION = { jpeg: 'jpg', pnm: 'pnm' } as const;

async function* scan(
  device: string,
  extra: SaneOptions,
  deps: ScannerDeps,
  settings: ScanSettings,
  signal: AbortSignal,
): AsyncGenerator<RawPage, void, void> {
  const release = deps.locks.take(`sane:${device}`);
  try {
    const order = chooseArguments(await readDevice(device, deps, signal), settings, extra);
    requireRunning(signal);
    const specOf = (folder: string) => scanSpec(device, order, settings.source === 'platen', folder, deps);
    const read = (program: Program, folder: string) => pagesOf(program, folder, order.dpi, deps, signal);
    yield* runProgramJob(specOf, read, deps, signal);
  } finally {
    release();
  }
}

function scanSpec(
  device: string,
  order: SaneOrder,
  single: boolean,
  folder: string,
  deps: ScannerDeps,
): ProgramSpec {
  const { limits, saneFormat } = deps;
  const args = [
    `--device-name=${device}`,
    `--format=${saneFormat}`,
    // A page's name is printed once the page is complete under it; until then it is called .part.
    `--batch=p%05d.${EXTENSION[saneFormat]}`,
    '--batch-print',
    // Progress on standard error shows the watchdog that a slow page still moves.
    '--progress',
    `--batch-count=${single ? 1 : limits.maxPages}`,
    ...order.args,
  ];
  const { firstByteMs: firstMs, idleMs } = limits;
  const closing = { pattern: /^Batch terminated/m, ms: limits.closeMs };
  return { ...commonSpec(deps), args, cwd: folder, firstMs, idleMs, closing };
}

async function* pagesOf(
  program: Program,
  folder: string,
  dpi: number,
  deps: ScannerDeps,
  signal: AbortSignal,
): AsyncGenerator<RawPage, void, void> {
  let index = 0;
  for await (const line of program.lines) {
    requireRunning(signal);
    const name = line.toString('latin1');
    if (!/^p\d{5,}\.(?:jpg|pnm)$/.test(name)) {
      throw new CounterError('SCANNER_PROTOCOL', { what: 'scan-program-output' });
    }
    const bytes = await takePage(folder, name, index, deps);
    yield { index, bytes, format: requireWhole(bytes, index), dpi };
    index++;
  }
  const fault = faultOf(await program.ended, index);
  if (fault) throw fault;
  // A feeder that never runs empty is a platen under another name, or a broken sensor.
  if (index >= deps.limits.maxPages)
    throw new CounterError('SCANNER_PROTOCOL', { what: 'endless-job', pages: index });
}

/**
 * Devices that the SANE back ends of this machine see. May take seconds: network back ends search.
 *
 * @throws CounterError SCANNER_TOOL_MISSING, SCANNER_TIMEOUT, SCANNER_IO, CANCELLED
 */
export async function listSaneDevices(deps: ScannerDeps, signal: AbortSignal): Promise<FoundScanner[]> {
  const format = '--formatted-device-list=%d\t%v %m%n';
  const text = await output([format], deps.limits.listMs, deps, signal);
  return text.split('\n').flatMap((line) => {
    const [device = '', name = ''] = line.split('\t');
    if (device === '' || !line.includes('\t')) return [];
    return [
      { uri: saneUri(device), name: name.trim() || device, origin: 'sane' as const, note: '', uuid: '' },
    ];
  });
}
