import { readFile, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { CounterError } from '../../../contract/errors.ts';
import type { ScannerDevice, ScanSettings } from '../../../contract/model.ts';
import type { ScannerDeps } from '../deps.ts';
import type { FoundScanner } from '../found.ts';
import { requireWhole } from '../pages/whole.ts';
import type { RawPage, Scanner } from '../port.ts';
import { type SaneOptions, saneUri } from '../uri.ts';
import { requireRunning } from '../wait.ts';
import { faultOf } from './faults.ts';
import { makeScanFolder, removeScanFolder } from './folder.ts';
import {
  chooseArguments,
  offeredSaneDpis,
  parseOptions,
  readCaps,
  type SaneCaps,
  type SaneOrder,
} from './options.ts';
import { type Program, type ProgramEnd, startProgram } from './program.ts';

/** A scanner that a SANE back end drives, through the program scanimage: one process per scan. */
export function saneScanner(uri: string, device: string, extra: SaneOptions, deps: ScannerDeps): Scanner {
  return {
    uri,
    describe: async (signal) => describeDevice(uri, device, await readDevice(device, deps, signal)),
    scan: (settings, signal) => scan(device, extra, deps, settings, signal),
  };
}

function programOf(deps: ScannerDeps): string {
  return deps.env.COUNTER_SCANIMAGE || 'scanimage';
}

/** Runs scanimage for its text. @throws CounterError by its end */
async function output(args: readonly string[], ms: number, deps: ScannerDeps, signal: AbortSignal) {
  requireRunning(signal);
  const { killGraceMs } = deps.limits;
  const spec = { program: programOf(deps), args, env: deps.env, firstMs: ms, idleMs: ms, killGraceMs };
  const program = startProgram(spec, signal);
  const lines: string[] = [];
  const [end] = await Promise.all([program.ended, collect(program.lines, lines)]);
  const fault = faultOf(end, 1);
  if (fault) throw fault;
  return lines.join('\n');
}

async function collect(lines: AsyncIterable<string>, into: string[]): Promise<void> {
  for await (const line of lines) into.push(line);
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
    const folder = await makeScanFolder(deps.tempRoot, deps.note);
    try {
      yield* runScan(device, order, settings.source === 'platen', folder, deps, signal);
    } finally {
      await removeScanFolder(folder, deps.note);
    }
  } finally {
    release();
  }
}

async function* runScan(
  device: string,
  order: SaneOrder,
  single: boolean,
  folder: string,
  deps: ScannerDeps,
  signal: AbortSignal,
): AsyncGenerator<RawPage, void, void> {
  requireRunning(signal);
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
  const { firstByteMs: firstMs, idleMs, killGraceMs } = limits;
  const closing = { pattern: /^Batch terminated/m, ms: limits.closeMs };
  const program = startProgram(
    { program: programOf(deps), args, env: deps.env, cwd: folder, firstMs, idleMs, closing, killGraceMs },
    signal,
  );
  try {
    yield* pagesOf(program, folder, order.dpi, deps, signal);
  } finally {
    await program.stop();
  }
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
    const bytes = await takePage(folder, line, index, deps);
    yield { index, bytes, format: requireWhole(bytes, index), dpi };
    index++;
  }
  const end: ProgramEnd = await program.ended;
  const fault = faultOf(end, index);
  if (fault) throw fault;
  // A feeder that never runs empty is a platen under another name, or a broken sensor.
  if (index >= deps.limits.maxPages)
    throw new CounterError('SCANNER_PROTOCOL', { what: 'endless-job', pages: index });
}

/** Reads a finished page and removes its file, so that a long job does not fill the disk twice. */
async function takePage(folder: string, name: string, index: number, deps: ScannerDeps): Promise<Buffer> {
  if (!/^p\d{5,}\.(?:jpg|pnm)$/.test(name)) {
    throw new CounterError('SCANNER_PROTOCOL', { what: 'scan-program-output' });
  }
  const file = path.join(folder, name);
  const { size } = await stat(file);
  if (size > deps.limits.maxPageBytes)
    throw new CounterError('SCANNER_PROTOCOL', { what: 'page-too-large', page: index + 1 });
  const bytes = await readFile(file);
  await unlink(file);
  return bytes;
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
