/**
 * The layer check: contract ← field ← adapters ← engine ← shell, cli, webhost; 'electron' only in the shell.
 * Usage: node scripts/check-layers.ts [ROOT]. Exit 1 with one line an offence.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';

interface Layer {
  readonly name: string;
  readonly folders: readonly string[];
  /** Layers that its files may import; a layer may always import itself. */
  readonly imports: readonly string[];
  /** Packages it may use: 'any' except those kept elsewhere, or a closed list. */
  readonly packages: 'any' | readonly string[];
}

const LAYERS: readonly Layer[] = [
  { name: 'contract', folders: ['src/contract'], imports: [], packages: ['zod'] },
  {
    name: 'field',
    folders: ['dossiers', 'procedures', 'calendar', 'citizens', 'fees', 'slips', 'reports'].map(
      (f) => `src/main/${f}`,
    ),
    imports: ['contract'],
    packages: ['zod', 'pdf-lib', '@cantoo/fontkit', 'zxing-wasm'],
  },
  {
    name: 'adapters',
    folders: [
      ...['scanning', 'usb', 'importing', 'imaging', 'reading', 'pdf', 'signing', 'printing', 'province'],
      ...['store', 'access', 'audit', 'diagnostics'],
    ].map((f) => `src/main/${f}`),
    imports: ['contract', 'field'],
    packages: 'any',
  },
  {
    name: 'engine',
    folders: ['src/main/engine'],
    imports: ['contract', 'field', 'adapters'],
    packages: 'any',
  },
  {
    name: 'shell',
    folders: ['src/main/shell', 'src/main/index.ts'],
    imports: ['contract', 'engine'],
    packages: 'any',
  },
  { name: 'preload', folders: ['src/preload'], imports: ['contract'], packages: ['electron'] },
  { name: 'renderer', folders: ['src/renderer'], imports: ['contract'], packages: 'any' },
  { name: 'simulators', folders: ['src/simulators'], imports: ['contract'], packages: 'any' },
  {
    name: 'hosts',
    folders: ['src/cli', 'src/webhost'],
    imports: ['contract', 'field', 'adapters', 'engine', 'simulators'],
    packages: 'any',
  },
];

const ELECTRON_LAYERS = ['shell', 'preload'];
/** Pure code: no files, no network, no processes. */
const PURE_LAYERS = ['contract', 'field', 'renderer'];
/** Everything outside the product's source that any layer may read. */
const SHARED = ['resources'];

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) return filesUnder(full);
    return /\.(ts|tsx|mts|cts)$/.test(entry.name) ? [full] : [];
  });
}

function layerOf(file: string): Layer | undefined {
  return LAYERS.find((l) => l.folders.some((f) => file === f || file.startsWith(`${f}/`)));
}

function importsOf(source: string): string[] {
  const pattern =
    /(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+|\brequire\s*\(\s*|\bnew URL\s*\(\s*)(['"])([^'"\n]+)\1/g;
  return [...source.matchAll(pattern)].map((m) => m[2]!);
}

function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]!;
}

function offence(file: string, layer: Layer, specifier: string): string | undefined {
  if (specifier.startsWith('.')) {
    const target = path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier.split('?')[0]!));
    if (SHARED.some((s) => target.startsWith(`${s}/`))) return undefined;
    const targetLayer = layerOf(target);
    if (!targetLayer) return `imports ${target}, which is in no layer`;
    if (targetLayer === layer || layer.imports.includes(targetLayer.name)) return undefined;
    return `${layer.name} may not import ${targetLayer.name} (${target})`;
  }
  if (specifier === 'electron' || specifier.startsWith('electron/')) {
    return ELECTRON_LAYERS.includes(layer.name) ? undefined : `${layer.name} may not import electron`;
  }
  if (specifier.startsWith('node:') || builtinModules.includes(specifier)) {
    return PURE_LAYERS.includes(layer.name)
      ? `${layer.name} is pure and may not import ${specifier}`
      : undefined;
  }
  const name = packageOf(specifier);
  if (layer.packages !== 'any' && !layer.packages.includes(name)) {
    return `${layer.name} may not use the package ${name}`;
  }
  return undefined;
}

function check(root: string): string[] {
  const found: string[] = [];
  for (const full of filesUnder(path.join(root, 'src'))) {
    const file = path.relative(root, full).split(path.sep).join('/');
    const layer = layerOf(file);
    if (!layer) {
      found.push(`${file}: is in no layer`);
      continue;
    }
    for (const specifier of importsOf(readFileSync(full, 'utf8'))) {
      const what = offence(file, layer, specifier);
      if (what) found.push(`${file}: ${what}`);
    }
  }
  return found;
}

const root = path.resolve(process.argv[2] ?? path.join(import.meta.dirname, '..'));
const offences = check(root);
for (const line of offences) console.error(line);
console.log(offences.length === 0 ? 'layers: no offence' : `layers: ${offences.length} offences`);
process.exitCode = offences.length === 0 ? 0 : 1;
