import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ErrorShape } from '../../../../contract/errors.ts';
import type { SigningBatch } from '../../../../contract/model.ts';
import { useEngine, useEngineEvent } from '../../../app/engine.tsx';
import { shapeOf } from '../../../app/faults.ts';
import { KEYS } from '../../../app/query-keys.ts';
import { dossiersOf, endedAtPin, isOver } from './batch.ts';

/** review = what will be signed, before the PIN; batch = how far it is. Empty ids = all drafts. */
export type SigningView =
  | { readonly at: 'closed' }
  | { readonly at: 'review'; readonly dossierIds: readonly string[] }
  | { readonly at: 'batch' };

export interface Signing {
  readonly view: SigningView;
  /** The last batch that was heard of, under way or over. */
  readonly batch: SigningBatch | null;
  /** Whose documents they are, as the review named them. */
  readonly names: ReadonlyMap<string, string>;
  /** What the last PIN, or the last wish, came to where it did not go on. */
  readonly fault: ErrorShape | null;
  /** A call is on its way. */
  readonly asking: boolean;
  readonly stopping: boolean;
  /** Opens the review, or the batch where one is under way. */
  open(dossierIds: readonly string[]): void;
  show(): void;
  /** Puts the dialog away; a batch under way goes on, one that is over is forgotten. */
  close(): void;
  start(order: { dossierIds: string[]; key: string; pin: string }, names: ReadonlyMap<string, string>): void;
  resume(pin: string): void;
  cancel(): void;
}

/** So that a window which is loaded anew finds its batch again. */
const BATCH_KEY = 'counter.batch';
const CLOSED: SigningView = { at: 'closed' };

/** The batch of signatures under way, kept above the desk so that it goes on behind other work. */
export function useSigning(): Signing {
  const engine = useEngine();
  const queries = useQueryClient();
  const [view, setView] = useState<SigningView>(CLOSED);
  const [batch, setBatch] = useState<SigningBatch | null>(null);
  const [names, setNames] = useState<ReadonlyMap<string, string>>(NO_NAMES);
  const [fault, setFault] = useState<ErrorShape | null>(null);
  const [asking, setAsking] = useState(false);
  const [stopping, setStopping] = useState(false);
  /** The last that was announced of a batch is newer than any reply that comes after it. */
  const heard = useRef<SigningBatch | null>(null);
  const shown = useRef(view);
  useEffect(() => {
    shown.current = view;
  });

  const take = useCallback(
    (next: SigningBatch) => {
      if (next.state !== 'running') {
        setStopping(false);
        void queries.invalidateQueries({ queryKey: KEYS.keys });
      }
      if (isOver(next)) {
        sessionStorage.removeItem(BATCH_KEY);
        for (const id of dossiersOf(next)) void queries.invalidateQueries({ queryKey: KEYS.dossier(id) });
      } else sessionStorage.setItem(BATCH_KEY, next.batchId);
      // Back to where the PIN is typed, by a person alone: nothing is tried again by itself. A dialog that was put
      // away stays away, or what is typed elsewhere would go into its field.
      if (endedAtPin(next) && shown.current.at !== 'closed') {
        setBatch(null);
        setFault(next.fault);
        setView({ at: 'review', dossierIds: dossiersOf(next) });
        return;
      }
      setBatch(next);
    },
    [queries],
  );

  useEngineEvent(
    'signing.changed',
    useCallback(
      (next: SigningBatch) => {
        heard.current = next;
        take(next);
      },
      [take],
    ),
  );
  useEffect(() => {
    const batchId = sessionStorage.getItem(BATCH_KEY);
    if (batchId === null) return;
    engine.call('signing.get', { batchId }).then(
      (found) => heard.current?.batchId !== batchId && !isOver(found) && take(found),
      // It ended with the engine that knew it.
      () => sessionStorage.removeItem(BATCH_KEY),
    );
  }, [engine, take]);

  const ask = useCallback(
    (call: () => Promise<SigningBatch>, then: () => void = () => undefined) => {
      setAsking(true);
      setFault(null);
      heard.current = null;
      call()
        .then((reply) => {
          then();
          if (heard.current?.batchId !== reply.batchId) take(reply);
        })
        .catch((error: unknown) => {
          setStopping(false);
          setFault(shapeOf(error));
          void queries.invalidateQueries({ queryKey: KEYS.keys });
        })
        .finally(() => setAsking(false));
    },
    [queries, take],
  );

  const batchId = batch?.batchId ?? null;
  const active = batch !== null && !isOver(batch);
  return useMemo<Signing>(
    () => ({
      view,
      batch,
      names,
      fault,
      asking,
      stopping,
      open(dossierIds) {
        setFault(null);
        if (active) setView({ at: 'batch' });
        else {
          setBatch(null);
          setView({ at: 'review', dossierIds });
        }
      },
      show: () => setView({ at: 'batch' }),
      close() {
        setFault(null);
        setView(CLOSED);
        if (!active) setBatch(null);
      },
      start(order, whose) {
        setNames(whose);
        ask(
          () => engine.call('signing.start', order),
          () => setView((now) => (now.at === 'review' && !endsAtPin(heard.current) ? { at: 'batch' } : now)),
        );
      },
      resume(pin) {
        if (batchId !== null) ask(() => engine.call('signing.resume', { batchId, pin }));
      },
      cancel() {
        if (batchId === null) return;
        setStopping(true);
        ask(() => engine.call('signing.cancel', { batchId }));
      },
    }),
    [view, batch, names, fault, asking, stopping, active, batchId, ask, engine],
  );
}

function endsAtPin(batch: SigningBatch | null): boolean {
  return batch !== null && endedAtPin(batch);
}

const NO_NAMES: ReadonlyMap<string, string> = new Map();
