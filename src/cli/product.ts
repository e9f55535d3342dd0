import { readFile } from 'node:fs/promises';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '../..');

export const RESOURCES = path.join(ROOT, 'resources');
export const RENDERER_BUILD = path.join(ROOT, 'out/renderer');

export async function readProductInfo(): Promise<{ readonly version: string; readonly producer: string }> {
  const raw = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8')) as Record<string, string>;
  return { version: raw.version!, producer: `${raw.productName} ${raw.version}` };
}
