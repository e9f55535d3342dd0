import { createHash, randomUUID } from 'node:crypto';
import { CounterError } from '../../../contract/errors.ts';
import type { SlipKind } from '../../../contract/life-cycle.ts';
import { localDay } from '../../calendar/local-time.ts';
import { transferCodeOf } from '../../fees/transfer.ts';
import { renderSlip } from '../../slips/render.ts';
import type { Slip, SlipContext } from '../../slips/slip.ts';
import type { Store } from '../../store/index.ts';
import type { Clock } from '../clock.ts';
import type { CounterConfig } from '../config.ts';
import type { Attachments } from '../journal.ts';

/** Kinds of paper that carry a running number of the year (`Số: …/PBS-TTPVHCC`). */
const NUMBERED: ReadonlySet<SlipKind> = new Set([
  'reception',
  'supplement-request',
  'refusal',
  'extension',
  'stop',
  'process-control',
]);

/** A paper that is drawn and durable, and not issued yet: that it is by the transaction which `attachments` and `take` join. */
export interface DrawnSlip {
  readonly documentId: string;
  readonly number: number | null;
  readonly attachments: Attachments;
  /** Takes the number; STORE_CONFLICT where another paper took it meanwhile, so that the drawing is made anew. */
  readonly take: () => void;
}

/** What a slip says that the dossier does not: left out = as the counter is set up. */
export type SlipWords = Partial<
  Pick<SlipContext, 'clerkName' | 'headName' | 'paymentQr' | 'issuedAt' | 'reprint' | 'electronic'>
>;

export interface SlipIssuer {
  /** What papers and registers of this counter are drawn with. */
  context(words: SlipWords): SlipContext;
  /** A paper as PDF, under a number where its kind has them; nothing is kept and no number taken. */
  draw(slip: Slip, number: number | null, words: SlipWords): Promise<Uint8Array>;
  /** Draws a paper under the number that is next, and puts it into the vault. */
  prepare(slip: Slip, words: SlipWords): Promise<DrawnSlip>;
}

/** Names that a person sees when the paper is saved or printed. */
const FILE_NAMES: Readonly<Record<SlipKind, string>> = {
  reception: 'slip.pdf',
  'supplement-request': 'supplement-request.pdf',
  refusal: 'refusal.pdf',
  extension: 'extension.pdf',
  stop: 'stop.pdf',
  'process-control': 'process-control.pdf',
  'visit-receipt': 'visit-receipt.pdf',
  'return-receipt': 'return-receipt.pdf',
  'fee-receipt': 'fee-receipt.pdf',
  ticket: 'ticket.pdf',
};

/** Draws the counter's papers on the forms in force, and numbers them without a gap. */
export function createSlipIssuer(parts: {
  readonly store: Pick<Store, 'vault' | 'slipNumbers'>;
  readonly clock: Clock;
  readonly config: Pick<CounterConfig, 'unit' | 'counter' | 'slips' | 'fees'>;
  readonly drawnWith: Pick<SlipContext, 'fonts' | 'forms' | 'encodeBarcode' | 'system'>;
}): SlipIssuer {
  const { store, clock, config, drawnWith } = parts;

  function context(words: SlipWords): SlipContext {
    return {
      ...drawnWith,
      unit: config.unit,
      counter: config.counter,
      clerkName: words.clerkName ?? '',
      headName: words.headName ?? config.slips.head,
      issuedAt: words.issuedAt ?? clock.now().toISOString(),
      number: null,
      register: null,
      electronic: words.electronic ?? false,
      reprint: words.reprint ?? 0,
      trackingUrl: config.slips.trackingUrl,
      paymentQr: words.paymentQr ?? '',
    };
  }

  function draw(slip: Slip, number: number | null, words: SlipWords): Promise<Uint8Array> {
    const inBook = slip.kind === 'reception' && number !== null;
    return renderSlip(slip, {
      ...context({ paymentQr: paymentQrOf(slip, config.fees.account), ...words }),
      number,
      register: inBook ? { book: config.slips.book, order: number } : null,
    });
  }

  async function prepare(slip: Slip, words: SlipWords): Promise<DrawnSlip> {
    const issuedAt = words.issuedAt ?? clock.now().toISOString();
    const year = Number(localDay(new Date(issuedAt)).slice(0, 4));
    const number = NUMBERED.has(slip.kind) ? store.slipNumbers.next(slip.kind, year) : null;
    const pdf = await draw(slip, number, { ...words, issuedAt });
    const object = await store.vault.putBytes(pdf);
    const documentId = randomUUID();
    return {
      documentId,
      number,
      attachments: {
        objects: [object],
        document: {
          id: documentId,
          kind: 'slip',
          componentId: null,
          vaultHash: object.hash,
          name: FILE_NAMES[slip.kind],
          sha256: createHash('sha256').update(pdf).digest('hex'),
          bytes: pdf.length,
        },
      },
      take() {
        if (number !== null && store.slipNumbers.take(slip.kind, year) !== number)
          throw new CounterError('STORE_CONFLICT', { step: 'slip-number' });
      },
    };
  }

  return { context, draw, prepare };
}

/** On the reception slip, for a transfer of what is due then; empty where nothing is owed or the unit has no account. */
function paymentQrOf(slip: Slip, account: CounterConfig['fees']['account']): string {
  if (slip.kind !== 'reception' || !account) return '';
  return transferCodeOf(slip.dossier, account, ['reception'])?.text ?? '';
}
