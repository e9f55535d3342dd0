import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { CounterError } from '../../../contract/errors.ts';
import { parseSlipForm, type SlipForm } from '../../slips/form.ts';
import { parseUnitForm, withUnitForms } from '../../slips/unit-forms.ts';
import type { Resources } from '../resources.ts';

/** Name of the information system in the QR of a paper (TT 01/2023/TT-VPCP Điều 26). */
export const SYSTEM = 'Một Cửa Counter';

/**
 * The forms that are shipped, with what the unit's own folder changes in them and puts before them. Throws
 * CONFIG_INVALID, FILE_MISSING.
 */
export async function readSlipForms(resources: Resources, unitFolder: string): Promise<SlipForm[]> {
  const shipped = await readFolder(path.join(resources.root, 'slips'), parseSlipForm);
  return unitFolder === '' ? shipped : withUnitForms(shipped, await readFolder(unitFolder, parseUnitForm));
}

async function readFolder<T>(folder: string, parse: (raw: unknown) => T): Promise<T[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new CounterError('FILE_MISSING', { file: path.basename(folder) }, { cause });
  });
  return Promise.all(
    names
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map(async (name) => parse(json(await readFile(path.join(folder, name), 'utf8'), name))),
  );
}

function json(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CounterError('CONFIG_INVALID', { file, problem: 'JSON' }, { cause });
  }
}
