import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createLog } from '../../../src/main/engine/log.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'counter-log-'));
afterEach(() => rmSync(folder, { recursive: true }));

describe('the log', () => {
  it('holds a line as soon as it was written, so that a kill right behind it loses none', () => {
    const file = path.join(folder, 'logs', 'engine.log');
    createLog(file).warn({ code: 'SCANNER_JAMMED' }, 'scan failed');
    expect(readFileSync(file, 'utf8')).toContain('SCANNER_JAMMED');
  });
});
