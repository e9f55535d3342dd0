/**
 * Draws docs/images/slips anew from the tests' fixtures: each paper's pages side by side, at 100 dots an inch, grey.
 * Needs `pdftoppm` (poppler-utils). `node scripts/slip-pictures.ts [NAME…]`
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { createBarcodeEncoder } from '../src/main/slips/barcode.ts';
import { renderRegister } from '../src/main/slips/registers.ts';
import { renderSlip } from '../src/main/slips/render.ts';
import { REGISTERS, SLIPS } from '../tests/integration/slips/book-fixtures.ts';
import { FIXTURES, type Fixture } from '../tests/integration/slips/fixtures.ts';
import { context, writerWasm } from '../tests/integration/slips/samples.ts';

const OUT = path.join(import.meta.dirname, '../docs/images/slips');
const DPI = 100;
const GAP = 12;

const wanted = new Set(process.argv.slice(2));
const encode = await createBarcodeEncoder(writerWasm());
mkdirSync(OUT, { recursive: true });
for (const { name, slip, context: over } of [...(Object.values(FIXTURES) as Fixture[]), ...SLIPS]) {
  if (wanted.size > 0 && !wanted.has(name)) continue;
  await draw(name, await renderSlip(slip, context(encode, over)));
}
for (const { name, request, context: over } of REGISTERS) {
  if (wanted.size > 0 && !wanted.has(name)) continue;
  await draw(name, await renderRegister(request, context(encode, over)));
}

/** One picture of all pages, greys cut to 16 steps: text stays sharp and the file small. */
async function draw(name: string, pdf: Uint8Array): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'slip-pictures-'));
  try {
    writeFileSync(path.join(folder, 'a.pdf'), pdf);
    execFileSync('pdftoppm', [
      '-r',
      String(DPI),
      '-gray',
      '-png',
      path.join(folder, 'a.pdf'),
      path.join(folder, 'p'),
    ]);
    const files = readdirSync(folder)
      .filter((file) => file.endsWith('.png'))
      .sort()
      .map((file) => path.join(folder, file));
    const sizes = await Promise.all(files.map((file) => sharp(file).metadata()));
    const height = Math.max(...sizes.map((s) => s.height));
    const width = sizes.reduce((sum, s) => sum + s.width + GAP, GAP);
    let left = GAP;
    const placed = files.map((input, i) => {
      const at = { input, left, top: GAP };
      left += sizes[i]!.width + GAP;
      return at;
    });
    await sharp({ create: { width, height: height + 2 * GAP, channels: 3, background: '#c8c8c8' } })
      .composite(placed)
      .png({ palette: true, colours: 16, dither: 0, compressionLevel: 9, effort: 10 })
      .toFile(path.join(OUT, `${name}.png`));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
