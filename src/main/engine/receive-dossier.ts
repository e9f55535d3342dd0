import { CounterError } from '../../contract/errors.ts';
import type { DossierCode, DueDate } from '../../contract/model.ts';
import type { Calendar } from '../calendar/calendar.ts';
import { limitFor } from '../calendar/due-after.ts';
import { dueDate } from '../calendar/due-date.ts';
import { localDay } from '../calendar/local-time.ts';
import { assertReceivable, receive } from '../dossiers/commands.ts';
import { type Dossier, toView } from '../dossiers/dossier.ts';
import type { Store } from '../store/index.ts';
import type { Clock } from './clock.ts';
import type { AlongWith, Journal } from './journal.ts';
import type { Log } from './log.ts';
import type { OfficialNumbers } from './numbers.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { drawnAnew } from './slips/drawn-anew.ts';
import type { SlipIssuer } from './slips/issue.ts';

/** How long a clerk waits for the province when no number is in hand; after that the slip says 'temporary'. */
const NUMBER_PATIENCE_MS = 4_000;

export interface ReceiveParts {
  readonly store: Store;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly calendar: Calendar;
  /** Null where no province is configured. */
  readonly numbers: OfficialNumbers | null;
  /** Official numbers that are asked for at once when none is in hand. */
  readonly blockSize: number;
  /** Queues the dossier for the province. */
  readonly tellProvince: AlongWith;
  readonly counter: string;
  /** Throws where pages are still on their way into the dossier. */
  readonly assertIdle: (dossierId: string) => void;
  readonly slips: Pick<SlipIssuer, 'prepare'>;
  readonly onReceived: () => void;
  readonly log: Log;
}

/**
 * Receives a dossier: due date, code, slip and outbox row, written in one transaction. What fails leaves
 * the draft as it was; what succeeded survives any kill and leaves for the province by itself.
 */
export function createReceiver(parts: ReceiveParts): (dossierId: string, actor: string) => Promise<Dossier> {
  const { store, journal, clock, numbers, log } = parts;

  async function numberInHand(at: Date): Promise<void> {
    if (!numbers || numbers.inHand(at) > 0) return;
    const signal = AbortSignal.timeout(NUMBER_PATIENCE_MS);
    await numbers.fetch(at, Math.max(1, parts.blockSize), signal).catch((error: unknown) => {
      log.warn({ err: error }, 'no official number could be had; the slip will carry a temporary code');
    });
  }

  /** The code is chosen before the slip is drawn; it is the dossier's only by `take`, in the transaction. */
  function chooseCode(
    dossierId: string,
    at: Date,
  ): { readonly code: DossierCode; readonly take: () => void } {
    const official = numbers?.next(at);
    if (numbers && official !== undefined) {
      const take = () => {
        if (numbers.take(dossierId, at) !== official)
          throw new CounterError('STORE_CONFLICT', { step: 'number' });
      };
      return { code: { value: official, kind: 'official' }, take };
    }
    const { value, take } = temporaryCode(store, parts.counter, at);
    return { code: { value, kind: 'temporary' }, take };
  }

  /** STORE_CONFLICT where the draft changed, or the number went elsewhere, while the slip was drawn. */
  async function attempt(dossierId: string, actor: string): Promise<Dossier> {
    const draft = journal.load(dossierId);
    if (draft.receivedAt !== null) return draft;
    parts.assertIdle(dossierId);
    assertReceivable(draft);
    const at = clock.now();
    const due = computeDue(draft, at, parts.calendar);
    await numberInHand(at);
    const { code, take } = chooseCode(dossierId, at);
    const facts = { code, receivedAt: at.toISOString(), due };
    const slip = await parts.slips.prepare(
      { kind: 'reception', dossier: { ...toView(draft), ...facts, state: 'received' } },
      { clerkName: actor, issuedAt: facts.receivedAt },
    );
    return journal.change(
      dossierId,
      actor,
      (now, stamp) => {
        if (now.version !== draft.version) throw new CounterError('STORE_CONFLICT', { step: 'slip' });
        parts.assertIdle(dossierId);
        const issued = { slipDocumentId: slip.documentId, slipNumber: slip.number };
        return receive(now, { ...facts, ...issued }, { ...stamp, at: facts.receivedAt });
      },
      slip.attachments,
      (received) => {
        take();
        slip.take();
        parts.tellProvince(received);
      },
    );
  }

  async function run(dossierId: string, actor: string): Promise<Dossier> {
    const dossier = await drawnAnew(() => attempt(dossierId, actor));
    parts.onReceived();
    return dossier;
  }

  return oneAtATime(run);
}

export function computeDue(dossier: Dossier, at: Date, calendar: Calendar): DueDate | null {
  const limit = limitFor(dossier.procedure, dossier.intake.channel);
  if (!limit) return null;
  const due = dueDate({ receivedAt: at.toISOString(), calendar, ...limit });
  return { at: due.at, reasons: due.reasons };
}

/** Local and said to be so: `TAM-<counter>-<yyMMdd>-<nnnn>`; never in the shape of an official code. */
function temporaryCode(store: Store, counter: string, at: Date) {
  const day = localDay(at).replaceAll('-', '').slice(2);
  const setting = `temporary-code.${day}`;
  const number = String(Number(store.settings.get(setting) ?? '0') + 1);
  return {
    value: `TAM-${counter}-${day}-${number.padStart(4, '0')}`,
    take: () => store.settings.set(setting, number),
  };
}
