import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openCatalogue } from '../../src/main/engine/catalogue/open.ts';
import { systemClock } from '../../src/main/engine/clock.ts';
import { openStore } from '../../src/main/store/index.ts';
import { fileKeyVault } from '../../src/main/store/key-vault.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const FILE = path.join(ROOT, '../shared/data/procedures-2026-07.jsonl.gz');
const ROUNDS = 10;

/** Without diacritics, with slips, by code and initials, run together, in everyday words, and one that fits nothing. */
const QUERIES = [
  ...[
    'dang ky khai sinh',
    'khai sinh lai',
    'ket hon nuoc ngoai',
    'giay phep xay dung',
    'thường trú',
    'dat dai',
  ],
  ...['1.001193', '4873', 'dkks', 'xntthn', 'dk ket hon', 'khia sinh', 'dang ki khai sih', 'thuogn tru'],
  ...['ddangs ky khai sinh', 'nguyeenx tinhf trangj hoon nhaan', 'dangkykethon', 'giay chung nhan doc than'],
  ...[
    'sao y',
    'cap doi so do',
    'tranh chap dat',
    'qwx zzv',
    'cap lai giay chung nhan dang ky ho kinh doanh cho nguoi dan',
  ],
];

/**
 * The national catalogue in a counter's store: importing it, opening it, the first search (which makes the index) and
 * every later one, in milliseconds; what the index takes, in MB. Left out where the catalogue is not there.
 */
export async function benchCatalogue(): Promise<Record<string, number>> {
  if (!existsSync(FILE)) {
    console.log('missing: ../shared/data beside the project');
    return {};
  }
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'counter-bench-catalogue-'));
  const open = () => openStore({ dataDir, keyVault: fileKeyVault(path.join(dataDir, 'master.key')) });
  const files = { resources: path.join(ROOT, 'resources'), file: '' };
  try {
    let store = await open();
    const request = { path: FILE, name: 'national', actor: 'bench', withdrawMissing: false };
    const importStart = performance.now();
    const { report } = await (await openCatalogue(files, store, systemClock)).importFile({
      ...request,
      signal: new AbortController().signal,
    });
    const importMs = performance.now() - importStart;
    await store.close();

    store = await open();
    const heap = heapMB();
    const openStart = performance.now();
    const catalogue = await openCatalogue(files, store, systemClock);
    const openMs = performance.now() - openStart;
    const firstStart = performance.now();
    catalogue.search('khai sinh', 20);
    const firstMs = performance.now() - firstStart;
    const indexMB = heapMB() - heap;
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const text of QUERIES) {
        const start = performance.now();
        catalogue.search(text, 50);
        times.push(performance.now() - start);
      }
    }
    const bodyStart = performance.now();
    for (const { code } of catalogue.search('', 100)) catalogue.find(code);
    const bodyMs = (performance.now() - bodyStart) / 100;
    await store.close();
    // What a clerk would wait for without an index: reading all of the file and looking for the words.
    const plainStart = performance.now();
    const { gunzipSync } = await import('node:zlib');
    gunzipSync(readFileSync(FILE))
      .toString('utf8')
      .split('\n')
      .filter((line) => line.includes('khai sinh'));
    const plainMs = performance.now() - plainStart;
    times.sort((a, b) => a - b);
    const p99 = times[Math.floor(times.length * 0.99)] ?? 0;
    return {
      'catalogue.procedures': report.procedures,
      'catalogue.importMs': importMs,
      'catalogue.openMs': openMs,
      'catalogue.firstSearchMs': firstMs,
      'catalogue.searchMedianMs': times[times.length >> 1] ?? 0,
      'catalogue.searchP99Ms': p99,
      'catalogue.searchP99OfFileScan': p99 / plainMs,
      'catalogue.procedureMs': bodyMs,
      'catalogue.indexMB': indexMB,
    };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Live memory of JavaScript and its buffers; exact only under --expose-gc, else what is not yet collected counts too. */
function heapMB(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1e6;
}
