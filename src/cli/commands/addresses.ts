import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CounterError } from '../../contract/errors.ts';
import { parsePlaces } from '../../main/citizens/gazetteer.ts';
import { openStore } from '../../main/store/index.ts';
import { fileKeyVault } from '../../main/store/key-vault.ts';
import type { Command } from '../command.ts';

/** The list of communes in force, by which addresses are resolved; the one in use stays where the file is not right. */
export const addresses: Command = {
  usage: 'import F.json [--data DIR]',
  options: { data: { type: 'string' } },
  async run(args, io) {
    const [verb, file, ...more] = args.positionals;
    if (verb !== 'import' || file === undefined || more.length > 0)
      throw new CounterError('USAGE', { option: 'import FILE' });
    const dataDir = path.resolve(args.text('data') ?? process.env.COUNTER_DATA ?? args.required('data'));
    const places = parsePlaces(await textOf(file));
    const store = await openStore({ dataDir, keyVault: fileKeyVault(path.join(dataDir, 'master.key')) });
    try {
      store.places.replace(places);
    } finally {
      await store.close();
    }
    const json = {
      provinces: new Set(places.map((p) => p.provinceCode)).size,
      communes: places.length,
    };
    return { json, text: io.texts.say('cli.addressesDone', json) };
  },
};

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new CounterError('FILE_MISSING', { file: path.basename(file) }, { cause });
  }
}
