import type { Receipt } from '../../contract/model.ts';

/** A file that the province is to keep, read piece by piece from the vault. */
export interface OutgoingFile {
  /** Stable across restarts: the same file of the same dossier always carries the same key. */
  readonly key: string;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  read(offset: number, length: number): Promise<Uint8Array>;
}

export interface StoredFile {
  /** The province's id of the file (IdTepTin). */
  readonly remoteId: string;
  readonly sha256: string;
}

/** Where an unfinished upload goes on; kept by the outbox between attempts. */
export interface UploadState {
  readonly location: string;
}

export interface Province {
  /**
   * Sends a file in chunks from wherever the province has got to. `state` is what an earlier attempt left;
   * `onState` is called as soon as there is something worth keeping. Resolves once the province confirms the hash.
   */
  upload(
    file: OutgoingFile,
    state: UploadState | null,
    onState: (state: UploadState) => void,
    signal: AbortSignal,
  ): Promise<StoredFile>;
  /**
   * Sends a record once. A time-out means *unknown*: the caller asks `findReceipt` before it sends again.
   * The same key with another payload throws PROVINCE_CONFLICT.
   */
  send(
    record: Readonly<Record<string, unknown>>,
    idempotencyKey: string,
    /** The province has the dossier, and this takes the place of what it holds. */
    updating: boolean,
    signal: AbortSignal,
  ): Promise<Receipt>;
  /** The receipt of an earlier send, or null where the province never got it. */
  findReceipt(idempotencyKey: string, signal: AbortSignal): Promise<Receipt | null>;
  /** Official numbers for a day of receipt (`yyyy-MM-dd`, +07:00), in order; asked for again with the same key it answers the same. */
  reserveNumbers(
    request: { readonly unit: string; readonly day: string; readonly count: number; readonly key: string },
    signal: AbortSignal,
  ): Promise<readonly string[]>;
}
