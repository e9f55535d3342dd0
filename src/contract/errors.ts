import { z } from 'zod';

/**
 * Every failure that a person can meet has one stable code. The texts (heading, what happened, what to do next)
 * live in resources/texts, keyed by code; a code is never reused for another meaning.
 */
export const ERROR_CODES = [
  // contract and engine
  'BAD_REQUEST',
  'BAD_RESPONSE',
  'UNKNOWN_OPERATION',
  'FORBIDDEN_ROLE',
  'CANCELLED',
  'INTERNAL',
  'ENGINE_GONE',
  'CONFIG_INVALID',
  // field
  'PROCEDURE_UNKNOWN',
  'PROCEDURE_FILE_INVALID',
  'PROCEDURE_AMENDMENT_INVALID',
  'PROCEDURE_NOT_TAKEN',
  'DOSSIER_UNKNOWN',
  'DOSSIER_STATE',
  'COMPONENT_UNKNOWN',
  'COMPONENT_MISSING',
  'COMPONENT_UNSIGNED',
  'COMPONENT_NOT_DIGITISED',
  'PAGE_UNKNOWN',
  'APPLICANT_INCOMPLETE',
  'SEPARATOR_OTHER_DOSSIER',
  'REFUSAL_PENDING',
  'PROCEDURE_ONLINE_ONLY',
  'SUPPLEMENT_ASKED',
  'EXTENSION_GIVEN',
  'RESULT_EXISTS',
  'ORIGINALS_KEPT',
  'FEES_UNPAID',
  'CITIZEN_QR_INVALID',
  'CONFIDENTIAL_PAPER',
  'CALENDAR_YEAR_MISSING',
  'CALENDAR_INVALID',
  'DUE_TIME_INVALID',
  'DUE_COURSE_INVALID',
  'DUE_EXTENSION_SPENT',
  'DUE_EXTENSION_EARLIER',
  'DUE_EXTENSION_SHUT',
  'SLIP_TEXT_UNPRINTABLE',
  'FEE_PAID',
  'FEE_NOTHING_DUE',
  'FEE_AMOUNT_DIFFERS',
  'RECEIPT_UNKNOWN',
  'PLACES_FILE_INVALID',
  // store
  'STORE_IN_USE',
  'STORE_KEY_WRONG',
  'STORE_CORRUPT',
  'STORE_NEWER',
  'STORE_CONFLICT',
  'VAULT_OBJECT_MISSING',
  'VAULT_OBJECT_CORRUPT',
  'DISK_FULL',
  'DISK_FAILED',
  // scanning
  'SCANNER_URI_INVALID',
  'SCANNER_UNREACHABLE',
  'SCANNER_BUSY',
  'SCANNER_JAMMED',
  'SCANNER_COVER_OPEN',
  'SCANNER_EMPTY',
  'SCANNER_DENIED',
  'SCANNER_IO',
  'SCANNER_TIMEOUT',
  'SCANNER_PROTOCOL',
  'SCANNER_UNSUPPORTED',
  'SCANNER_CERTIFICATE',
  'SCANNER_TOOL_MISSING',
  'PAGE_TRUNCATED',
  // printing
  'PRINTER_URI_INVALID',
  'PRINTER_UNREACHABLE',
  'PRINTER_DENIED',
  'PRINTER_CERTIFICATE',
  'PRINTER_PROTOCOL',
  'PRINTER_BUSY',
  'PRINTER_REJECTED',
  'PRINTER_STOPPED',
  'PRINTER_MEDIA_EMPTY',
  'PRINTER_JAMMED',
  'PRINTER_COVER_OPEN',
  'PRINTER_SUPPLY_EMPTY',
  'PRINTER_UNSUPPORTED_FORMAT',
  'PRINTER_JOB_FAILED',
  'PRINTER_JOB_UNCERTAIN',
  'PRINTER_DEFAULT_MISSING',
  'PRINTER_PAPER_MISSING',
  'SPOOLER_MISSING',
  'SPOOLER_FAILED',
  'PRINT_UNKNOWN',
  'PRINT_STATE',
  'PRINT_REASON_MISSING',
  // imaging and PDF
  'IMAGE_UNREADABLE',
  'IMAGE_TOO_LARGE',
  'IMAGE_UNSUPPORTED',
  'READING_FAILED',
  'PDF_UNREADABLE',
  'PDF_ENCRYPTED',
  'PDF_NO_PAGES',
  'PDF_TOO_COMPLEX',
  'PDF_CHANGES_FORBIDDEN',
  'PDF_SIGNED_KEPT',
  'PDF_ACTIVE_CONTENT',
  'PDF_FONT_MISSING',
  // signing
  'KEY_SOURCE_INVALID',
  'PKCS12_UNREADABLE',
  'PKCS12_PASSWORD_WRONG',
  'PKCS12_NO_KEY',
  'KEY_UNSUPPORTED',
  'CERTIFICATE_EXPIRED',
  'CERTIFICATE_NOT_YET_VALID',
  'CERTIFICATE_MISMATCH',
  'TOKEN_MODULE_MISSING',
  'TOKEN_MODULE_INVALID',
  'TOKEN_NOT_PRESENT',
  'TOKEN_REMOVED',
  'TOKEN_NO_KEY',
  'TOKEN_PIN_WRONG',
  'TOKEN_PIN_LOCKED',
  'TOKEN_PIN_LENGTH',
  'TOKEN_PIN_NEEDED',
  'TOKEN_PIN_EXPIRED',
  'TOKEN_FUNCTION_FAILED',
  'TOKEN_BUSY',
  'TOKEN_HUNG',
  'TOKEN_HOST_CRASHED',
  'SIGNATURE_LEVEL_UNSUPPORTED',
  'SIGNATURE_TOO_LARGE',
  'SIGNATURE_SELF_CHECK_FAILED',
  'SIGNATURE_UNREADABLE',
  'TIMESTAMP_UNREACHABLE',
  'TIMESTAMP_REFUSED',
  'TIMESTAMP_INVALID',
  'EVIDENCE_UNREACHABLE',
  'EVIDENCE_INCOMPLETE',
  'CERTIFICATE_REVOKED',
  'CERTIFICATE_UNTRUSTED',
  'TRUST_LIST_INVALID',
  'SIGNATURE_FIELD_UNKNOWN',
  'SIGNATURE_FIELD_DEMANDS',
  'SIGNATURE_NONE',
  'SIGNATURE_INVALID',
  'SIGNING_BATCH_UNKNOWN',
  'SIGNING_BUSY',
  'SIGN_SERVICE_UNREACHABLE',
  'SIGN_SERVICE_REFUSED',
  'SIGN_SERVICE_TIMEOUT',
  'SIGN_SERVICE_CHANGED_DOCUMENT',
  'TOKEN_MODULE_BITS',
  'DOCUMENT_UNTRUSTED',
  'APPEARANCE_IMAGE_INVALID',
  'CERTIFICATION_ONE_SIGNER',
  // province
  'PROVINCE_UNREACHABLE',
  'PROVINCE_TIMEOUT',
  'PROVINCE_UNAUTHORIZED',
  'PROVINCE_FORBIDDEN',
  'PROVINCE_REFUSED',
  'PROVINCE_FAILED',
  'PROVINCE_PROTOCOL',
  'PROVINCE_CONFLICT',
  'PROVINCE_HASH_MISMATCH',
  'PROVINCE_NO_NUMBERS',
  // files and command line
  'FILE_MISSING',
  'FILE_TOO_LARGE',
  'UPLOAD_BROKEN',
  'INBOX_UNREACHABLE',
  'FILE_EXISTS',
  'USAGE',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** Facts about one failure, for the text's placeholders and for logs; never personal data, never a secret. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean>>;

/** The shape of a failure as it crosses a process border. */
export const errorShape = z.object({
  code: z.enum(ERROR_CODES),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
export type ErrorShape = z.infer<typeof errorShape>;

/**
 * Base of every named failure. `code` chooses the text, `details` fills its placeholders; `cause` keeps the
 * technical origin for the log and never reaches a screen.
 */
export class CounterError extends Error {
  override readonly name: string = 'CounterError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}, options?: { cause?: unknown }) {
    super(`${code}${Object.keys(details).length > 0 ? ` ${JSON.stringify(details)}` : ''}`, options);
    this.code = code;
    this.details = details;
  }
}

export function toErrorShape(error: unknown): ErrorShape {
  if (error instanceof CounterError) return { code: error.code, details: { ...error.details } };
  if (error instanceof Error && error.name === 'AbortError') return { code: 'CANCELLED', details: {} };
  return { code: 'INTERNAL', details: {} };
}

export function fromErrorShape(shape: ErrorShape): CounterError {
  return new CounterError(shape.code, shape.details);
}
