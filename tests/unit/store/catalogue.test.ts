import { describe, expect, it } from 'vitest';
import type { ImportReport } from '../../../src/contract/catalogue.ts';
import { cardOf } from '../../../src/main/procedures/card.ts';
import { fromNational } from '../../../src/main/procedures/national.ts';
import { catalogueOf } from '../../../src/main/store/catalogue.ts';
import type { Database } from '../../../src/main/store/database.ts';
import { nationalRecord } from '../../support/national.ts';
import { AT, codeOf, tempDatabase } from './fixtures.ts';

const FACTS = { at: AT, actor: 'admin', file: 'catalogue.jsonl' };
const REPORT: ImportReport = {
  ...{ file: 'catalogue.jsonl', procedures: 1, added: 1, changed: 0, unchanged: 0 },
  ...{ withdrawn: 0, missing: 0, stored: true, groups: [] },
};
const procedureOf = (code: string, name = code) =>
  fromNational(nationalRecord(code, { TENTTHC: name })).procedure;
const NOTHING = { returned: [], withdrawn: [], report: REPORT, problems: [] };

function keep(db: Database, code: string, number: number, name = code): void {
  const procedure = procedureOf(code, name);
  const pending = catalogueOf(db).begin(FACTS);
  const hash = `${code} ${name}`;
  pending.stage([{ procedure, number, hash }]);
  pending.finish({ ...NOTHING, staged: [{ code, number, hash, card: cardOf(procedure) }] });
}

describe('the catalogue in the store', () => {
  it('shows nothing of an import before its end, and sweeps what one left that never ended', async () => {
    const db = await tempDatabase();
    const c = catalogueOf(db);
    keep(db, '1.000001', 1);
    const lost = c.begin(FACTS);
    lost.stage([
      { procedure: procedureOf('1.000001', 'Mới'), number: 2, hash: 'x' },
      { procedure: procedureOf('1.000002'), number: 1, hash: 'y' },
    ]);
    expect(c.procedure('1.000001')?.name).toBe('1.000001');
    expect(c.procedure('1.000001', 2)).toBeUndefined();
    expect(c.procedure('1.000002')).toBeUndefined();
    expect(c.versions('1.000001')).toHaveLength(1);
    expect(c.pointers()).toHaveLength(1);
    keep(db, '1.000001', 2, 'Khác');
    expect(db.get<{ n: number }>('SELECT count(*) AS n FROM procedure_versions')?.n).toBe(2);
    expect(c.procedure('1.000001')?.name).toBe('Khác');
    expect(c.procedure('1.000001', 1)?.name).toBe('1.000001');
  });

  it('lets of two imports that began together only one end', async () => {
    const db = await tempDatabase();
    const first = catalogueOf(db).begin(FACTS);
    const second = catalogueOf(db).begin(FACTS);
    first.finish({ ...NOTHING, staged: [] });
    expect(await codeOf(() => second.finish({ ...NOTHING, staged: [] }))).toBe('STORE_CONFLICT');
  });

  it('keeps the problems of the last import alone, and finds them by kind and procedure', async () => {
    const db = await tempDatabase();
    const c = catalogueOf(db);
    const problem = (procedure: string, code: 'FIELD_MISSING' | 'NAME_MISSING') => ({
      ...{ procedure, code, where: 'x', value: '' },
    });
    const end = (problems: ReturnType<typeof problem>[]) =>
      c.begin(FACTS).finish({ ...NOTHING, staged: [], problems });
    end([problem('9', 'NAME_MISSING')]);
    end([problem('1', 'FIELD_MISSING'), problem('1', 'NAME_MISSING'), problem('2', 'NAME_MISSING')]);
    expect(c.problems({}, 0, 10).total).toBe(3);
    expect(c.problems({}, 1, 1).problems).toEqual([problem('1', 'NAME_MISSING')]);
    expect(c.problems({ code: 'NAME_MISSING' }, 0, 10).total).toBe(2);
    expect(c.problems({ procedure: '1' }, 0, 10).total).toBe(2);
    expect(c.problemGroups()).toEqual([
      { code: 'NAME_MISSING', count: 2, procedures: 2 },
      { code: 'FIELD_MISSING', count: 1, procedures: 1 },
    ]);
  });

  it('only adds to the unit’s amendments', async () => {
    const db = await tempDatabase();
    const c = catalogueOf(db);
    c.amend('1.000001', { at: AT, actor: 'admin', reason: 'r', amendment: { do: 'hide' } });
    expect(() => db.run('DELETE FROM procedure_amendments')).toThrow();
    expect(() => db.run("UPDATE procedure_amendments SET actor = 'x'")).toThrow();
    expect(c.amendments('1.000001').map((a) => a.amendment)).toEqual([{ do: 'hide' }]);
    expect(c.amendments('1.000002')).toEqual([]);
  });

  it('takes words of a code for nothing else', async () => {
    const c = catalogueOf(await tempDatabase());
    for (const code of ["' OR 1=1 --", '%', '']) {
      expect(c.procedure(code)).toBeUndefined();
      expect(c.versions(code)).toEqual([]);
    }
  });
});
