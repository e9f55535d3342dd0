import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadResources, type Resources } from '../../../../src/main/engine/resources.ts';
import { readSlipForms } from '../../../../src/main/engine/slips/forms.ts';
import { formInForce } from '../../../../src/main/slips/form.ts';

let resources: Resources;
let folder: string;

beforeEach(async () => {
  resources = await loadResources(path.join(import.meta.dirname, '../../../../resources'));
  folder = mkdtempSync(path.join(tmpdir(), 'unit-forms-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const put = (name: string, content: unknown) =>
  writeFileSync(path.join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));

describe("the counter's forms", () => {
  it('are there for every kind of paper about a dossier, under both regulations', async () => {
    const forms = await readSlipForms(resources, '');
    for (const kind of ['reception', 'supplement-request', 'refusal', 'extension'] as const) {
      expect(formInForce(forms, kind, '2025-09-14').regulation, kind).toContain('01/2018');
      expect(formInForce(forms, kind, '2025-09-15').regulation, kind).toContain('03/2025');
    }
    expect(formInForce(forms, 'stop', '2026-01-01').regulation).toContain('03/2025');
  });

  it("take the changes of the unit's folder, in the order of its names, and leave other files alone", async () => {
    put('20.json', { changes: 'reception', provenance: 'b', labels: { unitAbbreviation: 'SAU' } });
    put('10.json', { changes: 'reception', provenance: 'a', labels: { unitAbbreviation: 'TRUOC' } });
    put('readme.txt', 'no form');
    const forms = await readSlipForms(resources, folder);
    expect(formInForce(forms, 'reception', '2026-01-01').labels.unitAbbreviation).toBe('SAU');
    expect(formInForce(forms, 'refusal', '2026-01-01').labels.unitAbbreviation).toBe('TTPVHCC');
  });

  it.each([
    ['{"changes": "reception"', 'JSON'],
    ['{"changes":"reception","provenance":"x","regulation":"Thông tư 99"}', 'no form reception'],
    ['{"kind":"reception"}', 'form'],
    ['', 'JSON'],
  ])('are refused where a file of the unit is none: %s', async (content, problem) => {
    put('a.json', content);
    await expect(readSlipForms(resources, folder)).rejects.toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        details: expect.objectContaining({ problem: expect.stringContaining(problem) }),
      }),
    );
  });

  it('are refused where the folder is not there', async () => {
    await expect(readSlipForms(resources, path.join(folder, 'none'))).rejects.toThrow(
      expect.objectContaining({ code: 'FILE_MISSING' }),
    );
  });
});
