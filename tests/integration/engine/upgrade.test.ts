import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectClient } from '../../../src/cli/session.ts';
import { openEngine } from '../../../src/main/engine/composition.ts';
import type { Engine } from '../../../src/main/engine/engine.ts';
import { silentLog } from '../../../src/main/engine/log.ts';
import { type Database, openDatabase } from '../../../src/main/store/database.ts';
import { deriveStoreKeys, fileKeyVault } from '../../../src/main/store/key-vault.ts';
import { MIGRATIONS } from '../../../src/main/store/migrations/index.ts';

const RESOURCES = path.join(import.meta.dirname, '../../../resources');
const AT = '2026-10-08T01:00:00.000Z';
const HASH = 'a'.repeat(64);

/** A dossier as it was written before it had a course: no kinds, channels, cases or money anywhere. */
const PROCEDURE = {
  code: '1.004859',
  name: 'Xác định lại dân tộc',
  field: { code: '', name: 'Hộ tịch' },
  version: '163/QĐ-BTP',
  duration: { value: 1, unit: 'same-day' },
  components: [
    {
      ...{ id: 'to-khai', code: '', name: 'Tờ khai', originals: 1, copies: 0 },
      ...{ handling: 'submit', required: true, group: '' },
    },
  ],
  results: [],
};
const APPLICANT = {
  ...{ name: 'Lý Văn Thử', identityNumber: '004090000456', kind: 'citizen' },
  ...{ birthDate: null, gender: null, address: '', phone: '', email: '' },
};

function writeOld(db: Database, dossierId: string, steps: readonly { readonly type: string }[]): void {
  steps.forEach((step, i) => {
    const event = { at: AT, actor: 'clerk', ...step };
    db.run(
      'INSERT INTO dossier_events (dossier_id, version, type, at, actor, payload) VALUES (?, ?, ?, ?, ?, ?)',
      [dossierId, i + 1, step.type, AT, 'clerk', JSON.stringify({ event })],
    );
  });
  db.run(
    `INSERT INTO dossiers (id, version, state, procedure_code, procedure_name, applicant_name, code, opened_at,
       received_at, due_at, pages, folded, view)
     VALUES (?, ?, 'sent', 'p', 'n', 'a', '', ?, NULL, NULL, 0, '', '{}')`,
    [dossierId, steps.length, AT],
  );
}

describe('a store of an earlier version', () => {
  let folder: string;
  let engine: Engine | null = null;

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'counter-upgrade-'));
    mkdirSync(path.join(folder, 'data'), { recursive: true });
    const config = {
      unit: { code: 'H14.22.05', name: 'UBND xã Thử' },
      counter: 'Q01',
      user: { name: 'clerk' },
      findTokens: false,
    };
    writeFileSync(path.join(folder, 'counter.json'), JSON.stringify(config));
  });
  afterEach(async () => {
    await engine?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('shows what it kept in the shape of today, made anew from the journal', async () => {
    const dataDir = path.join(folder, 'data');
    const keyVault = fileKeyVault(path.join(dataDir, 'master.key'));
    const { database } = deriveStoreKeys(await keyVault.masterKey());
    const file = path.join(dataDir, 'counter.db');
    const old = await openDatabase({ path: file, key: database, migrations: MIGRATIONS.slice(0, 4) });
    const [sent, draft] = [randomUUID(), randomUUID()];
    writeOld(old, sent, [
      { type: 'opened', ...{ dossierId: sent, procedure: PROCEDURE } },
      { type: 'applicant-set', ...{ applicant: APPLICANT } },
      {
        type: 'received',
        ...{ code: { value: 'H14.22.05-261008-0001', kind: 'official' }, receivedAt: AT, due: null },
        ...{ slipDocumentId: randomUUID() },
      },
      { type: 'sent', ...{ receipt: { reference: 'R1', at: AT, recordSha256: HASH } } },
    ]);
    writeOld(old, draft, [{ type: 'opened', ...{ dossierId: draft, procedure: PROCEDURE } }]);
    old.close();

    engine = await openEngine({
      ...{ dataDir, keyVault, version: '0', log: silentLog },
      configFile: path.join(folder, 'counter.json'),
      resources: RESOURCES,
    });
    const client = connectClient(engine);
    const rows = await client.call('dossiers.list', {});
    expect(rows.map((r) => [r.id, r.state, r.delivery])).toEqual([
      [draft, 'draft', 'none'],
      [sent, 'received', 'sent'],
    ]);
    const view = await client.call('dossiers.get', { dossierId: sent });
    expect(view).toMatchObject({ applicant: { ethnicity: null }, intake: { sets: 1 }, supplements: [] });
    expect(view.papers).toMatchObject([{ kind: 'reception', number: null }]);
    expect(await client.call('dossiers.list', { text: 'ly van thu' })).toHaveLength(1);
    client.close();
  });
});
