import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { REPORT_KINDS, reportBy, reportRequest } from '../../../src/contract/reports.ts';
import { DEFINITIONS } from '../../../src/main/reports/kinds/index.ts';
import { scopeOf } from '../../../src/main/reports/scope.ts';

const read = (language: string) =>
  JSON.parse(
    readFileSync(path.join(import.meta.dirname, `../../../resources/texts/reports.${language}.json`), 'utf8'),
  ) as Record<string, string>;
const scopeFor = (kind: (typeof REPORT_KINDS)[number]) =>
  scopeOf(reportRequest.parse({ kind, from: '2026-01-01', to: '2026-12-31' }), '2026-06-01T00:00:00Z');

describe('the words of reports', () => {
  const vi = read('vi');
  it('are the same in both languages, with the same values', () => {
    const en = read('en');
    expect(Object.keys(en)).toEqual(Object.keys(vi));
    const values = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
    for (const [key, text] of Object.entries(vi))
      expect([key, values(en[key]!)]).toEqual([key, values(text)]);
  });

  it.each(REPORT_KINDS)('name every column, row, note and the title of %s', (kind) => {
    const definition = DEFINITIONS[kind];
    const scope = scopeFor(kind);
    const rows = definition.shape === 'table' ? definition.fixedRows(scope) : [];
    const keys = [
      `report.kind.${kind}`,
      ...definition.columns.map((column) => column.key),
      ...definition.notes(scope).map((note) => note.key),
      ...rows.flatMap((row) => (row.labelKey ? [row.labelKey] : [])),
    ];
    for (const key of keys) expect(vi[key], key).toBeTruthy();
    const ids = definition.columns.map((column) => column.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { of } of definition.columns)
      if (of) expect(ids).toEqual(expect.arrayContaining([of.part, of.whole]));
  });

  it('name what rows may be told apart by', () => {
    for (const by of reportBy.options) expect(vi[`report.by.${by}`]).toBeTruthy();
  });
});
