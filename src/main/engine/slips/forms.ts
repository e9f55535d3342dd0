import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { CounterError } from '../../../contract/errors.ts';
import { parseSlipForm, type SlipForm } from '../../slips/form.ts';
import type { Resources } from '../resources.ts';

/** Name of the information system in the QR of a paper (TT 01/2023/TT-VPCP Điều 26). */
export const SYSTEM = 'Một Cửa Counter';

/** The forms that are shipped, and before them those of the unit's own folder. Throws CONFIG_INVALID, FILE_MISSING. */
export async function readSlipForms(resources: Resources, unitFolder: string): Promise<SlipForm[]> {
  const shipped = await readForms(path.join(resources.root, 'slips'));
  return unitFolder === '' ? shipped : [...(await readForms(unitFolder)), ...shipped];
}

async function readForms(folder: string): Promise<SlipForm[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new CounterError('FILE_MISSING', { file: path.basename(folder) }, { cause });
  });
  return Promise.all(
    names
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map(async (name) => parseSlipForm(json(await readFile(path.join(folder, name), 'utf8'), name))),
  );
}

function json(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CounterError('CONFIG_INVALID', { file, problem: 'JSON' }, { cause });
  }
}
