import { createHash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import pkcs11 from 'pkcs11js';
import { CounterError } from '../../../../contract/errors.ts';
import { ckrOf, tokenError } from './errors.ts';
import type { HostRequest, OpenResult, ProbeResult, TokenChoice, TokenReport } from './messages.ts';

type Library = pkcs11.PKCS11;
type Handle = pkcs11.Handle;

/** Loaded modules, and sessions under the numbers by which the outside knows them. */
export interface TokenDriver {
  probe(module: string): ProbeResult;
  /** `pin` is wiped before this returns, whatever happens. */
  open(module: string, choice: TokenChoice, pin: Uint8Array): OpenResult;
  sign(request: Extract<HostRequest, { op: 'sign' }>): Uint8Array;
  close(session: number): void;
}

interface Session {
  readonly library: Library;
  readonly slot: Handle;
  readonly handle: Handle;
  readonly mechanisms: readonly number[];
  readonly keys: ReadonlyMap<string, Handle>;
}

interface FoundToken {
  readonly slot: Handle;
  readonly report: TokenReport;
  readonly pinLengths: { readonly min: number; readonly max: number };
}

/** Bounds for what a token may list: real ones hold a handful. */
const MAX_OBJECTS = 256;
/** DER of the DigestInfo up to the hash's octets (RFC 8017 §9.2, note 1). */
const SHA256_DIGEST_INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex');
const SIGNATURE_BYTES = 1024;

export function createTokenDriver(): TokenDriver {
  const libraries = new Map<string, Library>();
  const sessions = new Map<number, Session>();
  let nextSession = 0;

  /** One library for a file, under however many names it is known. */
  function libraryOf(module: string): Library {
    if (!existsSync(module))
      throw new CounterError('TOKEN_MODULE_MISSING', { module: path.basename(module) });
    const file = realpathSync(module);
    const known = libraries.get(file);
    if (known) return known;
    const library = loadLibrary(file);
    libraries.set(file, library);
    return library;
  }

  /** Some modules see a token that was plugged in late only after a fresh start; that ends open sessions. */
  function refresh(library: Library): boolean {
    if ([...sessions.values()].some((s) => s.library === library)) return false;
    library.C_Finalize();
    initialise(library);
    return true;
  }

  function find(module: string, choice: TokenChoice): { library: Library; token: FoundToken } {
    const library = libraryOf(module);
    let matching = matchingTokens(library, choice);
    if (matching.length === 0 && refresh(library)) matching = matchingTokens(library, choice);
    const [token, second] = matching;
    if (!token) throw new CounterError('TOKEN_NOT_PRESENT', wanted(choice));
    if (second)
      throw new CounterError('KEY_SOURCE_INVALID', { reason: 'token-ambiguous', ...wanted(choice) });
    return { library, token };
  }

  /**
   * A login holds for all sessions of a token (PKCS#11 §5.6.8), so a second PIN would not be looked at while one is
   * open: whoever opens ends the others, which then ask for the PIN again.
   */
  function endOthers(library: Library, slot: Handle): void {
    for (const [number, other] of sessions) {
      if (other.library !== library || !other.slot.equals(slot)) continue;
      sessions.delete(number);
      endQuietly(library, other.handle);
    }
  }

  return {
    probe: (module) => named(() => report(libraryOf(module))),

    open(module, choice, pin) {
      try {
        return named(() => {
          const { library, token } = find(module, choice);
          assertPinUsable(token, pin);
          endOthers(library, token.slot);
          const handle = library.C_OpenSession(token.slot, pkcs11.CKF_SERIAL_SESSION);
          try {
            login(library, token, handle, pin);
            const keys = privateKeys(library, handle);
            const mechanisms = library.C_GetMechanismList(token.slot);
            const certificates = certificatesOn(library, handle);
            const session = ++nextSession;
            sessions.set(session, { library, slot: token.slot, handle, mechanisms, keys });
            return { session, token: token.report, keyIds: [...keys.keys()], certificates };
          } catch (error) {
            endQuietly(library, handle);
            throw error;
          }
        });
      } finally {
        pin.fill(0);
      }
    },

    sign({ session, keyId, algorithm, data }) {
      const open = sessions.get(session);
      const key = open?.keys.get(keyId);
      if (!open) throw new CounterError('TOKEN_PIN_NEEDED', { reason: 'session-closed' });
      if (!key) throw new CounterError('TOKEN_NO_KEY', { reason: 'key-unknown' });
      return named(() =>
        algorithm === 'rsa-pkcs1-sha256' ? signRsa(open, key, data) : signEcdsa(open, key, algorithm, data),
      );
    },

    close(session) {
      const open = sessions.get(session);
      if (!open) return;
      sessions.delete(session);
      endQuietly(open.library, open.handle);
    },
  };
}

function named<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw tokenError(error);
  }
}

