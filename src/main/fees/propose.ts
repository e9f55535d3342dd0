import { z } from 'zod';
import { CounterError } from '../../contract/errors.ts';
import type { FeeProposal } from '../../contract/fees.ts';
import type { Procedure } from '../../contract/procedures.ts';
import { certificationFee } from '../dossiers/certified-copy.ts';

const whole = z.number().int().nonnegative();

/** Fees that go by the number of pages, as data with their source (resources/fee-scales.json). */
const feeScales = z.object({
  scales: z.array(
    z.object({
      id: z.string().min(1),
      /** National codes of the procedures that it is for. */
      procedures: z.array(z.string()),
      /** Only for these lines of the catalogue; empty = for those that name no amount. */
      feeCodes: z.array(z.string()),
      /** Name of the line where the catalogue has none. */
      name: z.string().min(1),
      kind: z.enum(['fee', 'charge']),
      source: z.string().min(1),
      /** Đồng for each of the first pages, for each further one, and at most for one copy. */
      firstPages: whole,
      first: whole,
      further: whole,
      most: whole,
    }),
  ),
});
export type FeeScale = z.infer<typeof feeScales>['scales'][number];

/** Throws CONFIG_INVALID {setting: 'fee-scales'}. */
export function readFeeScales(raw: unknown): readonly FeeScale[] {
  const parsed = feeScales.safeParse(raw);
  if (!parsed.success)
    throw new CounterError('CONFIG_INVALID', { setting: 'fee-scales' }, { cause: parsed.error });
  return parsed.data.scales;
}

/**
 * The lines that a procedure asks for: its own from the catalogue, and those of a scale by pages. Everything is due at
 * reception unless the clerk says otherwise; what is free is left out.
 */
export function proposeFees(
  procedure: Pick<Procedure, 'code' | 'fees'>,
  scales: readonly FeeScale[],
  quantity: { readonly pages?: number | undefined; readonly copies?: number | undefined },
): { lines: FeeProposal[]; needsQuantity: boolean } {
  // Provinces append their own code to the national one (facts §3.4).
  const scale = scales.find((s) => s.procedures.includes(procedure.code.slice(0, 8)));
  const { pages, copies = 1 } = quantity;
  const scaled = (spec: FeeProposal['spec'], by: FeeScale): FeeProposal => ({
    spec,
    quantity: copies,
    amount: pages === undefined ? null : certificationFee(pages, 1, by),
    due: 'reception',
    scale: { id: by.id, source: by.source },
  });
  const goesBy = (spec: FeeProposal['spec']) =>
    scale && (scale.feeCodes.length > 0 ? scale.feeCodes.includes(spec.code) : spec.amount === null);
  const lines = procedure.fees
    .filter((spec) => spec.amount !== 0)
    .map((spec): FeeProposal => {
      if (scale && goesBy(spec)) return scaled(spec, scale);
      return { spec, quantity: 1, amount: spec.amount, due: 'reception', scale: null };
    });
  if (scale && lines.length === 0) {
    const { name, kind, source } = scale;
    lines.push(scaled({ code: '', name, kind, amount: null, note: source }, scale));
  }
  return { lines, needsQuantity: lines.some((line) => line.scale !== null && line.amount === null) };
}
