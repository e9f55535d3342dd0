import path from 'node:path';
import { CounterError } from '../../contract/errors.ts';
import { type Catalogue, catalogueOf } from './catalogue.ts';
import { type CertificationBook, certificationBookOf } from './certification-book.ts';
import { type Database, openDatabase } from './database.ts';
import { type Disk, nodeDisk, onDisk } from './disk.ts';
import { type Documents, documentsOf } from './documents.ts';
import { type DossierFactsStore, dossierFactsOf } from './dossier-facts.ts';
import { type Dossiers, dossiersOf } from './dossiers.ts';
import { type Events, eventsOf } from './events.ts';
import { deriveStoreKeys, type KeyVault } from './key-vault.ts';
import { type Numbers, numbersOf } from './numbers.ts';
import { type VaultObjects, vaultObjectsOf } from './objects.ts';
import { type Outbox, outboxOf } from './outbox.ts';
import { type PageTexts, pageTextsOf } from './page-texts.ts';
import { type Pages, pagesOf } from './pages.ts';
import { type People, peopleOf } from './people.ts';
import { type Places, placesOf } from './places.ts';
import { type PrintJobs, printJobsOf } from './print-jobs.ts';
import { type Project, rebuild } from './projection.ts';
import { type Receipts, receiptsOf } from './receipts.ts';
import { type Settings, settingsOf } from './settings.ts';
import { type SlipNumbers, slipNumbersOf } from './slip-numbers.ts';
import { openVault, type Vault } from './vault.ts';
import type { SweepReport } from './vault-sweep.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

/** Functions over one database; all of them take part in the transaction that is open. */
export interface Repositories {
  readonly events: Events;
  readonly dossiers: Dossiers;
  readonly dossierFacts: DossierFactsStore;
  readonly pages: Pages;
  readonly pageTexts: PageTexts;
  readonly documents: Documents;
  readonly objects: VaultObjects;
  readonly outbox: Outbox;
  readonly numbers: Numbers;
  readonly slipNumbers: SlipNumbers;
  readonly settings: Settings;
  readonly certificationBook: CertificationBook;
  readonly catalogue: Catalogue;
  readonly printJobs: PrintJobs;
  readonly receipts: Receipts;
  readonly people: People;
  readonly places: Places;
}

export interface Store extends Repositories {
  readonly vault: Vault;
  readonly workspace: Workspace;
  /** What the start found of an earlier crash. */
  readonly sweepReport: SweepReport;
  /** All writes of `fn` are durable on return, or none is made when it throws. `fn` is synchronous. */
  transaction<T>(fn: () => T): T;
  counts(): { readonly dossiers: number; readonly objects: number };
  /** Replays every event into the projections; answers the number of dossiers. */
  rebuild(project: Project): number;
  close(): Promise<void>;
}

export interface StoreOptions {
  /** Private folder of this counter; made with mode 0700. */
  readonly dataDir: string;
  readonly keyVault: KeyVault;
  readonly disk?: Disk;
}

export function repositoriesOf(db: Database): Repositories {
  return {
    events: eventsOf(db),
    dossiers: dossiersOf(db),
    dossierFacts: dossierFactsOf(db),
    pages: pagesOf(db),
    pageTexts: pageTextsOf(db),
    documents: documentsOf(db),
    objects: vaultObjectsOf(db),
    outbox: outboxOf(db),
    numbers: numbersOf(db),
    slipNumbers: slipNumbersOf(db),
    settings: settingsOf(db),
    certificationBook: certificationBookOf(db),
    catalogue: catalogueOf(db),
    printJobs: printJobsOf(db),
    receipts: receiptsOf(db),
    people: peopleOf(db),
    places: placesOf(db),
  };
}

/** Beside an empty database every page in the vault would look like an orphan: refuse before any sweep can run. */
async function refuseForeignVault(vault: Vault, objects: VaultObjects): Promise<void> {
  if (objects.newest(1).length === 0 && (await vault.holdsUnclaimed())) {
    throw new CounterError('STORE_CORRUPT', { reason: 'DATABASE_GONE' });
  }
}

async function openParts(db: Database, options: StoreOptions, keys: ReturnType<typeof deriveStoreKeys>) {
  const repositories = repositoriesOf(db);
  const vault = await openVault({
    folder: path.join(options.dataDir, 'vault'),
    keys,
    objects: repositories.objects,
    ...(options.disk && { disk: options.disk }),
  });
  await refuseForeignVault(vault, repositories.objects);
  const workspace = await openWorkspace(path.join(options.dataDir, 'workspace'));
  const sweepReport = await vault.sweep('recent');
  return { ...repositories, vault, workspace, sweepReport };
}

/**
 * Opens everything that a counter keeps, in the order that is safe: the database's lock first, then the clean-up
 * of what a crash left. Throws the failures of the key vault, the database and the disk.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  await onDisk(() => (options.disk ?? nodeDisk).mkdir(options.dataDir, 0o700));
  const keys = deriveStoreKeys(await options.keyVault.masterKey());
  const db = await openDatabase({ path: path.join(options.dataDir, 'counter.db'), key: keys.database });
  try {
    const parts = await openParts(db, options, keys);
    const count = (table: string) => db.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)?.n ?? 0;
    return {
      ...parts,
      transaction: (fn) => db.transaction(fn),
      counts: () => ({ dossiers: count('dossiers'), objects: count('vault_objects') }),
      rebuild: (project) => rebuild(db, project),
      async close() {
        try {
          await parts.vault.close();
          await parts.workspace.dispose();
        } finally {
          db.close();
        }
      },
    };
  } catch (error) {
    db.close();
    throw error;
  }
}
