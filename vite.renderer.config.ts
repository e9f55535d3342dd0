import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type UserConfig } from 'vite';

const root = import.meta.dirname;

/**
 * How the screens are built: for Electron's app:// protocol and for the web host alike, hence relative addresses.
 * Nothing is inlined into the page, because the content security policy allows neither inline nor data: scripts.
 */
export const rendererConfig: UserConfig = {
  root: path.join(root, 'src/renderer'),
  base: './',
  plugins: [react()],
  build: {
    outDir: path.join(root, 'out/renderer'),
    emptyOutDir: true,
    target: 'chrome140',
    assetsInlineLimit: 0,
    // Said aloud, because electron-vite leaves renderers as they are unless told.
    minify: 'oxc',
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
  },
};

export default defineConfig(rendererConfig);
