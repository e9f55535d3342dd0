import { z } from 'zod';
import { CounterError } from '../../contract/errors.ts';
import type { DossierView } from '../../contract/model.ts';

/**
 * Where a dossier stands for other systems: its state, and for one that has ended also how. expired = closed because the
 * supplement that was asked for never came.
 */
const STANDINGS = [
  'draft',
  'discarded',
  'received',
  'supplement-asked',
  'supplemented',
  'processing',
  'waiting-payment',
  'result-ready',
  'returned',
  'refused-before-reception',
  'refused',
  'withdrawn',
  'stopped',
  'expired-before-reception',
  'expired',
] as const;
export type Standing = (typeof STANDINGS)[number];

/** OpenCPS v2: statuses of a dossier. */
const opencpsStatus = z.enum([
  'new',
  'collecting',
  'receiving',
  'processing',
  'waiting',
  'handover',
  'releasing',
  'paying',
  'posting',
  'done',
  'cancelled',
  'denied',
  'correcting',
  'pausing',
  'unresolved',
  'interoperating',
]);

const stateCodesFile = z.object({
  source: z.string(),
  /** TrangThaiHoSo, with its words. */
  national: z.array(
    z.object({ code: z.number().int().min(1).max(10), vi: z.string().min(1), en: z.string().min(1) }),
  ),
  standings: z.array(
    z.object({
      standing: z.enum(STANDINGS),
      /** Null = other systems never hear of it. */
      national: z.number().int().nullable(),
      opencps: opencpsStatus.nullable(),
    }),
  ),
});

export interface StateCode {
  /** TrangThaiHoSo, 1–10. */
  readonly national: number;
  /** Its words, which VNPT iGate shows too. */
  readonly vi: string;
  readonly en: string;
  readonly opencps: string;
}
/** Null = a dossier that no other system hears of. */
export type StateCodes = Readonly<Record<Standing, StateCode | null>>;

/** resources/dossier-states.json. Throws CONFIG_INVALID {file, where}: also where a standing lacks, or a code is unknown. */
export function parseStateCodes(raw: unknown): StateCodes {
  const parsed = stateCodesFile.safeParse(raw);
  if (!parsed.success) throw invalid(parsed.error.issues[0]?.path.join('.') ?? '', parsed.error);
  const { national, standings } = parsed.data;
  const codes = STANDINGS.map((standing): [Standing, StateCode | null] => {
    const rows = standings.filter((s) => s.standing === standing);
    const row = rows[0];
    if (!row || rows.length > 1) throw invalid(standing);
    if (row.national === null) return [standing, null];
    const words = national.find((n) => n.code === row.national);
    if (!words || row.opencps === null) throw invalid(standing);
    return [standing, { national: row.national, vi: words.vi, en: words.en, opencps: row.opencps }];
  });
  return Object.fromEntries(codes) as Record<Standing, StateCode | null>;
}

type Placed = Pick<DossierView, 'state' | 'cameFrom' | 'receivedAt'>;

/** What a dossier stands as; a closed one as what it ended as. */
export function standingOf({ state, cameFrom, receivedAt }: Placed): Standing {
  const ended = state === 'closed' ? cameFrom : state;
  const unreceived = receivedAt === null;
  if (ended === 'refused') return unreceived ? 'refused-before-reception' : 'refused';
  if (state === 'closed' && (ended === 'supplement-asked' || ended === null || ended === 'closed'))
    return unreceived ? 'expired-before-reception' : 'expired';
  return ended as Exclude<typeof ended, null | 'closed'>;
}

/** The national state of a dossier, with its words; null while no other system may hear of it. */
export function nationalState(dossier: Placed, codes: StateCodes): StateCode | null {
  return codes[standingOf(dossier)];
}

function invalid(where: string, cause?: unknown): CounterError {
  return new CounterError('CONFIG_INVALID', { file: 'dossier-states.json', where }, { cause });
}
