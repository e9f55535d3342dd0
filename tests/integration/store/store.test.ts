import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../../src/main/store/index.ts';
import { fileKeyVault } from '../../../src/main/store/key-vault.ts';
import { AT, afterThisTest, codeOf, filesUnder, noise, tempFolder } from '../../unit/store/fixtures.ts';

const CHILD = path.join(import.meta.dirname, 'child.ts');

function open(dataDir: string) {
  return openStore({ dataDir, keyVault: fileKeyVault(path.join(dataDir, 'master.key')) });
}

function start(dataDir: string, job: string, seed = 0): ChildProcess {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', CHILD, dataDir, job, String(seed)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  afterThisTest(() => void child.kill('SIGKILL'));
  return child;
}

/** Lines of a child, which is killed after `count` of them and then `delay` milliseconds. */
async function linesUntilKilled(child: ChildProcess, count: number, delay: number): Promise<string[]> {
  const lines: string[] = [];
  const closed = once(child, 'close');
  for await (const line of createInterface({ input: child.stdout! })) {
    lines.push(line);
    if (lines.length === count) setTimeout(() => child.kill('SIGKILL'), delay);
  }
  await closed;
  return lines;
}

const told = (lines: readonly string[], word: string) =>
  lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));

describe('a store whose program is killed', () => {
  it('in the middle of putting pages has every acknowledged page and no orphan', async () => {
    const dataDir = tempFolder();
    const acknowledged: string[] = [];
    let removed = 0;
    for (let round = 0; round < 12; round += 1) {
      const lines = await linesUntilKilled(start(dataDir, 'put', round), 3 + round, (round * 7) % 5);
      acknowledged.push(...told(lines, 'page'));
      const store = await open(dataDir);
      removed += store.sweepReport.removed;
      expect(store.sweepReport.missing).toEqual([]);
      for (const hash of acknowledged) expect(store.objects.has(hash)).toBe(true);
      expect(
        filesUnder(path.join(dataDir, 'vault'))
          .map((f) => path.basename(f))
          .sort(),
      ).toEqual([...store.objects.after('', 10_000)]);
      await store.close();
    }
    const store = await open(dataDir);
    for (const hash of acknowledged) expect(await store.vault.verify(hash)).toBeGreaterThan(100_000);
    expect((await store.vault.sweep('all')).removed).toBe(0);
    await store.close();
    expect(acknowledged.length).toBeGreaterThan(60);
    console.log(`${acknowledged.length} pages acknowledged, ${removed} unfinished ones removed`);
  });

  it('in the middle of transactions has each acknowledged one whole and no half of another', async () => {
    const dataDir = tempFolder();
    for (let round = 0; round < 10; round += 1) {
      const lines = await linesUntilKilled(start(dataDir, 'transact'), 4 + round * 3, (round * 3) % 4);
      const said = Math.max(0, ...told(lines, 'count').map(Number));
      const store = await open(dataDir);
      const count = Number(store.settings.get('count') ?? 0);
      expect(count).toBeGreaterThanOrEqual(said);
      expect(store.events.version(`dossier-${count - 1}`)).toBe(1);
      expect(store.events.version(`dossier-${count}`)).toBe(0);
      expect(store.settings.get('filler-49')).toBe(`${count - 1}`.repeat(100));
      expect(store.events.after(0, 100_000).length).toBe(count);
      await store.close();
    }
  });

  it('opens again at once: the lock dies with its holder', async () => {
    const dataDir = tempFolder();
    const child = start(dataDir, 'hold');
    await once(child.stdout!, 'data');
    expect(await codeOf(open(dataDir))).toBe('STORE_IN_USE');
    child.kill('SIGKILL');
    await once(child, 'exit');
    await (await open(dataDir)).close();
  });
});

