import pkcs11 from 'pkcs11js';
import { CounterError } from '../../../../contract/errors.ts';
import { CKR_UNNAMED } from './ckr.ts';
import { ckrOf, isRemoval, tokenError } from './errors.ts';
import {
  type FoundToken,
  type Handle,
  initialise,
  type Library,
  loadLibrary,
  matchingTokens,
  moduleFile,
  pinStateNow,
  report,
} from './library.ts';
import { attemptsFor, listsPss } from './mechanisms.ts';
import type { HostRequest, OpenResult, ProbeResult, TokenChoice } from './messages.ts';

type SignRequest = Extract<HostRequest, { op: 'sign' }>;

/** Loaded modules, and sessions under the numbers by which the outside knows them. */
export interface TokenDriver {
  probe(module: string): ProbeResult;
  /** Whether the token is there now; asks for no PIN and ends no session. */
  present(module: string, choice: TokenChoice): boolean;
  /** `pin` is wiped before this returns, whatever happens. */
  open(module: string, choice: TokenChoice, pin: Uint8Array): OpenResult;
  sign(request: SignRequest): Uint8Array;
  close(session: number): void;
  /** Logs out of everything and leaves the modules in order. */
  end(): void;
}

interface PrivateKey {
  readonly handle: Handle;
  /** CKA_ALWAYS_AUTHENTICATE: the token wants the PIN with every signature (PKCS#11 v2.40 §4.9). */
  readonly pinEachTime: boolean;
}

interface Session {
  readonly library: Library;
  readonly slot: Handle;
  readonly handle: Handle;
  readonly mechanisms: readonly number[];
  readonly keys: ReadonlyMap<string, PrivateKey>;
  /** Kept only for keys with CKA_ALWAYS_AUTHENTICATE, after the token has accepted it; wiped with the session. */
  readonly pin: Uint8Array | null;
}

/** Bounds for what a token may list: real ones hold a handful. */
const MAX_OBJECTS = 256;
const SIGNATURE_BYTES = 1024;
/** Of CK_SLOT_INFO; pkcs11js does not name it. */
const CKF_TOKEN_PRESENT = 1;
/** Return values that say no more than that something failed. */
const GENERAL: readonly string[] = [
  ...['CKR_GENERAL_ERROR', 'CKR_FUNCTION_FAILED', 'CKR_DEVICE_ERROR', CKR_UNNAMED],
];
/** How long a slot is watched for a removal that nobody has noticed yet: 1.2 s. */
const REMOVAL_LOOKS = 13;
const REMOVAL_PAUSE_MS = 100;
/** What says that this mechanism is not to be had here, while another may be. */
const OTHER_MECHANISM: readonly (string | null)[] = [
  'CKR_MECHANISM_INVALID',
  'CKR_MECHANISM_PARAM_INVALID',
  'CKR_FUNCTION_NOT_SUPPORTED',
];

export interface DriverOptions {
  readonly load?: (file: string) => Library;
  /** Milliseconds between two looks at a slot that may be empty. */
  readonly removalPauseMs?: number;
}

