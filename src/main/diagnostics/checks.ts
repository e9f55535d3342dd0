import { stat, statfs } from 'node:fs/promises';
import type { ScannerDevice, SigningKeyInfo } from '../../contract/model.ts';
import type { Check, CheckResult } from './run.ts';

const MIB = 1024 * 1024;
/** Some 1,000 colour pages; below it a day's work may not fit. */
const DISK_WARNING_BYTES = 2048 * MIB;
const DISK_FAILED_BYTES = 200 * MIB;
/** Times on slips and signatures are read by others: more than this is seen. */
const CLOCK_WARNING_S = 60;

/** Room for pages where the store lies. */
export function diskCheck(
  folder: string,
  measure: (folder: string) => Promise<{ readonly bavail: number; readonly bsize: number }> = (f) =>
    statfs(f),
): Check {
  return async () => {
    const { bavail, bsize } = await measure(folder);
    const free = bavail * bsize;
    const status = free < DISK_FAILED_BYTES ? 'failed' : free < DISK_WARNING_BYTES ? 'warning' : 'ok';
    return { status, details: { freeMiB: Math.floor(free / MIB) } };
  };
}

/** The database answers and what it says of the vault is true; secrets on disk are the user's alone. */
export function storeCheck(parts: {
  readonly count: () => { readonly dossiers: number; readonly objects: number };
  readonly missingObjects: () => number;
  readonly configFile: string;
}): Check {
  return async () => {
    const { dossiers, objects } = parts.count();
    const missing = parts.missingObjects();
    const { mode } = await stat(parts.configFile);
    const exposed = process.platform !== 'win32' && (mode & 0o077) !== 0;
    const status = missing > 0 ? 'failed' : exposed ? 'warning' : 'ok';
    return { status, details: { dossiers, objects, missing, configReadableByOthers: exposed } };
  };
}

/** Every scanner that was configured answers. */
export function scannerCheck(list: () => Promise<readonly ScannerDevice[]>, configured: number): Check {
  return async () => {
    const devices = await list();
    const found = devices.length;
    if (found === 0 || found < configured) return tooFew(found, configured);
    return { status: 'ok', details: { found, names: devices.map((device) => device.name).join(', ') } };
  };
}

function tooFew(found: number, configured: number): CheckResult {
  return { status: found === 0 && configured > 0 ? 'failed' : 'warning', details: { found, configured } };
}

/** The keys that were configured are there and no PIN is running out. No PIN is asked for and no try is spent. */
export function keyCheck(list: () => Promise<readonly SigningKeyInfo[]>, configured: number): Check {
  return async () => {
    const keys = await list();
    const states = keys.map((key) => key.pinState);
    if (keys.length === 0 || (keys.length < configured && !states.includes('locked')))
      return tooFew(keys.length, configured);
    const status = states.includes('locked') ? 'failed' : states.some(isRunningOut) ? 'warning' : 'ok';
    return { status, details: { found: keys.length, pinStates: states.join(', ') } };
  };
}

const isRunningOut = (state: SigningKeyInfo['pinState']) => state === 'low' || state === 'final-try';

/** The province answers, and its clock and ours agree. */
export function provinceCheck(baseUrl: string | null, now: () => Date): Check {
  return async (signal) => {
    if (baseUrl === null) return { status: 'skipped', details: { configured: false } };
    let response: Response;
    try {
      response = await fetch(baseUrl, { method: 'HEAD', signal, redirect: 'manual' });
    } catch (error) {
      return { status: 'failed', details: { code: 'PROVINCE_UNREACHABLE', reason: reasonOf(error) } };
    }
    const { status: http } = response;
    if (http >= 500) return { status: 'failed', details: { code: 'PROVINCE_FAILED', status: http } };
    const theirs = Date.parse(response.headers.get('date') ?? '');
    if (Number.isNaN(theirs)) return { status: 'ok', details: { clock: 'unknown' } };
    const seconds = Math.round((now().getTime() - theirs) / 1000);
    const status = Math.abs(seconds) > CLOCK_WARNING_S ? 'warning' : 'ok';
    return { status, details: { clockOffsetSeconds: seconds } };
  };
}

/** fetch hides the system's own code one level down. */
function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: unknown } };
  return typeof cause?.code === 'string' ? cause.code : error instanceof Error ? error.name : 'unknown';
}
