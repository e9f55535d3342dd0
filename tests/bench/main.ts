/**
 * `npm run bench [NAME…]`: measures, prints, and writes bench-results.json. The machine is part of every figure; what
 * counts are the ratios to other programs on the same work in the same run.
 */
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { providePeers } from '../../scripts/peers.ts';
import { PEERS } from '../support/peers.ts';
import { benchCatalogue } from './catalogue.ts';
import { benchPdf } from './pdf.ts';
import { benchPipeline } from './pipeline.ts';
import { benchReading } from './reading.ts';
import { benchReports } from './reports.ts';
import { benchSigning } from './signing.ts';
import { benchStore } from './store.ts';

type Figures = Readonly<Record<string, number>>;

const BENCHES: Readonly<Record<string, () => Promise<Figures>>> = {
  pipeline: benchPipeline,
  reading: benchReading,
  pdf: benchPdf,
  signing: benchSigning,
  store: benchStore,
  catalogue: benchCatalogue,
  reports: benchReports,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(`no such bench: ${unknown.join(' ')}; there are: ${Object.keys(BENCHES).join(' ')}`);
  process.exit(2);
}

for (const name of providePeers([
  'img2pdf',
  'softhsm',
  'pkcs11-tool',
  'openssl',
  'unpaper',
  'ocrmypdf',
  'tesseract',
  'tesseract-vie',
])) {
  console.log(`missing: ${name} (Debian package ${PEERS[name].package}); its ratio is left out`);
}

const results: Record<string, Figures> = {};
for (const [name, bench] of Object.entries(BENCHES)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log(`\n${name}`);
  const figures = await bench();
  results[name] = figures;
  const width = Math.max(...Object.keys(figures).map((key) => key.length));
  for (const [key, value] of Object.entries(figures)) {
    console.log(`  ${key.padEnd(width)}  ${Number.isInteger(value) ? value : value.toFixed(3)}`);
  }
}

const machine = {
  cpu: os.cpus()[0]?.model ?? '',
  cores: os.cpus().length,
  memoryGiB: Math.round(os.totalmem() / 2 ** 30),
};
const file = path.join(import.meta.dirname, '../../bench-results.json');
writeFileSync(
  file,
  `${JSON.stringify({ at: new Date().toISOString(), node: process.version, machine, results }, null, 2)}\n`,
);
console.log(`\nwritten to ${path.relative(process.cwd(), file)}`);
