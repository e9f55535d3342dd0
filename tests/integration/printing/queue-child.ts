import { readFileSync } from 'node:fs';
import path from 'node:path';
import { silentLog } from '../../../src/main/engine/log.ts';
import { createPrepare } from '../../../src/main/engine/printing/prepare.ts';
import { createPrintQueue } from '../../../src/main/engine/printing/queue.ts';
import { importDeps } from '../../../src/main/importing/deps.ts';
import { PRINT_LIMITS } from '../../../src/main/printing/ipp/limits.ts';
import { folderLedger } from '../../../src/main/printing/ledger.ts';
import { openPrinter, printerDeps } from '../../../src/main/printing/open.ts';
import { openStore } from '../../../src/main/store/index.ts';
import { fileKeyVault } from '../../../src/main/store/key-vault.ts';

/**
 * A counter's print queue in a process of its own, to be killed: `queue-child.ts FOLDER PRINTER [FILE COUNT]`. With a
 * file it starts that many jobs; without, it goes on with what is there. It writes every state as a line.
 */
const [folder = '', uri = '', file, count = '0'] = process.argv.slice(2);
const store = await openStore({
  dataDir: path.join(folder, 'data'),
  keyVault: fileKeyVault(path.join(folder, 'key')),
});
const closing = new AbortController();
const deps = printerDeps({
  limits: { ...PRINT_LIMITS, pollMs: 20, lookPauseMs: 50 },
  ledger: folderLedger(path.join(folder, 'data/print-jobs')),
});
const queue = createPrintQueue({
  store,
  openPrinter: () => openPrinter(uri, deps),
  prepare: createPrepare({
    ...{ store, font: new Uint8Array(), importing: importDeps(), log: silentLog },
    words: { converted: '', reprinted: '', oneCopy: '', moreCopies: '', noCode: '', sheetTitle: '' },
    encodeBarcode: () => Promise.reject(new Error('no mark on a report')),
    ...{ system: '', owner: '', lookup: '' },
  }),
  clock: { now: () => new Date() },
  tell: ({ id, state }) => {
    process.stdout.write(`${id} ${state}\n`);
    if (store.printJobs.open().every((job) => job.state === 'unsure')) finish();
  },
  log: silentLog,
  closing: closing.signal,
  retryMs: 50,
});

function finish(): void {
  setImmediate(() => {
    closing.abort();
    void store.close().then(() => process.stdout.write('settled\n'));
  });
}

if (file === undefined) {
  queue.resume();
  if (store.printJobs.open().every((job) => job.state === 'unsure')) finish();
} else {
  const object = await store.vault.putBytes(readFileSync(file));
  store.transaction(() => store.objects.add(object, new Date().toISOString()));
  for (let i = 0; i < Number(count); i++)
    queue.start({
      ...{ documentId: null, dossierId: null, vaultHash: object.hash, kind: 'report', name: `${i}.pdf` },
      ...{ printer: uri, copies: 1, sides: 'one-sided', tray: '', paper: 'auto', actor: 'x', reason: '' },
    });
}
