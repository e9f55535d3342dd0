/**
 * `node tests/labelled/main.ts [small|full] [SECTION…]`: generates the labelled set from its seeds, runs the pipeline
 * over it, prints what it reached against its bars and writes it to labelled-results.json. Exit 1 when a bar is missed.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Row, Section, Size } from './row.ts';

const folder = path.join(import.meta.dirname, 'sections');
const args = process.argv.slice(2);
const size: Size = args.includes('small') ? 'small' : 'full';
const asked = args.filter((a) => a !== 'small' && a !== 'full');
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3));
const unknown = asked.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`no such section: ${unknown.join(' ')}; there are: ${names.join(' ')}`);
  process.exit(2);
}

const rows: Row[] = [];
for (const name of names) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const start = performance.now();
  const section = (await import(path.join(folder, `${name}.ts`))) as Partial<Section>;
  // Other files of the folder help a section.
  if (!section.run) continue;
  rows.push(...(await section.run(size)));
  console.error(`${name}: ${((performance.now() - start) / 1000).toFixed(0)} s`);
}

const cells = rows.map((r) => [
  r.section,
  String(r.cases),
  r.measure,
  r.bar,
  Number.isInteger(r.value) ? String(r.value) : r.value.toFixed(3),
  r.ok ? 'ok' : 'MISSED',
]);
const head = ['section', 'cases', 'measure', 'bar', 'value', ''];
const widths = head.map((title, i) => Math.max(title.length, ...cells.map((c) => (c[i] ?? '').length)));
for (const line of [head, ...cells])
  console.log(line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  '));

const file = path.join(import.meta.dirname, '../../labelled-results.json');
writeFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), size, rows }, null, 2)}\n`);
process.exitCode = rows.every((r) => r.ok) ? 0 : 1;
