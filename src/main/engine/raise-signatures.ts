import { CounterError } from '../../contract/errors.ts';
import { type SignatureLevel, type SignatureView, signatureLevel } from '../../contract/model.ts';
import { raiseSignature } from '../dossiers/commands.ts';
import { signatureOf } from '../dossiers/dossier.ts';
import type { EvidenceSource, TimeStamper } from '../signing/evidence/port.ts';
import { raisePdf } from '../signing/writing/raise.ts';
import type { Store } from '../store/index.ts';
import type { Clock } from './clock.ts';
import type { Journal } from './journal.ts';
import type { Log } from './log.ts';

/** What a unit's signatures are to reach, and who helps them there. */
export interface RaisingPolicy {
  readonly level: SignatureLevel;
  readonly timeStamper: TimeStamper;
  readonly evidence: EvidenceSource;
}

export interface SignatureRaiser {
  /**
   * Brings every signature of an outbox row to the level that is asked for, before anything of it is sent. What is
   * reached is kept step by step: a stamp that took minutes is not asked for twice. Throws TIMESTAMP_…, EVIDENCE_…,
   * CERTIFICATE_REVOKED, and what the disk throws.
   */
  prepare(itemId: string, signal: AbortSignal): Promise<void>;
  /** Begins with what waits, ahead of its turn to be sent: authorities are slow, and several can be asked at once. */
  wake(): void;
  close(): Promise<void>;
}

const LADDER = signatureLevel.options;
/** Who the journal names for what the outbox did by itself. */
const ACTOR = 'outbox';
/** Rows that are worked on ahead of their turn. */
const AHEAD = 4;
/** Later than any due time. */
const ALWAYS = '9999-12-31T23:59:59.999Z';

/**
 * Signs are made at the counter without a network (B-B); time stamps and validation data are added here, in the
 * background, to what was received and not yet sent (ETSI EN 319 142-1 §6).
 */
export function createSignatureRaiser(
  parts: {
    readonly store: Store;
    readonly journal: Journal;
    readonly clock: Clock;
    readonly log: Log;
  },
  policy: RaisingPolicy,
): SignatureRaiser {
  const { store, journal, clock, log } = parts;
  const closing = new AbortController();
  const underWay = new Map<string, Promise<void>>();

  /** One step of the ladder; answers the signature as it is then. */
  async function step(
    itemId: string,
    dossierId: string,
    from: SignatureView,
    to: SignatureLevel,
    signal: AbortSignal,
  ): Promise<SignatureView> {
    const document = store.documents.get(from.documentId);
    if (!document) throw new CounterError('VAULT_OBJECT_MISSING', { documentId: from.documentId });
    return store.workspace.withFolder(async (folder) => {
      const input = `${folder}/signed.pdf`;
      const output = `${folder}/raised.pdf`;
      await store.vault.copyTo(document.vaultHash, input);
      const { timeStamper, evidence } = policy;
      const now = () => clock.now();
      const raised = await raisePdf({ input, output, to, timeStamper, evidence, now, signal });
      const object = await store.vault.putFile(output);
      const file = { sha256: raised.sha256, bytes: raised.bytes, vaultHash: object.hash };
      const signature: SignatureView = { ...from, sha256: raised.sha256, bytes: raised.bytes, level: to };
      const { dossierId: _dossier, createdAt: _created, ...kept } = document;
      journal.change(
        dossierId,
        ACTOR,
        (d, stamp) => raiseSignature(d, signature, stamp),
        { objects: [object], document: { ...kept, ...file } },
        () => store.outbox.replaceFile(itemId, from.documentId, file),
      );
      return signature;
    });
  }

  async function raise(itemId: string, dossierId: string, documentId: string): Promise<void> {
    const found = signatureOf(journal.load(dossierId), documentId);
    // A document that came signed is sent as it came.
    if (!found) return;
    let signature = found;
    const wanted = LADDER.indexOf(policy.level);
    for (let at = LADDER.indexOf(signature.level ?? 'B-B') + 1; at <= wanted; at += 1)
      signature = await step(itemId, dossierId, signature, LADDER[at]!, closing.signal);
  }

  /** All documents of a row at once; what was uploaded in part goes on as it is. Shared by whoever asks meanwhile. */
  function ensure(itemId: string): Promise<void> {
    const running = underWay.get(itemId);
    if (running) return running;
    const item = store.outbox.get(itemId);
    const open = (item?.files ?? []).filter((f) => f.uploadLocation === null && f.remoteId === null);
    const work = Promise.allSettled(open.map((f) => raise(itemId, item!.dossierId, f.documentId))).then(
      (results) => {
        const failed = results.find((r) => r.status === 'rejected');
        if (failed) throw failed.reason;
      },
    );
    const tracked = work.finally(() => underWay.delete(itemId));
    underWay.set(itemId, tracked);
    return tracked;
  }

  async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw new CounterError('CANCELLED');
    let give = (): void => {};
    const aborted = new Promise<never>((_, reject) => {
      give = () => reject(new CounterError('CANCELLED'));
      signal.addEventListener('abort', give, { once: true });
    });
    try {
      await Promise.race([work, aborted]);
    } finally {
      signal.removeEventListener('abort', give);
    }
  }

  return {
    prepare: (itemId, signal) => unlessAborted(ensure(itemId), signal),
    wake() {
      const waiting = store.outbox.due(ALWAYS, AHEAD);
      for (const itemId of waiting) {
        if (underWay.has(itemId) || underWay.size >= AHEAD) continue;
        // The row's own turn meets the same failure, waits, and tries again: here it is only noted.
        ensure(itemId).catch((error: unknown) =>
          log.info({ err: error, itemId }, 'a signature was not raised'),
        );
      }
    },
    async close() {
      closing.abort();
      await Promise.allSettled([...underWay.values()]);
    },
  };
}