function wanted({ label, serial }: TokenChoice): Record<string, string> {
  return { ...(label === null ? {} : { label }), ...(serial === null ? {} : { serial }) };
}

function loadLibrary(module: string): Library {
  const library = new pkcs11.PKCS11();
  try {
    library.load(module);
  } catch (cause) {
    throw new CounterError('TOKEN_MODULE_INVALID', { module: path.basename(module) }, { cause });
  }
  initialise(library);
  return library;
}

/** A module that something else in this process has started already serves as well (PKCS#11 §5.4). */
function initialise(library: Library): void {
  try {
    library.C_Initialize();
  } catch (error) {
    if (ckrOf(error) !== 'CKR_CRYPTOKI_ALREADY_INITIALIZED') throw error;
  }
}

function report(library: Library): ProbeResult {
  const info = library.C_GetInfo();
  const present = new Set(library.C_GetSlotList(true).map((slot) => slot.toString('hex')));
  const slots = library.C_GetSlotList(false).map((slot) => {
    const description = library.C_GetSlotInfo(slot).slotDescription.trim();
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
function readToken(library: Library, slot: Handle): FoundToken | string {
  try {
    const info = library.C_GetTokenInfo(slot);
    const report: TokenReport = {
      label: trimmed(info.label),
      serial: trimmed(info.serialNumber),
      model: trimmed(info.model),
      manufacturer: trimmed(info.manufacturerID),
      initialised: (info.flags & pkcs11.CKF_TOKEN_INITIALIZED) !== 0,
      pinState: pinState(info.flags),
      pinPad: (info.flags & pkcs11.CKF_PROTECTED_AUTHENTICATION_PATH) !== 0,
    };
    return { slot, report, pinLengths: { min: info.minPinLen, max: info.maxPinLen } };
  } catch (error) {
    const ckr = ckrOf(error);
    if (ckr) return ckr;
    throw error;
  }
}

/** Fields of fixed length are padded with blanks, by some modules with zeros. */
function trimmed(text: string): string {
  return text.replace(/[\0\s]+$/, '');
}

function pinState(flags: number): TokenReport['pinState'] {
  if (flags & pkcs11.CKF_USER_PIN_LOCKED) return 'locked';
  if (flags & pkcs11.CKF_USER_PIN_FINAL_TRY) return 'final-try';
  if (flags & pkcs11.CKF_USER_PIN_COUNT_LOW) return 'low';
  return 'ok';
}

function matchingTokens(library: Library, { label, serial }: TokenChoice): FoundToken[] {
  return library
    .C_GetSlotList(true)
    .map((slot) => readToken(library, slot))
    .filter((token) => typeof token !== 'string')
    .filter(({ report }) => report.initialised)
    .filter(({ report }) => label === null || report.label.normalize() === label.normalize())
    .filter(({ report }) => serial === null || report.serial.toLowerCase() === serial.toLowerCase());
}

/** What can be refused without spending one of the token's tries. */
function assertPinUsable({ report, pinLengths: { min, max } }: FoundToken, pin: Uint8Array): void {
  if (report.pinState === 'locked') throw new CounterError('TOKEN_PIN_LOCKED', { label: report.label });
  if (report.pinPad && pin.length === 0) return;
  if (pin.length === 0) throw new CounterError('TOKEN_PIN_NEEDED', { label: report.label });
  if (pin.length < min || (max > 0 && pin.length > max))
    throw new CounterError('TOKEN_PIN_LENGTH', { min, max });
}

/** Logs in; the PIN is tried once. */
function login(library: Library, token: FoundToken, handle: Handle, pin: Uint8Array): void {
  try {
    // pkcs11js takes a string only: it lives until the next garbage collection, in this process alone.
    library.C_Login(handle, pkcs11.CKU_USER, Buffer.from(pin).toString('utf8'));
  } catch (error) {
    if (ckrOf(error) !== 'CKR_PIN_INCORRECT') throw error;
    const now = readToken(library, token.slot);
    throw tokenError(error, { pinState: typeof now === 'string' ? 'unknown' : now.report.pinState });
  }
}

function objectsOf(library: Library, session: Handle, objectClass: number): Handle[] {
  library.C_FindObjectsInit(session, [{ type: pkcs11.CKA_CLASS, value: objectClass }]);
  try {
    return library.C_FindObjects(session, MAX_OBJECTS);
  } finally {
    library.C_FindObjectsFinal(session);
  }
}

function attributeOf(library: Library, session: Handle, object: Handle, type: number): Buffer {
  return library.C_GetAttributeValue(session, object, [{ type }])[0]!.value;
}

function privateKeys(library: Library, session: Handle): Map<string, Handle> {
  const handles = objectsOf(library, session, pkcs11.CKO_PRIVATE_KEY);
  return new Map(handles.map((h) => [attributeOf(library, session, h, pkcs11.CKA_ID).toString('hex'), h]));
}

function certificatesOn(library: Library, session: Handle): OpenResult['certificates'] {
  return objectsOf(library, session, pkcs11.CKO_CERTIFICATE).map((handle) => ({
    id: attributeOf(library, session, handle, pkcs11.CKA_ID).toString('hex'),
    der: Uint8Array.from(attributeOf(library, session, handle, pkcs11.CKA_VALUE)),
  }));
}

/** The token hashes where it can; else it gets the DigestInfo. Which it can, some tokens say wrongly. */
function signRsa({ library, handle, mechanisms }: Session, key: Handle, data: Uint8Array): Uint8Array {
  if (mechanisms.includes(pkcs11.CKM_SHA256_RSA_PKCS)) {
    try {
      library.C_SignInit(handle, { mechanism: pkcs11.CKM_SHA256_RSA_PKCS }, key);
      return finishSign(library, handle, data);
    } catch (error) {
      if (ckrOf(error) !== 'CKR_MECHANISM_INVALID') throw error;
    }
  }
  const digest = createHash('sha256').update(data).digest();
  library.C_SignInit(handle, { mechanism: pkcs11.CKM_RSA_PKCS }, key);
  return finishSign(library, handle, Buffer.concat([SHA256_DIGEST_INFO, digest]));
}

/** CKM_ECDSA over a hash made here: the mechanisms that hash are rare on tokens. Gives r‖s. */
function signEcdsa(
  { library, handle }: Session,
  key: Handle,
  algorithm: 'ecdsa-sha256' | 'ecdsa-sha384',
  data: Uint8Array,
): Uint8Array {
  const hash = algorithm === 'ecdsa-sha384' ? 'sha384' : 'sha256';
  library.C_SignInit(handle, { mechanism: pkcs11.CKM_ECDSA }, key);
  return finishSign(library, handle, createHash(hash).update(data).digest());
}

function finishSign(library: Library, session: Handle, data: Uint8Array): Uint8Array {
  return Uint8Array.from(library.C_Sign(session, Buffer.from(data), Buffer.alloc(SIGNATURE_BYTES)));
}

/** Leaving may fail because the token is gone already, which is as good. */
function endQuietly(library: Library, session: Handle): void {
  for (const step of [() => library.C_Logout(session), () => library.C_CloseSession(session)]) {
    try {
      step();
    } catch (error) {
      if (ckrOf(error) === null) throw error;
    }
  }
}
