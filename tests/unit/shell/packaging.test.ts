import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../../..');

/** The parts of the configuration that are judged here. */
interface Packaging {
  /** The builder's reader gathers the patterns in sets. */
  readonly files: readonly (string | { readonly filter: readonly string[] })[];
  readonly extraResources: readonly { from: string; to: string; filter: readonly string[] }[];
  readonly asar: boolean;
  readonly asarUnpack: readonly string[];
  readonly electronFuses: Readonly<Record<string, boolean>>;
  readonly win: { readonly target: readonly { readonly target: string }[] };
  readonly linux: { readonly target: readonly string[] };
  readonly msi: { readonly perMachine: boolean };
  readonly nsis: { readonly perMachine: boolean; readonly deleteAppDataOnUninstall: boolean };
}

/** electron-builder's own reader and judge of its configuration. */
const fromBuilder = createRequire(createRequire(import.meta.url).resolve('electron-builder/package.json'));
const { getConfig, validateConfiguration } = fromBuilder('app-builder-lib/out/util/config/config.js') as {
  getConfig(root: string, file: string, options: null): Promise<Packaging>;
  validateConfiguration(config: object, log: object): Promise<void>;
};
const { DebugLogger } = fromBuilder('builder-util') as { DebugLogger: new (enabled: boolean) => object };

describe('the packaging', () => {
  let config: Packaging;
  beforeAll(async () => {
    config = await getConfig(ROOT, 'electron-builder.yml', null);
  });
  const judge = (candidate: object) => validateConfiguration(candidate, new DebugLogger(false));

  it('is what electron-builder understands', async () => {
    await judge(config);
    await expect(judge({ ...config, electronFuse: {} })).rejects.toThrow(/electronFuse/);
  });

  it('sets every fuse to the safe side', () => {
    expect(config.electronFuses).toEqual({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      grantFileProtocolExtraPrivileges: false,
    });
    expect(config.asar).toBe(true);
  });

  it('makes the four kinds of installer, for the machine and not for one user', () => {
    expect(config.win.target.map(({ target }) => target)).toEqual(['msi', 'nsis']);
    expect(config.linux.target).toEqual(['deb', 'AppImage']);
    expect(config.msi.perMachine && config.nsis.perMachine).toBe(true);
  });

  it('leaves the dossiers on the machine when the program is removed', () => {
    expect(config.nsis.deleteAppDataOnUninstall).toBe(false);
  });

  it('takes along the bundles and no source, simulator, web host or command line', () => {
    const patterns = config.files.flatMap((set) => (typeof set === 'string' ? [set] : set.filter));
    const taken = patterns.filter((pattern) => !pattern.startsWith('!'));
    expect(taken).toEqual(['out/main/**', 'out/preload/**', 'out/renderer/**', 'package.json', 'LICENSE']);
  });

  it('takes along every folder of resources that the engine reads, and what an admin installs by hand', () => {
    expect(config.extraResources).toHaveLength(1);
    const [{ from, to, filter }] = config.extraResources as [Packaging['extraResources'][number]];
    expect([from, to]).toEqual(['resources', 'resources']);
    const taken = filter
      .filter((pattern) => pattern !== '*.json')
      .map((pattern) => pattern.replace('/**', ''));
    for (const folder of taken) expect(existsSync(path.join(ROOT, from, folder)), folder).toBe(true);
    const engine = path.join(ROOT, 'src/main/engine');
    const read = readdirSync(engine, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(path.join(engine, file), 'utf8'))
      // What a bundle takes in is no file that is read.
      .map((text) => text.replace(/^import .*$/gm, ''));
    const folders = readdirSync(path.join(ROOT, 'resources'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !['build', 'linux'].includes(entry.name))
      .map((entry) => entry.name);
    const used = folders.filter((f) =>
      read.some((text) => text.includes(`, '${f}'`) || new RegExp(`['\`]${f}/`).test(text)),
    );
    // The udev rule for scanners and printers on the USB (docs/usb.md).
    expect(taken.sort()).toEqual([...used, 'linux'].sort());
    // The lists that lie in the folder itself: whom to trust, hosts that moved, makers' modules.
    const policy = readFileSync(path.join(ROOT, 'src/main/engine/signing-policy.ts'), 'utf8');
    for (const [, list] of policy.matchAll(/resources\.root, '([^']+)'/g))
      expect(existsSync(path.join(ROOT, from, list!)) && list!.endsWith('.json'), list).toBe(true);
    expect(filter).toContain('*.json');
  });

  it('keeps native modules and what lies beside them out of the archive', () => {
    for (const pattern of ['**/*.node', '**/*.wasm', 'node_modules/sharp/**', 'node_modules/@img/**']) {
      expect(config.asarUnpack).toContain(pattern);
    }
  });

  it('starts with the bundle that is built', () => {
    const { main } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { main: string };
    expect(main).toBe('out/main/index.js');
  });
});