export function createTokenDriver(options: DriverOptions = {}): TokenDriver {
  const { load = loadLibrary, removalPauseMs = REMOVAL_PAUSE_MS } = options;
  const libraries = new Map<string, Library>();
  const sessions = new Map<number, Session>();
  let nextSession = 0;

  /** One library for a file, under however many names it is known. */
  function libraryOf(module: string): Library {
    const file = moduleFile(module);
    const known = libraries.get(file);
    if (known) return known;
    const library = load(file);
    libraries.set(file, library);
    return library;
  }

  /** Some modules see a token that was plugged in late only after a fresh start; that would end open sessions. */
  function refresh(library: Library): boolean {
    if ([...sessions.values()].some((s) => s.library === library)) return false;
    library.C_Finalize();
    initialise(library);
    return true;
  }

  function matching(library: Library, choice: TokenChoice): FoundToken[] {
    const found = matchingTokens(library, choice);
    return found.length === 0 && refresh(library) ? matchingTokens(library, choice) : found;
  }

  function find(library: Library, choice: TokenChoice): FoundToken {
    const [token, second] = matching(library, choice);
    if (!token) throw new CounterError('TOKEN_NOT_PRESENT', wanted(choice));
    if (second)
      throw new CounterError('KEY_SOURCE_INVALID', { reason: 'token-ambiguous', ...wanted(choice) });
    return token;
  }

  /** A module that missed a reinsertion may need a fresh start before it opens a session; no PIN has been sent yet. */
  function openSession(library: Library, choice: TokenChoice): { token: FoundToken; handle: Handle } {
    const attempt = () => {
      const token = find(library, choice);
      endOthers(library, token.slot);
      return { token, handle: library.C_OpenSession(token.slot, pkcs11.CKF_SERIAL_SESSION) };
    };
    try {
      return attempt();
    } catch (error) {
      if (!isRemoval(tokenError(error)) || !refresh(library)) throw error;
      return attempt();
    }
  }

  /**
   * A login holds for all sessions of a token (PKCS#11 v2.40 §5.6), so a second PIN would not be looked at while one
   * is open: whoever opens ends the others, which then ask for the PIN again.
   */
  function endOthers(library: Library, slot: Handle): void {
    for (const [number, other] of sessions) {
      if (other.library === library && other.slot.equals(slot)) drop(number);
    }
  }

  /**
   * Some modules answer a pulled token with a general failure; whether its slot is empty tells the two apart. The
   * reader's service looks but now and then (pcscd: every 0.4 s), so the slot is asked for a while.
   */
  function removalBehind(error: unknown, library: Library, slot: Handle): unknown {
    if (!(error instanceof CounterError) || !GENERAL.includes(String(error.details.ckr))) return error;
    for (let look = 0; look < REMOVAL_LOOKS; look++) {
      if (look > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, removalPauseMs);
      if (isEmpty(library, slot)) return new CounterError('TOKEN_REMOVED', error.details, { cause: error });
    }
    return error;
  }

  function drop(number: number): void {
    const session = sessions.get(number);
    if (!session) return;
    sessions.delete(number);
    session.pin?.fill(0);
    endQuietly(session.library, session.handle);
  }

  return {
    probe: (module) => named(() => report(libraryOf(module))),

    present: (module, choice) => named(() => matching(libraryOf(module), choice).length > 0),

    open(module, choice, pin) {
      try {
        return named(() => {
          const library = libraryOf(module);
          assertPinUsable(find(library, choice), pin);
          const { token, handle } = openSession(library, choice);
          try {
            login(library, token, handle, pin);
            const keys = privateKeys(library, handle);
            const mechanisms = library.C_GetMechanismList(token.slot);
            const certificates = certificatesOn(library, handle);
            const keep = !token.report.pinPad && [...keys.values()].some((key) => key.pinEachTime);
            const session = ++nextSession;
            sessions.set(session, {
              ...{ library, slot: token.slot, handle, mechanisms, keys },
              pin: keep ? Uint8Array.from(pin) : null,
            });
            const pss = listsPss(mechanisms);
            return { session, token: token.report, keyIds: [...keys.keys()], certificates, pss };
          } catch (error) {
            const failure = removalBehind(tokenError(error), library, token.slot);
            endQuietly(library, handle);
            throw failure;
          }
        });
      } finally {
        pin.fill(0);
      }
    },

    sign(request) {
      const open = sessions.get(request.session);
      const key = open?.keys.get(request.keyId);
      if (!open) throw new CounterError('TOKEN_PIN_NEEDED', { reason: 'session-closed' });
      if (!key) throw new CounterError('TOKEN_NO_KEY', { reason: 'key-unknown' });
      try {
        return named(() => signOn(open, key, request));
      } catch (error) {
        const failure = isRemoval(error) ? error : removalBehind(error, open.library, open.slot);
        // A token that was away wants a new login, and a PIN that is refused now is never sent again.
        if (isRemoval(failure) || isPinRefusal(failure)) drop(request.session);
        throw failure;
      }
    },

    close: drop,

    end() {
      for (const session of [...sessions.keys()]) drop(session);
      for (const library of libraries.values()) quietly(() => library.C_Finalize());
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

/** What can be refused without spending one of the token's tries. */
function assertPinUsable({ report: token, pinLengths: { min, max } }: FoundToken, pin: Uint8Array): void {
  if (token.pinState === 'locked')
    throw new CounterError('TOKEN_PIN_LOCKED', { label: token.label, pinState: 'locked' });
  if (token.pinPad) return;
  if (pin.length === 0) throw new CounterError('TOKEN_PIN_NEEDED', { label: token.label });
  if (pin.length < min || (max > 0 && pin.length > max))
    throw new CounterError('TOKEN_PIN_LENGTH', { min, max });
}

/** Logs in; the PIN is tried once. Whatever refuses it says how many tries are left as far as the flags tell. */
function login(library: Library, token: FoundToken, handle: Handle, pin: Uint8Array): void {
  try {
    sendPin(library, handle, pkcs11.CKU_USER, token.report.pinPad ? null : pin);
  } catch (error) {
    throw tokenError(error, {
      pinState: pinStateNow(library, token.slot),
      pinStateBefore: token.report.pinState,
    });
  }
}

/**
 * pkcs11js takes a string only, which lives until this process ends: that is soon after the last session's close. For
 * a PIN typed on the reader it sends no octets; a NULL pointer is beyond it, and modules look at the length.
 */
function sendPin(library: Library, handle: Handle, user: number, pin: Uint8Array | null): void {
  library.C_Login(handle, user, pin ? Buffer.from(pin.buffer, pin.byteOffset, pin.length).toString() : '');
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

function privateKeys(library: Library, session: Handle): Map<string, PrivateKey> {
  const handles = objectsOf(library, session, pkcs11.CKO_PRIVATE_KEY);
  return new Map(
    handles.map((handle) => [
      attributeOf(library, session, handle, pkcs11.CKA_ID).toString('hex'),
      { handle, pinEachTime: wantsPinEachTime(library, session, handle) },
    ]),
  );
}

/** Modules older than PKCS#11 2.20 do not know the attribute. */
function wantsPinEachTime(library: Library, session: Handle, key: Handle): boolean {
  try {
    return attributeOf(library, session, key, pkcs11.CKA_ALWAYS_AUTHENTICATE).some((octet) => octet !== 0);
  } catch (error) {
    if (ckrOf(error) === 'CKR_ATTRIBUTE_TYPE_INVALID') return false;
    throw error;
  }
}

function certificatesOn(library: Library, session: Handle): OpenResult['certificates'] {
  return objectsOf(library, session, pkcs11.CKO_CERTIFICATE).map((handle) => ({
    id: attributeOf(library, session, handle, pkcs11.CKA_ID).toString('hex'),
    der: Uint8Array.from(attributeOf(library, session, handle, pkcs11.CKA_VALUE)),
  }));
}

/** RSA: the block. ECDSA: r‖s. */
function signOn(session: Session, key: PrivateKey, { algorithm, data }: SignRequest): Uint8Array {
  const { library, handle } = session;
  let refusal: unknown = new CounterError('KEY_UNSUPPORTED', { algorithm, reason: 'no-mechanism' });
  for (const { mechanism, input } of attemptsFor(algorithm, data, session.mechanisms)) {
    try {
      library.C_SignInit(handle, mechanism, key.handle);
      if (key.pinEachTime) loginForOne(session);
      return Uint8Array.from(library.C_Sign(handle, input, Buffer.alloc(SIGNATURE_BYTES)));
    } catch (error) {
      if (!OTHER_MECHANISM.includes(ckrOf(error))) throw error;
      refusal = error;
    }
  }
  throw refusal;
}

/** The login for one signature, with the PIN that the token has accepted already. */
function loginForOne({ library, slot, handle, pin }: Session): void {
  try {
    sendPin(library, handle, pkcs11.CKU_CONTEXT_SPECIFIC, pin);
  } catch (error) {
    throw tokenError(error, { pinState: pinStateNow(library, slot) });
  }
}

function isPinRefusal(error: unknown): boolean {
  return (
    error instanceof CounterError && (error.code === 'TOKEN_PIN_WRONG' || error.code === 'TOKEN_PIN_LOCKED')
  );
}

function isEmpty(library: Library, slot: Handle): boolean {
  try {
    return (library.C_GetSlotInfo(slot).flags & CKF_TOKEN_PRESENT) === 0;
  } catch (error) {
    if (ckrOf(error) === null) throw error;
    return true;
  }
}

/** Leaving may fail because the token is gone already, which is as good. */
function endQuietly(library: Library, session: Handle): void {
  quietly(() => library.C_Logout(session));
  quietly(() => library.C_CloseSession(session));
}

function quietly(step: () => void): void {
  try {
    step();
  } catch (error) {
    if (ckrOf(error) === null) throw error;
  }
}
