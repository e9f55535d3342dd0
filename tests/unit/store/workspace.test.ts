import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { openWorkspace } from '../../../src/main/store/workspace.ts';
import { filesUnder, tempFolder } from './fixtures.ts';

it('the workspace is private and forgets what an ended program left in it', async () => {
  const folder = path.join(tempFolder(), 'workspace');
  mkdirSync(path.join(folder, 'old'), { recursive: true });
  writeFileSync(path.join(folder, 'old', 'plain.pdf'), 'x');
  const workspace = await openWorkspace(folder);
  expect(filesUnder(folder)).toEqual([]);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  await workspace.dispose();
  expect(existsSync(folder)).toBe(false);
});

it('a folder of the workspace is gone with all it held, however its use ends', async () => {
  const workspace = await openWorkspace(path.join(tempFolder(), 'workspace'));
  const used: string[] = [];
  const use = async (folder: string) => {
    used.push(folder);
    writeFileSync(path.join(folder, 'plain.pdf'), 'x');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    return path.basename(folder);
  };
  const both = await Promise.all([workspace.withFolder(use), workspace.withFolder(use)]);
  expect(both.sort()).toEqual(used.map((folder) => path.basename(folder)).sort());
  const failing = workspace.withFolder(async (folder) => {
    await use(folder);
    throw new Error('signing failed');
  });
  await expect(failing).rejects.toThrow('signing failed');
  expect(new Set(used).size).toBe(3);
  expect(used.filter((folder) => existsSync(folder))).toEqual([]);
});
