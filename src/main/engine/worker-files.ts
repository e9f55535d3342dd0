import path from 'node:path';

/** Files of the worker threads; absent = the source beside the code that starts it, as plain Node runs it. */
export interface WorkerFiles {
  readonly imaging?: string;
  readonly importing?: string;
  readonly reading?: string;
}

/** The bundles of electron.vite.config.ts beside the engine's own. */
export function bundledWorkers(folder: string): Required<WorkerFiles> {
  const bundle = (name: string) => path.join(folder, `${name}-worker.js`);
  return { imaging: bundle('imaging'), importing: bundle('importing'), reading: bundle('reading') };
}
