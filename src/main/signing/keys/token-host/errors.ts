import type { ErrorCode, ErrorDetails } from '../../../../contract/errors.ts';
import { CounterError } from '../../../../contract/errors.ts';
import { CKR, CKR_UNNAMED } from './ckr.ts';

const NAMES: ReadonlyMap<number, string> = new Map(CKR.map(([value, name]) => [value, name]));

/** The failure that a return value is, by its name; TOKEN_FUNCTION_FAILED for a maker's own. */
export const CKR_MEANING: ReadonlyMap<string, ErrorCode> = new Map(
  CKR.map(([, name, meaning]) => [name, meaning]),
);

/** The shape of pkcs11js's own errors. It names the values of PKCS#11 2.40 only, so the number counts. */
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
  return isNativeFailure(error) ? (NAMES.get(error.code) ?? CKR_UNNAMED) : null;
}

/**
 * The named failure for what pkcs11js threw, with `ckr` (whose own texts are `ckr.NAME.happened` and `.next`), `value`
 * and the `call` of the module. Anything but a module's return value is passed on as it is.
 */
export function tokenError(error: unknown, details: ErrorDetails = {}): unknown {
  const ckr = ckrOf(error);
  if (!isNativeFailure(error) || ckr === null) return error;
  const value = `0x${error.code.toString(16)}`;
  const facts = { ...details, ckr, value, ...(error.method ? { call: error.method } : {}) };
  return new CounterError(CKR_MEANING.get(ckr) ?? 'TOKEN_FUNCTION_FAILED', facts, { cause: error });
}

/** Whether a named failure says that the token is or was away. */
export function isRemoval(error: unknown): boolean {
  return (
    error instanceof CounterError && (error.code === 'TOKEN_REMOVED' || error.code === 'TOKEN_NOT_PRESENT')
  );
}
