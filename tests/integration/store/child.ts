/**
 * A counter's store in a process of its own, to be killed. It says on standard output what it has acknowledged:
 * `ready`, then a line for each page or transaction that is durable.
 * Usage: child.ts DATA_DIR put SEED | transact | hold | key
 */
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import path from 'node:path';
import { openStore, type Store } from '../../../src/main/store/index.ts';
import { fileKeyVault } from '../../../src/main/store/key-vault.ts';

const [dataDir = '', job = '', seed = '0'] = process.argv.slice(2);
const AT = '2026-11-23T01:00:00.000Z';
const keyVault = fileKeyVault(path.join(dataDir, 'master.key'));

/** Written at once: a killed process must not lose what it said. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}

function content(n: number): Buffer {
  const start = createHash('sha256').update(`${seed}/${n}`).digest();
  return Buffer.concat(Array.from({ length: 6000 }, (_, i) => Buffer.concat([start, Buffer.from(`${i}`)])));
}

async function putForever(store: Store): Promise<never> {
  for (let n = 0; ; n += 1) {
    const object = await store.vault.putBytes(content(n));
    store.transaction(() => store.objects.add(object, AT));
    say(`page ${object.hash}`);
  }
}

/** Two rows that belong together, in one transaction, with time between them to be killed in. */
function transactForever(store: Store): never {
  for (let n = store.settings.get('count') ? Number(store.settings.get('count')) : 0; ; n += 1) {
    store.transaction(() => {
      store.events.append(`dossier-${n}`, 0, [{ type: 'opened', at: AT, actor: 'clerk', payload: { n } }]);
      for (let i = 0; i < 50; i += 1) store.settings.set(`filler-${i}`, `${n}`.repeat(100));
      store.settings.set('count', String(n + 1));
    });
    say(`count ${n + 1}`);
  }
}

if (job === 'key') {
  say(`key ${Buffer.from(await keyVault.masterKey()).toString('hex')}`);
} else {
  const store = await openStore({ dataDir, keyVault });
  say('ready');
  if (job === 'put') await putForever(store);
  if (job === 'transact') transactForever(store);
  if (job === 'hold') setInterval(() => store.counts(), 1000);
}
