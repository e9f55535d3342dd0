import { setTimeout as sleep } from 'node:timers/promises';
import { CounterError } from '../../../contract/errors.ts';
import type { TokenHost } from './token-host/client.ts';
import type { TokenChoice } from './token-host/messages.ts';

export interface TokenWait {
  readonly tokenHost: TokenHost;
  readonly module: string;
  readonly token: TokenChoice;
  /** Looks, and milliseconds between two of them; 600 looks of a second each unless told otherwise. */
  readonly looks?: number;
  readonly pauseMs?: number;
  readonly signal?: AbortSignal;
}

/** A look that failed so says nothing of the token: the host is started again for the next one. */
const PASSING: readonly string[] = [
  'TOKEN_HUNG',
  'TOKEN_HOST_CRASHED',
  'TOKEN_FUNCTION_FAILED',
  'TOKEN_BUSY',
];

/**
 * Waits until a token that was pulled out is there again; true when it is, false when the looks are used up. Asks for
 * no PIN. Throws what will not change by waiting (TOKEN_MODULE_MISSING …) and the signal's AbortError.
 */
export async function awaitToken(wait: TokenWait): Promise<boolean> {
  const { tokenHost, module, token, looks = 600, pauseMs = 1000, signal } = wait;
  for (let look = 0; look < looks; look++) {
    if (look > 0) await sleep(pauseMs, undefined, signal ? { signal } : {});
    signal?.throwIfAborted();
    try {
      if (await tokenHost.present(module, token)) return true;
    } catch (error) {
      if (!(error instanceof CounterError) || !PASSING.includes(error.code)) throw error;
    }
  }
  return false;
}
