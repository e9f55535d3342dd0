import { CounterError } from '../../../contract/errors.ts';

/** How often a paper is drawn before its conflict is told. */
const DRAWINGS = 5;

/**
 * Issues a paper by `attempt`, which draws it and then writes it in a transaction. What changed meanwhile, or took its number
 * (STORE_CONFLICT), has it drawn anew.
 */
export async function drawnAnew<T>(attempt: () => Promise<T>): Promise<T> {
  for (let left = DRAWINGS; ; left -= 1) {
    try {
      return await attempt();
    } catch (error) {
      const moved = error instanceof CounterError && error.code === 'STORE_CONFLICT';
      if (!moved || left === 1) throw error;
    }
  }
}
