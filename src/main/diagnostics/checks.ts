import { stat, statfs } from 'node:fs/promises';
import type { ScannerDevice, SigningKeyInfo } from '../../contract/model.ts';
import type { Check } from './run.ts';

const MIB = 1024 * 1024;
/** Some 1,000 colour pages; below it a day's work may not fit. */
const DISK_WARNING_BYTES = 2048 * MIB;
const DISK_FAILED_BYTES = 200 * MIB;
/** Times on slips and signatures are read by others: more than this is seen. */
const CLOCK_WARNING_S = 60;

/** Room for pages where the store lies. */
export function diskCheck(folder: string): Check {
  return async () => {
    const { bavail, bsize } = await statfs(folder);
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

/** At least one scanner answers. */
export function scannerCheck(list: () => Promise<readonly ScannerDevice[]>, configured: number): Check {
  return async () => {
    const found = await list();
    const names = found.map((device) => device.name).join(', ');
    if (found.length > 0) return { status: 'ok', details: { found: found.length, names } };
    return { status: configured > 0 ? 'failed' : 'warning', details: { found: 0, configured } };
  };
}

/** A signing key is there and its PIN is not running out. No PIN is asked for and no try is spent. */
export function keyCheck(list: () => Promise<readonly SigningKeyInfo[]>, configured: number): Check {
  return async () => {
    const keys = await list();
    if (keys.length === 0) {
      return { status: configured > 0 ? 'failed' : 'warning', details: { found: 0, configured } };
    }
    const states = keys.map((key) => key.pinState);
    const status = states.includes('locked') ? 'failed' : states.some(isRunningOut) ? 'warning' : 'ok';
    return { status, details: { found: keys.length, pinStates: states.join(', ') } };
  };
}

const isRunningOut = (state: SigningKeyInfo['pinState']) => state === 'low' || state === 'final-try';

/** The province answers, and its clock and ours agree. */
export function provinceCheck(baseUrl: string | null, now: () => Date): Check {
  return async (signal) => {
    if (baseUrl === null) return { status: 'skipped', details: { configured: false } };
    const response = await fetch(baseUrl, { method: 'HEAD', signal, redirect: 'manual' }).catch(() => null);
    if (!response) return { status: 'failed', details: { code: 'PROVINCE_UNREACHABLE' } };
    const theirs = Date.parse(response.headers.get('date') ?? '');
    if (Number.isNaN(theirs)) return { status: 'ok', details: { clock: 'unknown' } };
    const seconds = Math.round((now().getTime() - theirs) / 1000);
    const status = Math.abs(seconds) > CLOCK_WARNING_S ? 'warning' : 'ok';
    return { status, details: { clockOffsetSeconds: seconds } };
  };
}
