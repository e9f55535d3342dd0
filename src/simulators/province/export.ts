import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { writeAtomic } from './durable.ts';
import { filePath, sha256OfFile } from './files.ts';
import { readRecords, type StoredRecord } from './records.ts';

/** What the province holds of one dossier. */
export interface RecordSnapshot extends StoredRecord {
  /** The files that the record names, hashed anew from the province's own disk. */
  readonly files: readonly {
    readonly IdTepTin: string;
    readonly HashTepTin: string;
    readonly KichThuoc: number;
  }[];
}

/**
 * Writes what the province holds of dossier `maHoSo` to `target` (default: `record.json` in the simulator's folder)
 * and returns it. Works on the folder alone, whether the simulator runs or not. Throws where there is no such record.
 */
export async function exportRecord(
  folder: string,
  maHoSo: string,
  target: string = path.join(folder, 'record.json'),
): Promise<RecordSnapshot> {
  const stored = readRecords(folder).find((r) => r.receipt.MaHoSo === maHoSo);
  if (!stored) throw new Error(`the province has no record ${maHoSo}`);
  const documents = Array.isArray(stored.record.TaiLieuNop) ? stored.record.TaiLieuNop : [];
  const ids = documents.map((d) => String((d as Record<string, unknown>).TepDinhKemId));
  const files = [];
  for (const id of ids) {
    const file = filePath(folder, id);
    files.push({ IdTepTin: id, HashTepTin: await sha256OfFile(file), KichThuoc: statSync(file).size });
  }
  const snapshot = { ...stored, files };
  await writeAtomic(target, `${JSON.stringify(snapshot, null, 2)}\n`);
  return snapshot;
}

/** The bytes of a stored file. */
export function readStoredFile(folder: string, remoteId: string): Uint8Array | null {
  const file = filePath(folder, remoteId);
  return existsSync(file) ? readFileSync(file) : null;
}