describe('two programs', () => {
  it('that start at the same time share one key', async () => {
    const dataDir = tempFolder();
    const keys = await Promise.all(
      Array.from({ length: 4 }, async () =>
        told(await linesUntilKilled(start(dataDir, 'key'), 99, 0), 'key'),
      ),
    );
    expect(new Set(keys.flat()).size).toBe(1);
    expect(keys.flat()).toHaveLength(4);
  });

  it('that open the same store leave the first one undisturbed', async () => {
    const dataDir = tempFolder();
    const store = await open(dataDir);
    const object = await store.vault.putBytes(noise(1000));
    await store.workspace.withFolder(async (folder) => {
      const plain = path.join(folder, 'plain.pdf');
      writeFileSync(plain, 'x');
      expect(await codeOf(open(dataDir))).toBe('STORE_IN_USE');
      // The refused one must not have swept a page whose row is on its way, nor wiped the workspace.
      expect(readFileSync(plain, 'utf8')).toBe('x');
    });
    store.objects.add(object, AT);
    expect(await store.vault.verify(object.hash)).toBe(1000);
    await store.close();
  });
});

describe('a store at rest', () => {
  it('holds no readable personal data in any file, open or closed', async () => {
    const dataDir = tempFolder();
    const words = ['NGUYỄN THỊ THỬ NGHIỆM', '001085012345', 'nguyen thi thu nghiem'];
    const page = Buffer.concat([noise(3000), Buffer.from(words.join('|')), noise(3000)]);
    const store = await open(dataDir);
    const object = await store.vault.putBytes(page);
    store.transaction(() => {
      store.objects.add(object, AT);
      store.events.append('d', 0, [{ type: 'applicant', at: AT, actor: 'clerk', payload: { words } }]);
      store.dossiers.save({
        id: 'd',
        version: 1,
        state: 'draft',
        delivery: 'none',
        visitId: null,
        groupId: null,
        procedureCode: 'p',
        procedureName: 'n',
        applicantName: words[0]!,
        code: '',
        openedAt: AT,
        receivedAt: null,
        dueAt: null,
        pages: 1,
        folded: words.join(' '),
        view: { words },
      });
    });
    expect(store.dossiers.search('thu ngh', 5)).toHaveLength(1);
    const readable = () =>
      filesUnder(dataDir).filter((file) => words.some((word) => readFileSync(file).includes(word)));
    expect(filesUnder(dataDir).length).toBeGreaterThan(4);
    expect(readable()).toEqual([]);
    expect(filesUnder(dataDir).some((file) => readFileSync(file).includes('SQLite format 3'))).toBe(false);
    await store.close();
    expect(readable()).toEqual([]);
    for (const file of filesUnder(dataDir)) expect(statSync(file).mode & 0o777, file).toBe(0o600);
  });

  it('does not open with another key, and keeps everything for the right one', async () => {
    const dataDir = tempFolder();
    const store = await open(dataDir);
    const object = await store.vault.putBytes(noise(1000));
    store.objects.add(object, AT);
    await store.close();
    const other = { masterKey: async () => new Uint8Array(32).fill(1) };
    expect(await codeOf(openStore({ dataDir, keyVault: other }))).toBe('STORE_KEY_WRONG');
    const again = await open(dataDir);
    expect(await again.vault.verify(object.hash)).toBe(1000);
    await again.close();
  });

  it('whose database was taken away refuses to start instead of taking its pages for orphans', async () => {
    const dataDir = tempFolder();
    const store = await open(dataDir);
    const object = await store.vault.putBytes(noise(1000));
    store.objects.add(object, AT);
    await store.close();
    for (const name of ['counter.db', 'counter.db.mark']) {
      rmSync(path.join(dataDir, name));
      expect(await codeOf(open(dataDir))).toBe('STORE_CORRUPT');
      expect(await codeOf(open(dataDir))).toBe('STORE_CORRUPT');
    }
    expect(filesUnder(path.join(dataDir, 'vault'))).toHaveLength(1);
  });
});
