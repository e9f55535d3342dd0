import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const project = path.join(import.meta.dirname, '../../..');
let copy: string;

function checkLayers(): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync('node', [path.join(project, 'scripts/check-layers.ts'), copy], {
    encoding: 'utf8',
  });
  return { status, stderr };
}

describe('the layer check', () => {
  beforeEach(() => {
    copy = mkdtempSync(path.join(os.tmpdir(), 'counter-layers-'));
    cpSync(path.join(project, 'src'), path.join(copy, 'src'), { recursive: true });
  });
  afterEach(() => rmSync(copy, { recursive: true, force: true }));

  it('finds no offence in the project as it is', () => {
    expect(checkLayers()).toEqual({ status: 0, stderr: '' });
  });

  it.each([
    ['src/contract/x.ts', "import '../main/engine/clock.ts';", 'contract may not import engine'],
    ['src/contract/x.ts', "import { readFileSync } from 'node:fs';", 'contract is pure'],
    ['src/contract/x.ts', "import pino from 'pino';", 'contract may not use the package pino'],
    ['src/main/dossiers/x.ts', "import '../store/index.ts';", 'field may not import adapters'],
    ['src/main/dossiers/x.ts', "import 'node:child_process';", 'field is pure'],
    ['src/main/store/x.ts', "export * from '../engine/engine.ts';", 'adapters may not import engine'],
    ['src/main/engine/x.ts', "import { app } from 'electron';", 'engine may not import electron'],
    ['src/main/engine/x.ts', "await import('../../cli/main.ts');", 'engine may not import hosts'],
    [
      'src/main/engine/x.ts',
      "import '../../simulators/province/index.ts';",
      'engine may not import simulators',
    ],
    ['src/renderer/x.tsx', "import '../main/engine/engine.ts';", 'renderer may not import engine'],
    ['src/renderer/x.tsx', "const e = require('electron');", 'renderer may not import electron'],
    ['src/preload/x.ts', "import 'zod';", 'preload may not use the package zod'],
    ['src/cli/x.ts', "import 'electron/main';", 'hosts may not import electron'],
    ['src/elsewhere/x.ts', 'export {};', 'is in no layer'],
  ])('%s with %s is an offence', (file, line, offence) => {
    const full = path.join(copy, file);
    cpSync(path.join(project, 'src/contract/roles.ts'), full);
    writeFileSync(full, `${line}\n`);
    const { status, stderr } = checkLayers();
    expect(status).toBe(1);
    expect(stderr.trim().split('\n')).toEqual([expect.stringContaining(offence)]);
    expect(stderr).toContain(file);
  });
});
