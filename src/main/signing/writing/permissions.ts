import { CounterError, type ErrorDetails } from '../../../contract/errors.ts';
import { lookUp, type PdfDocument } from '../../pdf/reader/document.ts';
import { dictOf } from '../../pdf/reader/objects.ts';
import { isLocked, type Permissions } from '../verifying/changes/permissions.ts';
import { signatureFields } from '../verifying/find.ts';

/**
 * Nothing may be added to a certified document but what its certifier prepared: a further field is none of the
 * changes that any level allows. Throws PDF_CHANGES_FORBIDDEN with `reason`, and the level in `permission`.
 *
 * A document time stamp and validation data are exempt and never come here: "incremental updates which include only
 * the data necessary to add DSS's and/or document timestamps shall not be considered as changes" (ISO 32000-2 table
 * 257), whatever the level.
 */
export function refuseNewField({ level, locks }: Permissions, name: string): void {
  if (level) throw forbidden('certified', { permission: level });
  if (isLocked(locks, name)) throw forbidden('field-locked', { field: name });
}

/** Signing a prepared field is filling it: level 1 forbids that, and a lock on the field does. */
export function refuseFilling({ level, locks }: Permissions, name: string): void {
  if (level === 1) throw forbidden('certified', { permission: level });
  if (isLocked(locks, name)) throw forbidden('field-locked', { field: name });
}

/** Only the first signature may certify (ISO 32000-2 §12.8.2.2.1). Throws PDF_CHANGES_FORBIDDEN {reason: already-signed}. */
export async function refuseCertifying(document: PdfDocument, { level }: Permissions): Promise<void> {
  if (level) throw forbidden('certified', { permission: level });
  for (const { field } of await signatureFields(document)) {
    if (dictOf(await lookUp(document, field, 'V'))) throw forbidden('already-signed', {});
  }
}

function forbidden(reason: string, details: ErrorDetails): CounterError {
  return new CounterError('PDF_CHANGES_FORBIDDEN', { reason, ...details });
}
