import type { ScannerDeps } from '../deps.ts';

/** A helper's own temporary files lie in its private folder, so that they go with it. */
export function programEnv(
  added: Readonly<Record<string, string>> | undefined,
  folder: string,
  deps: ScannerDeps,
): Record<string, string | undefined> {
  return { ...deps.env, ...added, TMPDIR: folder, TEMP: folder, TMP: folder };
}
