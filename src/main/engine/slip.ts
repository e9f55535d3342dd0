import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { localDay } from '../calendar/local-time.ts';
import { type Dossier, toView } from '../dossiers/dossier.ts';
import type { EncodeBarcode } from '../slips/barcode.ts';
import { formInForce, parseSlipForm } from '../slips/form.ts';
import { renderReceptionSlip } from '../slips/reception-slip.ts';
import type { CounterConfig } from './config.ts';
import type { Resources } from './resources.ts';

/** Name of the information system in the slip's QR (TT 01/2023/TT-VPCP Điều 26). */
export const SYSTEM = 'Một Cửa Counter';

/** Draws the reception slip of a dossier on the form that is in force on its day of receipt. */
export async function createSlipRenderer(
  config: CounterConfig,
  resources: Resources,
  encodeBarcode: EncodeBarcode,
): Promise<(dossier: Dossier, actor: string) => Promise<Uint8Array>> {
  const folder = path.join(resources.root, 'slips');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  const forms = await Promise.all(names.map(async (n) => parseSlipForm(await resources.json(`slips/${n}`))));
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
