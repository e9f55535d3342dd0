/**
 * Assembles src/main/imaging/kernels/kernels.wat into kernels-wasm.ts beside it: node scripts/assemble-kernels.ts. The
 * assembler is wabt; a test asserts that what is committed is what it makes.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import createWabt from 'wabt';

const FOLDER = path.join(import.meta.dirname, '../src/main/imaging/kernels');
export const ASSEMBLED = path.join(FOLDER, 'kernels-wasm.ts');

/** The text of kernels-wasm.ts. */
export async function assembleKernels(): Promise<string> {
  const wabt = await createWabt();
  const features = { simd: true };
  const module = wabt.parseWat(
    'kernels.wat',
    readFileSync(path.join(FOLDER, 'kernels.wat'), 'latin1'),
    features,
  );
  module.resolveNames();
  module.validate();
  const base64 = Buffer.from(module.toBinary({}).buffer).toString('base64');
  module.destroy();
  const lines = base64.match(/.{1,100}/g)!.map((line) => `  '${line}',`);
  return [
    '/** kernels.wat, assembled by scripts/assemble-kernels.ts: WebAssembly in base64. */',
    'export const KERNELS = [',
    ...lines,
    "].join('');",
    '',
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(ASSEMBLED, await assembleKernels());
