import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { type Dossier, toView } from '../dossiers/dossier.ts';
import type { EncodeBarcode } from '../slips/barcode.ts';
import { parseSlipForm, type SlipForm } from '../slips/form.ts';
import { renderSlip } from '../slips/render.ts';
import type { CounterConfig } from './config.ts';
import type { Resources } from './resources.ts';

/** Name of the information system in the slip's QR (TT 01/2023/TT-VPCP Điều 26). */
export const SYSTEM = 'Một Cửa Counter';

/** The forms that are shipped. Throws CONFIG_INVALID. */
export async function readSlipForms(resources: Resources): Promise<SlipForm[]> {
  const names = (await readdir(path.join(resources.root, 'slips'))).filter((name) => name.endsWith('.json'));
  return Promise.all(names.sort().map(async (n) => parseSlipForm(await resources.json(`slips/${n}`))));
}

/** Draws the reception slip of a dossier on the form that is in force on its day of receipt. */
export async function createSlipRenderer(
  config: CounterConfig,
  resources: Resources,
  encodeBarcode: EncodeBarcode,
): Promise<(dossier: Dossier, actor: string) => Promise<Uint8Array>> {
  const forms = await readSlipForms(resources);
  return (dossier, actor) =>
    renderSlip(
      { kind: 'reception', dossier: toView(dossier) },
      {
        unit: config.unit,
        counter: config.counter,
        clerkName: actor,
        headName: '',
        system: SYSTEM,
        issuedAt: dossier.receivedAt!,
        number: null,
        register: null,
        reprint: 0,
        trackingUrl: '',
        paymentQr: '',
        fonts: resources.fonts,
        forms,
        encodeBarcode,
      },
    );
}
