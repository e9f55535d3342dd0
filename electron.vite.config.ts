import path from 'node:path';
import { defineConfig } from 'electron-vite';
import { rendererConfig } from './vite.renderer.config.ts';

const source = (file: string) => path.join(import.meta.dirname, 'src', file);

/** One bundle a process: the shell, the engine, the child hosts, and the worker threads. */
export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      rollupOptions: {
        input: {
          index: source('main/index.ts'),
          engine: source('main/engine/main.ts'),
          'token-host': source('main/signing/keys/token-host/main.ts'),
          'usb-host': source('main/usb/host.ts'),
          'imaging-worker': source('main/imaging/worker.ts'),
          'importing-worker': source('main/importing/worker.ts'),
          'reading-worker': source('main/reading/worker.ts'),
          'report-worker': source('main/engine/reports/file-thread.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      rollupOptions: {
        input: { index: source('preload/index.ts') },
        // A sandboxed preload cannot be an ES module.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: rendererConfig,
});
