import type { PendingDossier, SigningBatch } from '../../../../contract/model.ts';

export type BatchState = SigningBatch['state'];
export type DocumentState = SigningBatch['documents'][number]['state'];

/** Nothing more will happen to it. */
export function isOver(batch: SigningBatch): boolean {
  return batch.state === 'done' || batch.state === 'stopped';
}

/** Documents that a batch which is over has left unsigned. */
export function leftOver(batch: SigningBatch): number {
  return batch.documents.filter((d) => d.state !== 'signed').length;
}

/** Faults that ask for the secret once more and leave all else as it was. */
const SECRET_FAULTS: readonly string[] = [
  'TOKEN_PIN_WRONG',
  'TOKEN_PIN_LENGTH',
  'TOKEN_PIN_NEEDED',
  'PKCS12_PASSWORD_WRONG',
];

/** A batch that ended at its door: nothing was signed, and a person may type the PIN anew. */
export function endedAtPin(batch: SigningBatch): boolean {
  const { state, done, fault } = batch;
  return state === 'stopped' && done === 0 && fault !== null && SECRET_FAULTS.includes(fault.code);
}

/** Ids of the dossiers of a batch, each once, in its order. */
export function dossiersOf(batch: SigningBatch): string[] {
  return [...new Set(batch.documents.map((d) => d.dossierId))];
}

/** How many quarters of a batch are signed: each is worth a word to the ear, each document is not. */
export function quarters(batch: SigningBatch): number {
  return batch.total === 0 ? 0 : Math.floor((batch.done * 4) / batch.total);
}

export interface Chosen {
  readonly dossiers: number;
  readonly documents: number;
  readonly pages: number;
  readonly doubtful: number;
}

/** What a choice of dossiers comes to. */
export function totalOf(pending: readonly PendingDossier[]): Chosen {
  const documents = pending.flatMap((d) => d.documents);
  return {
    dossiers: pending.length,
    documents: documents.length,
    pages: documents.reduce((n, d) => n + d.pages, 0),
    doubtful: documents.reduce((n, d) => n + d.doubtful, 0),
  };
}
