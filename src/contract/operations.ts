import { z } from 'zod';
import {
  applicant,
  citizenCard,
  diagnosticCheck,
  dossierRow,
  dossierView,
  duration,
  id,
  outboxStatus,
  procedure,
  procedureHit,
  scannerDevice,
  scanSettings,
  signingKey,
} from './model.ts';
import { type Role, role } from './roles.ts';

interface Operation<I extends z.ZodType, O extends z.ZodType> {
  readonly kind: 'command' | 'query';
  readonly roles: readonly Role[];
  readonly input: I;
  readonly output: O;
}

const CLERKS = ['clerk', 'supervisor'] as const;
const EVERYONE = ['clerk', 'supervisor', 'admin'] as const;

function query<I extends z.ZodType, O extends z.ZodType>(
  roles: readonly Role[],
  input: I,
  output: O,
): Operation<I, O> {
  return { kind: 'query', roles, input, output };
}

function command<I extends z.ZodType, O extends z.ZodType>(
  roles: readonly Role[],
  input: I,
  output: O,
): Operation<I, O> {
  return { kind: 'command', roles, input, output };
}

/** What a screen repeats to the engine: codes and ids of a catalogue, addresses of devices and keys. */
const code = z.string().max(100);
const address = z.string().max(4096);

const nothing = z.object({});
const dossierRef = z.object({ dossierId: id });

/** All that a screen may ask of the engine. Adding a line here is the only way to give a screen a new power. */
export const OPERATIONS = {
  'session.info': query(
    EVERYONE,
    nothing,
    z.object({
      role,
      user: z.string(),
      unit: z.object({ code: z.string(), name: z.string() }),
      counter: z.string(),
      version: z.string(),
      training: z.boolean(),
    }),
  ),
  'procedures.search': query(
    EVERYONE,
    z.object({ text: z.string().max(200), limit: z.number().int().min(1).max(100).default(20) }),
    z.array(procedureHit),
  ),
  'procedures.get': query(EVERYONE, z.object({ code }), procedure),
  'citizens.readCard': query(CLERKS, z.object({ line: z.string().max(2000) }), citizenCard),
  'dossiers.list': query(
    CLERKS,
    z.object({ text: z.string().max(200).default(''), limit: z.number().int().min(1).max(200).default(50) }),
    z.array(dossierRow),
  ),
  'dossiers.get': query(CLERKS, dossierRef, dossierView),
  'dossiers.open': command(CLERKS, z.object({ procedureCode: code, dossierId: id.optional() }), dossierView),
  'dossiers.setApplicant': command(CLERKS, dossierRef.extend({ applicant }), dossierView),
  /** Duration is what the clerk is shown while she waits: the due date if the dossier were received now. */
  'dossiers.previewDue': query(
    CLERKS,
    dossierRef,
    z.object({ due: dossierView.shape.due, duration: duration.nullable() }),
  ),
  'dossiers.sign': command(
    CLERKS,
    dossierRef.extend({ key: address, pin: z.string().max(256) }),
    dossierView,
  ),
  'dossiers.receive': command(CLERKS, dossierRef, dossierView),
  'dossiers.discard': command(
    CLERKS,
    dossierRef.extend({ reason: z.string().trim().min(1).max(500) }),
    dossierView,
  ),
  'pages.image': query(
    CLERKS,
    z.object({ pageId: id, variant: z.enum(['thumbnail', 'full']) }),
    z.object({ mime: z.literal('image/jpeg'), base64: z.base64() }),
  ),
  'pages.remove': command(CLERKS, z.object({ dossierId: id, pageId: id }), dossierView),
  'pages.restore': command(CLERKS, z.object({ dossierId: id, pageId: id }), dossierView),
  'pages.move': command(
    CLERKS,
    z.object({ dossierId: id, pageId: id, componentId: code, index: z.number().int().nonnegative() }),
    dossierView,
  ),
  'documents.read': query(
    CLERKS,
    z.object({ documentId: id }),
    z.object({ mime: z.literal('application/pdf'), base64: z.base64(), name: z.string() }),
  ),
  'scanners.list': query(EVERYONE, z.object({ search: z.boolean().default(false) }), z.array(scannerDevice)),
  'scans.start': command(
    CLERKS,
    z.object({ dossierId: id, componentId: code, device: address, settings: scanSettings }),
    z.object({ scanId: id }),
  ),
  'scans.cancel': command(CLERKS, z.object({ scanId: id }), nothing),
  'keys.list': query(CLERKS, nothing, z.array(signingKey)),
  'outbox.status': query(EVERYONE, nothing, outboxStatus),
  'outbox.push': command(EVERYONE, nothing, outboxStatus),
  /** A person has settled what stood in the way: a dossier that waits for one is tried again. */
  'outbox.retry': command(EVERYONE, dossierRef, outboxStatus),
  'diagnostics.run': query(EVERYONE, nothing, z.array(diagnosticCheck)),
} as const;

export type OperationName = keyof typeof OPERATIONS;
export type Input<N extends OperationName> = z.input<(typeof OPERATIONS)[N]['input']>;
export type ParsedInput<N extends OperationName> = z.output<(typeof OPERATIONS)[N]['input']>;
export type Output<N extends OperationName> = z.output<(typeof OPERATIONS)[N]['output']>;
