import { readFileSync } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { CounterError, type ErrorShape, toErrorShape } from '../../../contract/errors.ts';
import { inspectModule, type ModuleFacts } from './module-file.ts';
import type { TokenHost } from './token-host/client.ts';
import type { ProbeResult, TokenReport } from './token-host/messages.ts';

const listing = z.object({
  /** By platform; `%NAME%` is a variable of the environment. */
  folders: z.record(z.string(), z.array(z.string())),
  modules: z.array(
    z.object({
      vendor: z.string().min(1),
      use: z.enum(['government', 'public', 'test']),
      /** File names; `*` stands for any characters. */
      files: z.array(z.string().min(1)).min(1),
    }),
  ),
});
export type ModuleListing = z.infer<typeof listing>;

/** Reads `pkcs11-modules.json` of the resources folder. Throws CONFIG_INVALID. */
export function readModuleListing(resources: string): ModuleListing {
  const name = 'pkcs11-modules.json';
  try {
    return listing.parse(JSON.parse(readFileSync(path.join(resources, name), 'utf8')));
  } catch (cause) {
    throw new CounterError('CONFIG_INVALID', { file: name }, { cause });
  }
}

export interface FoundModule {
  readonly vendor: string;
  readonly use: 'government' | 'public' | 'test';
  /** The file itself: links are followed, so one module under several names is found once. */
  readonly file: string;
  /** What the file says of itself; null where it is no library. */
  readonly facts: ModuleFacts | null;
  /** This process's token host could load it. */
  readonly loadable: boolean;
}

export interface Surroundings {
  readonly platform: string;
  readonly arch: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const MAX_MODULES = 64;

/** Known modules that are installed here, those that can be loaded first. Nothing is loaded and no PIN is near. */
export async function findModules(
  { folders, modules }: ModuleListing,
  { platform, arch, env }: Surroundings = process,
): Promise<FoundModule[]> {
  const known = modules.flatMap(({ vendor, use, files }) =>
    files.map((pattern) => ({ vendor, use, matches: matcherOf(pattern) })),
  );
  const found = new Map<string, FoundModule>();
  for (const pattern of folders[platform] ?? []) {
    const folder = expanded(pattern, env);
    if (folder === null) continue;
    for (const name of await namesIn(folder)) {
      const module = known.find(({ matches }) => matches(name));
      if (!module || found.size >= MAX_MODULES) continue;
      const file = await realpath(path.join(folder, name)).catch(ifGone);
      if (file === null || found.has(file)) continue;
      const facts = inspectModule(file);
      const loadable = facts !== null && facts.machine === arch && facts.cryptoki !== false;
      found.set(file, { vendor: module.vendor, use: module.use, file, facts, loadable });
    }
  }
  return [...found.values()].sort((a, b) => Number(b.loadable) - Number(a.loadable));
}

function matcherOf(pattern: string): (name: string) => boolean {
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  const expression = new RegExp(`^${source}$`, 'i');
  return (name) => expression.test(name);
}

/** Null where a variable is not set. */
function expanded(folder: string, env: Surroundings['env']): string | null {
  let whole = true;
  const text = folder.replace(/%([^%]+)%/g, (_, name: string) => {
    const value = env[name];
    if (value === undefined) whole = false;
    return value ?? '';
  });
  return whole ? text : null;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    return ifGone(error) ?? [];
  }
}

/** A folder or a link's end that is not there holds no module; one that may not be looked into neither. */
function ifGone(error: unknown): null {
  const { code } = error as NodeJS.ErrnoException;
  if (code && ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP'].includes(code)) return null;
  throw error;
}

export interface ProbedModule {
  readonly file: string;
  /** What it shows; null where it failed. */
  readonly result: ProbeResult | null;
  readonly failure: ErrorShape | null;
}

export interface ProbedToken {
  readonly token: TokenReport;
  /** Modules that show this token, in the order in which they were asked: one key, several ways to it. */
  readonly modules: readonly string[];
}

export interface ProbeReport {
  readonly modules: readonly ProbedModule[];
  readonly tokens: readonly ProbedToken[];
}

/**
 * What each module shows, asked one after the other in the token host, each under its limit: one that hangs or crashes
 * costs a new process and is named. No PIN is asked for, so a token that several modules know loses no try.
 */
export async function probeModules(host: TokenHost, files: readonly string[]): Promise<ProbeReport> {
  const modules: ProbedModule[] = [];
  for (const file of await uniqueFiles(files)) {
    try {
      modules.push({ file, result: await host.probe(file), failure: null });
    } catch (error) {
      if (!(error instanceof CounterError)) throw error;
      modules.push({ file, result: null, failure: toErrorShape(error) });
    }
  }
  return { modules, tokens: tokensOf(modules) };
}

async function uniqueFiles(files: readonly string[]): Promise<string[]> {
  const real = await Promise.all(
    files.slice(0, MAX_MODULES).map(async (file) => (await realpath(file).catch(ifGone)) ?? file),
  );
  return [...new Set(real)];
}

/** One token, by what identifies it: maker and model may differ between modules, serial number and label do not. */
function tokensOf(modules: readonly ProbedModule[]): ProbedToken[] {
  const tokens = new Map<string, { token: TokenReport; modules: string[] }>();
  for (const { file, result } of modules) {
    for (const { token } of result?.slots ?? []) {
      if (!token?.initialised) continue;
      const identity = JSON.stringify([token.serial.toLowerCase(), token.label.normalize()]);
      const known = tokens.get(identity);
      if (!known) tokens.set(identity, { token, modules: [file] });
      else if (!known.modules.includes(file)) known.modules.push(file);
    }
  }
  return [...tokens.values()];
}
