import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../../src/main/store/index.ts';
import { fileKeyVault } from '../../../src/main/store/key-vault.ts';
import { runCounter } from '../../support/cli.ts';
import { placesSample } from '../../unit/citizens/places-sample.ts';
import { tempFolder } from '../../unit/store/fixtures.ts';

let folder: string;
let dataDir: string;
beforeEach(() => {
  folder = tempFolder();
  dataDir = path.join(folder, 'data');
});

function write(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}
const open = () => openStore({ dataDir, keyVault: fileKeyVault(path.join(dataDir, 'master.key')) });
async function count(): Promise<number> {
  const store = await open();
  const communes = store.places.count();
  await store.close();
  return communes;
}
const run = (...args: string[]) => runCounter(['addresses', ...args, '--data', dataDir]);

describe('addresses import', () => {
  it('takes a list, and another in its place', async () => {
    const [first, ...rest] = placesSample();
    const all = await run('import', write('all.json', JSON.stringify([first, ...rest])), '--json');
    expect([all.status, JSON.parse(all.stdout)]).toEqual([0, { provinces: 7, communes: 1375 }]);
    const one = await run('import', write('one.json', JSON.stringify([first])));
    expect([one.status, one.stdout]).toEqual([0, 'Đã nhập 199 xã, phường, đặc khu của 1 tỉnh, thành phố\n']);
    expect(await count()).toBe(199);
  });

  it('says what is wrong and leaves the list in use', async () => {
    const list = JSON.stringify(placesSample());
    await run('import', write('all.json', list));
    const cut = await run('import', write('cut.json', list.slice(0, 5000)), '--json');
    expect([cut.status, JSON.parse(cut.stdout)]).toEqual([
      1,
      { error: { code: 'PLACES_FILE_INVALID', details: { where: 'JSON' } } },
    ]);
    expect(cut.stderr).toContain('Danh mục đang dùng vẫn giữ nguyên');
    const gone = await run('import', path.join(folder, 'gone.json'), '--json');
    expect([gone.status, JSON.parse(gone.stdout)]).toMatchObject([1, { error: { code: 'FILE_MISSING' } }]);
    expect(await count()).toBe(1375);
  });

  it('waits for no counter that runs, and tells wrong usage', async () => {
    const file = write('all.json', JSON.stringify(placesSample()));
    const store = await open();
    const busy = await run('import', file, '--json');
    expect([busy.status, JSON.parse(busy.stdout)]).toMatchObject([1, { error: { code: 'STORE_IN_USE' } }]);
    await store.close();
    expect((await run('export', file)).status).toBe(2);
    expect((await run('import')).status).toBe(2);
  });
});
