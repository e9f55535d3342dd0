import type { ErrorCode, ErrorDetails } from '../../../../contract/errors.ts';
import { CounterError } from '../../../../contract/errors.ts';

/**
 * What a module's return value means to the person at the counter (PKCS#11 v2.40, §2.1 of the usage of return
 * values). A value that is not listed is TOKEN_FUNCTION_FAILED with its name: only CKR_PIN_INCORRECT is a wrong PIN.
 */
export const CKR_MEANING: Readonly<Record<string, ErrorCode>> = {
  CKR_CANCEL: 'CANCELLED',
  CKR_FUNCTION_CANCELED: 'CANCELLED',
  CKR_PIN_INCORRECT: 'TOKEN_PIN_WRONG',
  CKR_PIN_LOCKED: 'TOKEN_PIN_LOCKED',
  CKR_PIN_LEN_RANGE: 'TOKEN_PIN_LENGTH',
  CKR_PIN_EXPIRED: 'TOKEN_PIN_EXPIRED',
  CKR_USER_NOT_LOGGED_IN: 'TOKEN_PIN_NEEDED',
  CKR_TOKEN_NOT_PRESENT: 'TOKEN_NOT_PRESENT',
  CKR_SLOT_ID_INVALID: 'TOKEN_NOT_PRESENT',
  CKR_DEVICE_REMOVED: 'TOKEN_REMOVED',
  // A token that was pulled out and put back answers old handles so: new session, new login.
  CKR_SESSION_HANDLE_INVALID: 'TOKEN_REMOVED',
  CKR_SESSION_CLOSED: 'TOKEN_REMOVED',
  CKR_OBJECT_HANDLE_INVALID: 'TOKEN_REMOVED',
  CKR_KEY_HANDLE_INVALID: 'TOKEN_REMOVED',
  CKR_KEY_TYPE_INCONSISTENT: 'KEY_UNSUPPORTED',
  CKR_MECHANISM_INVALID: 'KEY_UNSUPPORTED',
  CKR_LIBRARY_LOAD_FAILED: 'TOKEN_MODULE_INVALID',
};

/** The shape of pkcs11js's own errors. */
interface NativeFailure {
  readonly message: string;
  readonly code: number;
  readonly method: string;
}

function isNativeFailure(error: unknown): error is Error & NativeFailure {
  return error instanceof Error && /^CKR_\w+$/.test(error.message) && 'code' in error;
}

/** The CKR name of a failure of the module; null where it is another kind of failure. */
export function ckrOf(error: unknown): string | null {
  return isNativeFailure(error) ? error.message : null;
}

/**
 * The named failure for what pkcs11js threw, with `ckr` and, for values that the standard does not name, `value`.
 * Anything but a module's return value is passed on as it is.
 */
export function tokenError(error: unknown, details: ErrorDetails = {}): unknown {
  if (!isNativeFailure(error)) return error;
  const value = `0x${error.code.toString(16)}`;
  const facts = { ...details, ckr: error.message, value, ...(error.method ? { call: error.method } : {}) };
  return new CounterError(CKR_MEANING[error.message] ?? 'TOKEN_FUNCTION_FAILED', facts, { cause: error });
}
