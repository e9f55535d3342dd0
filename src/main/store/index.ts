import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { openDatabase } from './database.ts';
import { onDisk } from './disk.ts';
import { type Documents, documentsOf } from './documents.ts';
import { type Dossiers, dossiersOf } from './dossiers.ts';
import { type Events, eventsOf } from './events.ts';
import { deriveStoreKeys, type KeyVault } from './key-vault.ts';
import { type Numbers, numbersOf } from './numbers.ts';
import { type VaultObjects, vaultObjectsOf } from './objects.ts';
import { type Outbox, outboxOf } from './outbox.ts';
import { type Pages, pagesOf } from './pages.ts';
import { type Project, rebuild } from './projection.ts';
import { type Settings, settingsOf } from './settings.ts';
import { openVault, type SweepReport, type Vault } from './vault.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

/** All that a counter keeps, opened together: one encrypted database, one vault, one private workspace. */
export interface Store {
  readonly events: Events;
  readonly dossiers: Dossiers;
  readonly pages: Pages;
  readonly documents: Documents;
  readonly objects: VaultObjects;
  readonly outbox: Outbox;
  readonly numbers: Numbers;
  readonly settings: Settings;
  readonly vault: Vault;
  readonly workspace: Workspace;
  /** What the start found on the disk that no row knew, and rows that no file answers to. */
  readonly sweepReport: SweepReport;
  /** All of it durable on return, none of it when `fn` throws. Nests. */
  transaction<T>(fn: () => T): T;
  counts(): { readonly dossiers: number; readonly objects: number };
  /** Replays every event into the projections; answers the number of dossiers. */
  rebuild(project: Project): number;
  close(): Promise<void>;
}

/** Throws what openDatabase throws; a second program on the same folder is STORE_IN_USE. */
export async function openStore(options: {
  readonly dataDir: string;
  readonly keyVault: KeyVault;
}): Promise<Store> {
  const { dataDir } = options;
  await onDisk(() => mkdir(dataDir, { recursive: true, mode: 0o700 }));
  const keys = deriveStoreKeys(await options.keyVault.masterKey());
  // The database's lock comes first: whoever does not hold it must not sweep another's vault.
  const db = await openDatabase({ path: path.join(dataDir, 'counter.db'), key: keys.database });
  try {
    const objects = vaultObjectsOf(db);
    const vault = openVault({ folder: path.join(dataDir, 'vault'), keys });
    const sweepReport = await vault.sweep(objects);
    const workspace = await openWorkspace(path.join(dataDir, 'workspace'));
    const count = (table: string) => db.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)?.n ?? 0;
    return {
      events: eventsOf(db),
      dossiers: dossiersOf(db),
      pages: pagesOf(db),
      documents: documentsOf(db),
      objects,
      outbox: outboxOf(db),
      numbers: numbersOf(db),
      settings: settingsOf(db),
      vault,
      workspace,
      sweepReport,
      transaction: (fn) => db.transaction(fn),
      counts: () => ({ dossiers: count('dossiers'), objects: count('vault_objects') }),
      rebuild: (project) => rebuild(db, project),
      async close() {
        await workspace.dispose();
        db.close();
      },
    };
  } catch (error) {
    db.close();
    throw error;
  }
}
