import { describe, expect, it } from 'vitest';
import { fuzz } from './engine/loop.ts';
import { makeTarget, SHARES, TARGET_NAMES } from './targets/all.ts';

/** A run that is small enough for every push; `npm run fuzz` makes millions. */
const EXECUTIONS = 20_000;

describe("what reads strangers' octets", () => {
  it.each(TARGET_NAMES)(
    '%s takes thousands of bent inputs without a crash, a stall or more memory',
    async (name) => {
      const executions = Math.ceil((EXECUTIONS * SHARES[name]) / 1000);
      const result = await fuzz(makeTarget(name), { seed: 'smoke', executions, coverage: null });
      expect(result.findings.map((f) => `${f.message}\n${Buffer.from(f.input).toString('base64')}`)).toEqual(
        [],
      );
      expect(result.executions).toBe(executions);
      expect(result.outcomes).toBeGreaterThan(5);
    },
  );
});
