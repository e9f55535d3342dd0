import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { localDay } from '../calendar/local-time.ts';
import { type Dossier, toView } from '../dossiers/dossier.ts';
import { createBarcodeEncoder } from '../slips/barcode.ts';
import { formInForce, parseSlipForm } from '../slips/form.ts';
import { renderReceptionSlip } from '../slips/reception-slip.ts';
import type { CounterConfig } from './config.ts';
import type { Resources } from './resources.ts';

/** Name of the information system in the slip's QR (TT 01/2023/TT-VPCP Điều 26). */
const SYSTEM = 'Một Cửa Counter';

/** Draws the reception slip of a dossier on the form that is in force on its day of receipt. */
export async function createSlipRenderer(
  config: CounterConfig,
  resources: Resources,
): Promise<(dossier: Dossier, actor: string) => Promise<Uint8Array>> {
  const folder = path.join(resources.root, 'slips');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  const forms = await Promise.all(names.map(async (n) => parseSlipForm(await resources.json(`slips/${n}`))));
  const wasm = createRequire(import.meta.url).resolve('zxing-wasm/writer/zxing_writer.wasm');
  const encodeBarcode = await createBarcodeEncoder(await readFile(wasm));
  const { name, parent, place } = config.unit;
  return (dossier, actor) =>
    renderReceptionSlip({
      dossier: toView(dossier),
      unit: { name, parent, place },
      counter: config.counter,
      clerkName: actor,
      system: SYSTEM,
      fonts: resources.fonts,
      form: formInForce(forms, localDay(new Date(dossier.receivedAt!))),
      encodeBarcode,
    });
}
