import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { FromEngine } from '../../../src/contract/wire.ts';
import { createLog } from '../../../src/main/engine/log.ts';
import {
  APPLICANT,
  FORM,
  PROCEDURE,
  refusal,
  SETTINGS,
  startCounter,
  type TestCounter,
} from './support/counter.ts';

let counter: TestCounter;
afterEach(() => counter.stop());

describe('who may ask', () => {
  it('an admin sees the machine, not the dossiers; a clerk does', async () => {
    counter = await startCounter();
    const { id } = await counter.draft();
    counter.writeConfig({ user: { name: 'Quản trị', role: 'admin' } });
    await counter.restart();
    const dossierId = id;
    const refused = await Promise.all(
      [
        counter.call('dossiers.list', {}),
        counter.call('dossiers.get', { dossierId }),
        counter.call('dossiers.open', { procedureCode: PROCEDURE }),
        counter.call('dossiers.setApplicant', { dossierId, applicant: APPLICANT }),
        counter.sign(dossierId),
        counter.call('dossiers.receive', { dossierId }),
        counter.call('dossiers.discard', { dossierId, reason: 'x' }),
        counter.call('pages.image', { pageId: id, variant: 'full' }),
        counter.call('documents.read', { documentId: id }),
        counter.call('scans.start', {
          dossierId,
          componentId: FORM,
          device: counter.scanner.uri,
          settings: SETTINGS,
        }),
        counter.call('citizens.readCard', { line: 'x' }),
      ].map(refusal),
    );
    expect(new Set(refused.map((r) => r.code))).toEqual(new Set(['FORBIDDEN_ROLE']));
    expect(await counter.call('session.info', {})).toMatchObject({ role: 'admin', user: 'Quản trị' });
    expect((await counter.call('diagnostics.run', {})).map((c) => c.name)).toEqual([
      'disk',
      'store',
      'scanner',
      'key',
      'province',
    ]);
    expect(await counter.call('outbox.status', {})).toMatchObject({ waiting: 0 });

    counter.writeConfig({ user: { name: 'Nông Thị Mẫu' } });
    await counter.restart();
    expect((await counter.call('dossiers.get', { dossierId })).state).toBe('draft');
  });

  it('a message cannot make itself somebody else', async () => {
    counter = await startCounter();
    const heard: FromEngine[] = [];
    const connection = counter.engine().connect((message) => heard.push(message));
    connection.send({
      type: 'call',
      seq: 1,
      operation: 'session.info',
      input: {},
      caller: { role: 'admin', user: 'x' },
      role: 'admin',
    });
    await expect.poll(() => heard.length).toBe(1);
    expect(heard[0]).toMatchObject({ result: { ok: true, value: { role: 'clerk' } } });
  });
});

describe('what may be asked', () => {
  const long = 'a'.repeat(5_000_000);

  it('nothing too long is taken, echoed or logged', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'counter-log-'));
    const logFile = path.join(folder, 'engine.log');
    counter = await startCounter({ log: createLog(logFile) });
    const { id } = await counter.draft();
    const dossierId = id;
    const device = counter.scanner.uri;
    const refused = await Promise.all(
      [
        counter.call('procedures.search', { text: long }),
        counter.call('procedures.get', { code: long }),
        counter.call('citizens.readCard', { line: long }),
        counter.call('dossiers.list', { text: long }),
        counter.call('dossiers.list', { limit: 1e9 }),
        counter.call('dossiers.open', { procedureCode: long }),
        counter.call('dossiers.setApplicant', { dossierId, applicant: { ...APPLICANT, name: long } }),
        counter.call('dossiers.setApplicant', { dossierId, applicant: { ...APPLICANT, address: long } }),
        counter.call('dossiers.setApplicant', {
          dossierId,
          applicant: { ...APPLICANT, email: `${long}@a.vn` },
        }),
        counter.call('signing.start', { dossierIds: [dossierId], key: long, pin: 'x' }),
        counter.call('signing.start', { dossierIds: [dossierId], key: counter.key, pin: long }),
        counter.call('dossiers.discard', { dossierId, reason: long }),
        counter.call('scans.start', { dossierId, componentId: long, device, settings: SETTINGS }),
        counter.call('scans.start', { dossierId, componentId: FORM, device: long, settings: SETTINGS }),
        counter.call('scans.start', {
          dossierId,
          componentId: FORM,
          device,
          settings: { ...SETTINGS, dpi: 100_000 },
        }),
        counter.call('pages.move', { dossierId, pageIds: [id], componentId: long, index: 0 }),
      ].map(refusal),
    );
    expect(refused.map((r) => r.code)).toEqual(refused.map(() => 'BAD_REQUEST'));
    expect(JSON.stringify(refused).length).toBeLessThan(10_000);
    const log = readFileSync(logFile, 'utf8');
    expect(log).toContain('BAD_REQUEST');
    expect(log.length).toBeLessThan(500_000);
    rmSync(folder, { recursive: true });
  });

  it('text that looks like query syntax is only text', async () => {
    counter = await startCounter();
    await counter.draft();
    for (const text of [
      '"',
      '*',
      'a OR b',
      "'; DROP TABLE dossiers; --",
      'hoàng*"',
      'NEAR(a b)',
      '\u0000',
      '%',
    ]) {
      expect(Array.isArray(await counter.call('dossiers.list', { text }))).toBe(true);
    }
    expect(await counter.call('dossiers.list', { text: 'HOANG van' })).toHaveLength(1);
  });
});
