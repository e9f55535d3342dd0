import { toErrorShape } from '../../contract/errors.ts';
import type { DiagnosticCheck } from '../../contract/model.ts';

/** What one check found; a thrown CounterError counts as failed, with its code. */
export type CheckResult = Pick<DiagnosticCheck, 'status' | 'details'>;
export type Check = (signal: AbortSignal) => Promise<CheckResult>;
export type Diagnostics = () => Promise<DiagnosticCheck[]>;

/** No check may keep an admin waiting: what has not answered by then has failed. */
const PATIENCE_MS = 15_000;

/** Runs all checks at once and gives them in their order, whatever each of them does. */
export function createDiagnostics(
  checks: Readonly<Record<string, Check>>,
  patienceMs = PATIENCE_MS,
): Diagnostics {
  return () =>
    Promise.all(
      Object.entries(checks).map(async ([name, check]) => ({ name, ...(await settle(check, patienceMs)) })),
    );
}

async function settle(check: Check, patienceMs: number): Promise<CheckResult> {
  const signal = AbortSignal.timeout(patienceMs);
  const late = new Promise<CheckResult>((resolve) => {
    signal.addEventListener('abort', () => resolve({ status: 'failed', details: { code: 'TIMEOUT' } }), {
      once: true,
    });
  });
  try {
    return await Promise.race([check(signal), late]);
  } catch (error) {
    const { code, details } = toErrorShape(error);
    return { status: 'failed', details: { ...details, code } };
  }
}
