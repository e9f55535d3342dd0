import { CounterError, type ErrorCode, toErrorShape } from '../../contract/errors.ts';

/** Faults that another attempt cannot mend: a person has to look at the dossier, the unit's rights or the disk. */
const FOR_A_PERSON: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'PROVINCE_CONFLICT',
  'PROVINCE_REFUSED',
  'PROVINCE_HASH_MISMATCH',
  'PROVINCE_FORBIDDEN',
  'DOSSIER_UNKNOWN',
  'DOSSIER_STATE',
  'APPLICANT_INCOMPLETE',
  'COMPONENT_UNKNOWN',
  'VAULT_OBJECT_MISSING',
  'VAULT_OBJECT_CORRUPT',
  'CONFIDENTIAL_PAPER',
  'CERTIFICATE_REVOKED',
  'CERTIFICATE_UNTRUSTED',
  'SIGNATURE_INVALID',
  'SIGNATURE_NONE',
]);

/** The province was not reached at all: the fault is the line's, whichever dossier met it. */
const SILENT: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['PROVINCE_UNREACHABLE', 'PROVINCE_TIMEOUT']);

export interface FaultVerdict {
  readonly code: ErrorCode;
  readonly needsPerson: boolean;
  /** No other dossier would fare better now. */
  readonly wholeLine: boolean;
  /** The province answered, if only to refuse. */
  readonly online: boolean;
}

export function judgeFault(error: unknown): FaultVerdict {
  const { code, details } = error instanceof CounterError ? error : toErrorShape(error);
  return {
    code,
    needsPerson: FOR_A_PERSON.has(code),
    wholeLine:
      code === 'PROVINCE_UNAUTHORIZED' || (code === 'PROVINCE_UNREACHABLE' && details.sent === false),
    online: code.startsWith('PROVINCE_') && !SILENT.has(code),
  };
}
