import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fuzz } from './engine/loop.ts';
import { minimised } from './engine/minimise.ts';
import { runPool } from './engine/pool.ts';
import { randomFrom } from './engine/random.ts';
import { repairOffsets } from './grammar/pdf.ts';
import { seedPki } from './seeds/certificates.ts';
import { signedSeeds } from './seeds/signed-pdf.ts';
import { makeTarget, SHARES, TARGET_NAMES } from './targets/all.ts';
import type { Target } from './targets/target.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'counter-fuzz-test-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes down what it is given. */
function listening(name: string, log: string[]): Target {
  const target = makeTarget(name);
  return {
    ...target,
    run: (input) => {
      log.push(Buffer.from(input).toString('base64'));
      return target.run(input);
    },
  };
}

describe('the fuzzer', () => {
  it('finds what was planted: a crash, a hang, memory; saves and shortens the inputs', async () => {
    const lines: string[] = [];
    const results = await runPool({
      seed: 'planted',
      jobs: 1,
      plan: new Map([['planted', 4000]]),
      hangSeconds: 4,
      heapMegabytes: 256,
      coverage: false,
      restarts: 1,
      folder,
      log: (line) => lines.push(line),
    });
    const { crashes, hangs, findings } = results.get('planted')!;
    expect(hangs).toBeGreaterThan(0);
    const hang = findings.find((f) => f.kind === 'hang')!;
    expect(Buffer.from(hang.input, 'base64').toString()).toBe('cabc');
    expect(lines.some((line) => line.startsWith('planted hang'))).toBe(true);
    expect(crashes + hangs).toBeGreaterThan(0);
    const file = readdirSync(folder).find(
      (name) => name.startsWith('planted-hang') && name.endsWith('.bin'),
    )!;
    expect(readFileSync(path.join(folder, file), 'latin1')).toBe('cabc');
    expect(existsSync(path.join(folder, file.replace('.bin', '.json')))).toBe(true);
  });

  it('counts crashes, names each place once, and sees memory that one input takes', async () => {
    const planted = makeTarget('planted');
    const target: Target = {
      ...planted,
      run: (i) => (Buffer.from(i).toString() === 'cabc' ? '' : planted.run(i)),
    };
    const result = await fuzz(target, { seed: '1', executions: 3000, coverage: null });
    expect(result.executions).toBe(3000);
    expect(result.crashes).toBeGreaterThan(10);
    expect(result.findings.filter((f) => f.kind === 'crash')).toHaveLength(1);
    expect(result.findings.find((f) => f.kind === 'memory')?.input.toString()).toBe('bb.b');
  });

  it('takes away what a failure does not need', async () => {
    const fails = async (candidate: Uint8Array) => Buffer.from(candidate).includes('needle');
    const found = await minimised(Buffer.from(`${'hay '.repeat(50)}needle${' hay'.repeat(50)}`), fails);
    expect(Buffer.from(found).toString()).toBe('needle');
  });

  it.each(['reader', 'changes', 'cms', 'pkcs12'])(
    'makes the same inputs of %s from the same seed',
    async (name) => {
      const [first, second, other]: [string[], string[], string[]] = [[], [], []];
      await fuzz(listening(name, first), { seed: 'a', executions: 120, coverage: null });
      await fuzz(listening(name, second), { seed: 'a', executions: 120, coverage: null });
      await fuzz(listening(name, other), { seed: 'b', executions: 120, coverage: null });
      expect(second).toEqual(first);
      expect(other).not.toEqual(first);
      expect(new Set(first).size).toBeGreaterThan(80);
    },
  );

  it('shares out a thousand, and starts from inputs that are read', async () => {
    expect(Object.values(SHARES).reduce<number>((a, b) => a + b, 0)).toBe(1000);
    const good: Readonly<Record<string, RegExp>> = {
      verify: /^TOTAL-PASSED/,
      changes: /^TOTAL-PASSED/,
      cms: /^true true v2 trusted$/,
      tsp: /^true sha256$/,
      ocsp: /^ok$/,
      crl: /^revoked keyCompromise$/,
      certificate: /^trusted$/,
      pkcs12: /^1 keys 1 certificates$/,
      reader: /read/,
    };
    for (const name of TARGET_NAMES) {
      const target = makeTarget(name);
      const outcomes = await Promise.all(target.seeds.map(async (seed) => target.run(seed)));
      expect(
        outcomes.some((o) => good[name]!.test(o)),
        `${name}: ${outcomes.join(' | ')}`,
      ).toBe(true);
    }
  });

  it('puts offsets right after parts were moved', () => {
    const [signed] = signedSeeds(seedPki(), randomFrom('repair'));
    const moved = Buffer.concat([Buffer.from('%PDF-1.7\n%moved by a line\n'), signed!.subarray(9)]);
    const text = repairOffsets(moved).toString('latin1');
    const at = Number(/startxref\n0*(\d+)\n%%EOF\n$/.exec(text)![1]);
    expect(text.startsWith('xref', at)).toBe(true);
    const [, num, offset] = /^xref\n0 1\n.{19}\n(\d+) 1\n(\d{10})/.exec(text.slice(at))!;
    expect(text.startsWith(`${num} 0 obj`, Number(offset))).toBe(true);
  });
});
