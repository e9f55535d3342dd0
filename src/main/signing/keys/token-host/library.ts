import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import pkcs11 from 'pkcs11js';
import { CounterError } from '../../../../contract/errors.ts';
import { assertLoadable } from '../module-file.ts';
import { ckrOf } from './errors.ts';
import type { ProbeResult, TokenChoice, TokenReport } from './messages.ts';

export type Library = pkcs11.PKCS11;
export type Handle = pkcs11.Handle;

export interface FoundToken {
  readonly slot: Handle;
  readonly report: TokenReport;
  readonly pinLengths: { readonly min: number; readonly max: number };
}

/** Bound for what a module may list: terminal servers show some dozens of readers. */
const MAX_SLOTS = 64;

/** The file behind a module's name. Throws TOKEN_MODULE_MISSING. */
export function moduleFile(module: string): string {
  if (!existsSync(module)) throw new CounterError('TOKEN_MODULE_MISSING', { module: path.basename(module) });
  return realpathSync(module);
}

/** Loads and starts a module. Throws TOKEN_MODULE_BITS before a foreign one is touched, TOKEN_MODULE_INVALID. */
export function loadLibrary(file: string): Library {
  assertLoadable(file);
  const library = new pkcs11.PKCS11();
  try {
    library.load(file);
  } catch (cause) {
    throw new CounterError('TOKEN_MODULE_INVALID', { module: path.basename(file) }, { cause });
  }
  initialise(library);
  return library;
}

/** A module that something else in this process has started already serves as well (PKCS#11 v2.40 §5.4). */
export function initialise(library: Library): void {
  try {
    library.C_Initialize();
  } catch (error) {
    if (ckrOf(error) !== 'CKR_CRYPTOKI_ALREADY_INITIALIZED') throw error;
  }
}

/** What the module shows; asks for no PIN. */
export function report(library: Library): ProbeResult {
  const info = library.C_GetInfo();
  const present = new Set(library.C_GetSlotList(true).map((slot) => slot.toString('hex')));
  const all = library.C_GetSlotList(false).slice(0, MAX_SLOTS);
  const slots = all.map((slot) => {
    const description = trimmed(library.C_GetSlotInfo(slot).slotDescription);
    if (!present.has(slot.toString('hex'))) return { description, token: null, fault: null };
    const token = readToken(library, slot);
    return typeof token === 'string'
      ? { description, token: null, fault: token }
      : { description, token: token.report, fault: null };
  });
  const names = [info.manufacturerID, info.libraryDescription].map(trimmed);
  return { library: names.join(' ').trim(), slots };
}

/** The token in a slot, or the CKR name of why it could not be read. */
export function readToken(library: Library, slot: Handle): FoundToken | string {
  try {
    const info = library.C_GetTokenInfo(slot);
    const token: TokenReport = {
      label: trimmed(info.label),
      serial: trimmed(info.serialNumber),
      model: trimmed(info.model),
      manufacturer: trimmed(info.manufacturerID),
      initialised: (info.flags & pkcs11.CKF_TOKEN_INITIALIZED) !== 0,
      pinState: pinStateOf(info.flags),
      pinPad: (info.flags & pkcs11.CKF_PROTECTED_AUTHENTICATION_PATH) !== 0,
    };
    return { slot, report: token, pinLengths: { min: info.minPinLen, max: info.maxPinLen } };
  } catch (error) {
    const ckr = ckrOf(error);
    if (ckr) return ckr;
    throw error;
  }
}

/** Asked of the token anew, because the flags are all that says how many tries are left. */
export function pinStateNow(library: Library, slot: Handle): TokenReport['pinState'] {
  const token = readToken(library, slot);
  return typeof token === 'string' ? 'unknown' : token.report.pinState;
}

/** CKF_USER_PIN_* of CK_TOKEN_INFO (PKCS#11 v2.40 §3.3); a token may set none of them. */
export function pinStateOf(flags: number): TokenReport['pinState'] {
  if (flags & pkcs11.CKF_USER_PIN_LOCKED) return 'locked';
  if (flags & pkcs11.CKF_USER_PIN_FINAL_TRY) return 'final-try';
  if (flags & pkcs11.CKF_USER_PIN_COUNT_LOW) return 'low';
  return 'ok';
}

/** Tokens in the slots that answer to `choice`. */
export function matchingTokens(library: Library, choice: TokenChoice): FoundToken[] {
  return library
    .C_GetSlotList(true)
    .slice(0, MAX_SLOTS)
    .map((slot) => readToken(library, slot))
    .filter((token) => typeof token !== 'string')
    .filter(({ report: token }) => answersTo(token, choice));
}

export function answersTo(token: TokenReport, { label, serial }: TokenChoice): boolean {
  return (
    token.initialised &&
    (label === null || token.label.normalize() === label.normalize()) &&
    (serial === null || token.serial.toLowerCase() === serial.toLowerCase())
  );
}

/** Fields of fixed length are padded with blanks, by some modules with zeros. */
function trimmed(text: string): string {
  return text.replace(/[\0\s]+$/, '');
}
