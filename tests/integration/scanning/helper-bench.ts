import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CounterError } from '../../../src/contract/errors.ts';
import type { ScanSettings } from '../../../src/contract/model.ts';
import {
  DEFAULT_LIMITS,
  type HelperSpec,
  openScanner,
  type ScanLimits,
  type ScannerDeps,
  scannerDeps,
} from '../../../src/main/scanning/index.ts';
import { image } from '../../unit/scanning/images.ts';

const FAKE = path.resolve(import.meta.dirname, '../../support/fake-helper.ts');

export interface HelperRun {
  readonly indexes: number[];
  readonly code: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;
  /** What the scan left behind: files in the folder for scan folders, processes that it had started. */
  readonly files: string[];
  readonly processes: number[];
}

export interface HelperBench {
  readonly root: string;
  deps(spec: HelperSpec, limits?: Partial<ScanLimits>): ScannerDeps;
  fake(behaviour: string): HelperSpec;
  scan(
    spec: HelperSpec,
    over?: {
      limits?: Partial<ScanLimits>;
      settings?: Partial<ScanSettings>;
      uri?: string;
      signal?: AbortSignal;
      onPage?: () => void;
    },
  ): Promise<HelperRun>;
  /** Processes that a helper of this bench started and that run now, by their environment. */
  processes(): number[];
  close(): Promise<void>;
}

/** Room for helpers under test: their scan folders, their notes, and the search for what they leave. Linux only. */
export async function helperBench(): Promise<HelperBench> {
  const root = await mkdtemp(path.join(tmpdir(), 'counter-helper-'));
  const temp = path.join(root, 'temp');
  await mkdir(temp);
  const picture = path.join(root, 'page.jpg');
  await writeFile(picture, await image('jpeg'));
  const env = { FAKE_PAGE: picture, FAKE_ROOT: root };

  const deps = (spec: HelperSpec, limits: Partial<ScanLimits> = {}) =>
    scannerDeps({
      helpers: { fake: spec },
      tempRoot: temp,
      limits: { ...DEFAULT_LIMITS, killGraceMs: 200, ...limits },
    });
  const processes = () => running(`FAKE_ROOT=${root}`);
  return {
    root,
    deps,
    fake: (behaviour) => ({ kind: 'json-lines', program: process.execPath, args: [FAKE, behaviour], env }),
    processes,
    async scan(spec, { limits = {}, settings = {}, uri = 'helper:fake/one', signal, onPage } = {}) {
      const indexes: number[] = [];
      let failed: CounterError | undefined;
      try {
        const scanner = openScanner(uri, deps(withEnv(spec, env), limits));
        const wanted: ScanSettings = { source: 'adf', dpi: 300, mode: 'color', ...settings };
        for await (const page of scanner.scan(wanted, signal ?? new AbortController().signal)) {
          indexes.push(page.index);
          onPage?.();
        }
      } catch (error) {
        failed = error as CounterError;
      }
      const left = { files: await readdir(temp), processes: processes() };
      return { indexes, code: failed?.code ?? failed?.message, details: failed?.details ?? {}, ...left };
    },
    close: async () => {
      for (const pid of processes()) process.kill(pid, 'SIGKILL');
      await rm(root, { recursive: true, force: true });
    },
  };
}

function withEnv(spec: HelperSpec, env: Record<string, string>): HelperSpec {
  return { ...spec, env: { ...env, ...spec.env } };
}

/** A process that has ended but was not yet reaped has no environment any more. */
function running(mark: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(mark);
      } catch {
        // It ended meanwhile, or is another user's: either way not what is looked for.
        return false;
      }
    })
    .map(Number);
}

export const noted = (bench: HelperBench, name: string): string | undefined => {
  const file = path.join(bench.root, name);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
};
