import { z } from 'zod';
import { day, id, instant, sha256 } from './basics.ts';
import { errorShape } from './errors.ts';
import { feeLine, payment } from './fees.ts';
import {
  dataLookup,
  delivery,
  dossierGroup,
  dossierState,
  ending,
  extension,
  forwarding,
  handOut,
  intakeFacts,
  issuedPaper,
  paperCounts,
  refusalProposal,
  resultPaper,
  seenOriginal,
  submitter,
  supplement,
} from './life-cycle.ts';
import { componentSpec, procedure } from './procedures.ts';

/** Who the dossier belongs to (chủ hồ sơ) and, where it differs, who hands it in. */
export const applicant = z.object({
  name: z.string().trim().min(1).max(255),
  /** Số định danh cá nhân (12 digits), old CMND (9 digits) or an organisation's number. */
  identityNumber: z.string().trim().max(20),
  kind: z.enum(['citizen', 'household-business', 'business', 'agency', 'organisation']),
  birthDate: day.nullable(),
  gender: z.enum(['male', 'female', 'other']).nullable(),
  address: z.string().trim().max(500),
  phone: z.string().trim().max(20),
  email: z.union([z.email().max(254), z.literal('')]),
  /** Number of the ethnic group, 1–54 (resources/ethnic-groups.json); null = not asked for. */
  ethnicity: z.number().int().min(1).max(54).nullable().default(null),
  /** Codes of province (2 digits) and commune (5) in force, where the address was resolved. */
  place: z
    .object({ province: z.string().regex(/^\d{2}$/), commune: z.string().regex(/^\d{5}$/) })
    .nullable()
    .default(null),
});
export type Applicant = z.infer<typeof applicant>;

/** What the citizen card's QR line gave, with the checks that only warn (facts: number against birth and gender). */
export const citizenCard = z.object({
  applicant,
  issuedOn: day.nullable(),
  oldNumber: z.string(),
  warnings: z.array(
    z.enum([
      'NUMBER_SHAPE',
      'PLACE_UNKNOWN',
      'BIRTH_YEAR_DIFFERS',
      'GENDER_DIFFERS',
      'TEXT_DAMAGED',
      /** It came through a wrong code page and was put right, with proof. */
      'TEXT_REPAIRED',
      'INPUT_METHOD',
      'CARD_EXPIRED',
    ]),
  ),
});
export type CitizenCard = z.infer<typeof citizenCard>;

/** A point of a picture: fractions 0…1 of its width and height, from its top left. */
const point = z.object({ x: z.number(), y: z.number() });
/** Four corners of something in a picture, clockwise from what is its own top left. */
export const quad = z.tuple([point, point, point, point]);
export type Quad = z.infer<typeof quad>;

/** Clockwise. */
export const quarterTurn = z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]);
export type QuarterTurn = z.infer<typeof quarterTurn>;

export const colourMode = z.enum(['color', 'gray', 'bw']);
export type ColourMode = z.infer<typeof colourMode>;

/**
 * What was done to a page between its original and the picture that is kept, in this order; every step can be undone
 * on its own, because the original is kept beside it.
 */
export const pageTreatment = z.object({
  /** Corners of the paper in the original, in its order (not yet upright); null = the whole picture. */
  crop: quad.nullable(),
  turn: quarterTurn,
  /** Degrees, clockwise positive; 0 = left as it came. */
  straightenedBy: z.number(),
  /** Shadows of a photo evened out. */
  light: z.boolean(),
  /** Dark scan edges and punch holes filled with the colour of the paper. */
  edges: z.boolean(),
  colour: colourMode,
});
export type PageTreatment = z.infer<typeof pageTreatment>;

/** What a person or a profile asks for; what is left out the program chooses. */
export const treatmentWish = pageTreatment.partial();
export type TreatmentWish = z.infer<typeof treatmentWish>;

/** Why a page deserves a second look. A page is marked, never dropped. */
export const pageFlag = z.enum([
  'blank',
  'blurred',
  'cut-off',
  'too-dark',
  'too-light',
  'skewed',
  'fingers',
  'low-dpi',
  'orientation-unsure',
  'damaged',
  /** The very same bytes came before in this job: the device has probably sent one sheet twice. */
  'repeated',
]);
export type PageFlag = z.infer<typeof pageFlag>;

export const barcode = z.object({
  format: z.enum(['qr', 'code128', 'code39', 'patch']),
  text: z.string().max(4096),
  /** In the original. */
  corners: quad,
});
export type Barcode = z.infer<typeof barcode>;

/** What the program sees on a page; measured on the original. */
export const pageFindings = z.object({
  flags: z.array(pageFlag),
  /** Ink, parts per million of the paper. */
  ink: z.number().nonnegative(),
  /** Quarter turn that makes it upright, and how sure that is (0…1). */
  orientation: z.object({ turn: quarterTurn, confidence: z.number().min(0).max(1) }),
  /** Least mode that keeps what the paper shows: seals and coloured ink need colour. */
  needs: colourMode,
  codes: z.array(barcode),
});
export type PageFindings = z.infer<typeof pageFindings>;

/** A sheet that only divides: it is set aside, not thrown away. */
export const separator = z.enum(['next-component', 'component', 'dossier']);

export const pageView = z.object({
  id,
  /** Pixels of the kept image. */
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  dpi: z.number().positive(),
  treatment: pageTreatment,
  findings: pageFindings,
  origin: z.enum(['scan', 'import', 'photo']),
  separator: separator.nullable(),
  /** Counts the pictures that the page has had: a screen fetches a picture anew when it rises. */
  revision: z.number().int().nonnegative(),
  /** A person has looked at it and let it stand, whatever its flags say. */
  confirmed: z.boolean(),
  addedAt: instant,
  removed: z.boolean(),
});
export type PageView = z.infer<typeof pageView>;

/** ETSI EN 319 102-1 §5.1.3. */
export const indication = z.enum(['TOTAL-PASSED', 'INDETERMINATE', 'TOTAL-FAILED']);
export type Indication = z.infer<typeof indication>;

/** PAdES baseline levels (ETSI EN 319 142-1 §6): bare, with a time stamp, with validation data, kept for decades. */
export const signatureLevel = z.enum(['B-B', 'B-T', 'B-LT', 'B-LTA']);
export type SignatureLevel = z.infer<typeof signatureLevel>;

export const signatureView = z.object({
  documentId: id,
  sha256,
  bytes: z.number().int().positive(),
  pages: z.number().int().positive(),
  signer: z.string(),
  signedAt: instant,
  /** What has been reached; the outbox raises it to what the unit's policy asks for before anything is sent. */
  level: signatureLevel.default('B-B'),
});
export type SignatureView = z.infer<typeof signatureView>;

/** A PDF that is kept as it came; one that carries signatures is an electronic original and is never drawn anew. */
export const attachmentView = z.object({
  id,
  /** As the file was called. */
  name: z.string(),
  bytes: z.number().int().positive(),
  pages: z.number().int().positive(),
  sha256,
  /** Signatures that it came with. */
  signatures: z.number().int().nonnegative(),
  /** What became of them when it came in (offline); null where it carried none, or was not judged. */
  verdict: indication.nullable().default(null),
  /** The clerk's, over a copy that came without any. */
  signature: signatureView.nullable(),
  addedAt: instant,
  removed: z.boolean(),
});
export type AttachmentView = z.infer<typeof attachmentView>;

/** What a digitised paper is (TT 01/2023/TT-VPCP: number, date, issuer and abstract are extracted with the copy). */
export const documentFacts = z.object({
  number: z.string().trim().max(100),
  date: day.nullable(),
  issuer: z.string().trim().max(255),
  title: z.string().trim().max(500),
});
export type DocumentFacts = z.infer<typeof documentFacts>;

/** What the program read on a component's pages, for a person to accept; null = not found for certain. */
export const factsSuggestion = z.object({
  number: z.string().nullable(),
  date: day.nullable(),
  issuer: z.string().nullable(),
  title: z.string().nullable(),
});
export type FactsSuggestion = z.infer<typeof factsSuggestion>;

export const componentView = z.object({
  spec: componentSpec,
  pages: z.array(pageView),
  /** Over the pages. */
  signature: signatureView.nullable(),
  attachments: z.array(attachmentView),
  facts: documentFacts.nullable(),
  /** What was handed in; null = not counted, as many as the catalogue says. */
  counts: paperCounts.nullable(),
  seen: seenOriginal.nullable(),
  /** Data that were looked up in place of the paper. */
  lookup: dataLookup.nullable(),
});
export type ComponentView = z.infer<typeof componentView>;

export const dueDate = z.object({
  at: instant,
  /** One line of reasoning each, as a message key with its values. */
  reasons: z.array(
    z.object({ key: z.string(), values: z.record(z.string(), z.union([z.string(), z.number()])) }),
  ),
});
export type DueDate = z.infer<typeof dueDate>;

/** official = issued by the province; temporary = local, printed as such, replaced once the province answers. */
export const dossierCode = z.object({ value: z.string().min(1), kind: z.enum(['official', 'temporary']) });
export type DossierCode = z.infer<typeof dossierCode>;

export const receipt = z.object({
  /** The province's own id of the record. */
  reference: z.string().min(1),
  at: instant,
  /** SHA-256 over the record as the province stored it. */
  recordSha256: sha256,
});
export type Receipt = z.infer<typeof receipt>;

export const dossierView = z.object({
  id,
  state: dossierState,
  /** The state before this one; null for a fresh draft. */
  cameFrom: dossierState.nullable(),
  procedure,
  applicant: applicant.nullable(),
  components: z.array(componentView),
  code: dossierCode.nullable(),
  openedAt: instant,
  openedBy: z.string(),
  receivedAt: instant.nullable(),
  due: dueDate.nullable(),
  slipDocumentId: id.nullable(),
  receipt: receipt.nullable(),
  /** Why the last attempt to send failed, while it is not sent. */
  sendFault: z.string().nullable(),
  delivery,
  submitter: submitter.nullable(),
  intake: intakeFacts,
  /** Dossiers that one person handed in in one go. */
  visitId: id.nullable(),
  group: dossierGroup.nullable(),
  supplements: z.array(supplement),
  refusalProposed: refusalProposal.nullable(),
  extension: extension.nullable(),
  forwarded: z.array(forwarding),
  results: z.array(resultPaper),
  /** NgayKetThucXuLy: the first result was there, or the dossier ended without one. */
  finishedAt: instant.nullable(),
  handedOut: handOut.nullable(),
  ended: ending.nullable(),
  papers: z.array(issuedPaper),
  fees: z.array(feeLine),
  payments: z.array(payment),
});
export type DossierView = z.infer<typeof dossierView>;

export const dossierRow = z.object({
  id,
  state: dossierState,
  delivery,
  procedureCode: z.string(),
  procedureName: z.string(),
  applicantName: z.string(),
  code: z.string(),
  openedAt: instant,
  receivedAt: instant.nullable(),
  dueAt: instant.nullable(),
  pages: z.number().int(),
});
export type DossierRow = z.infer<typeof dossierRow>;

export const scanSettings = z.object({
  source: z.enum(['adf', 'adf-duplex', 'platen']),
  /** Dots an inch; NĐ 30/2020 Phụ lục I asks for 200 at least. */
  dpi: z.number().int().min(50).max(1200),
  mode: z.enum(['color', 'gray', 'bw']),
});
export type ScanSettings = z.infer<typeof scanSettings>;

/** How a kind of paper is scanned on one device, and where that was found: the nearest wins. */
export const scanProfile = z.object({
  settings: scanSettings,
  /** Grey and bilevel where a page needs no more; the law asks for colour, so this is an admin's or a clerk's choice. */
  autoColour: z.boolean(),
  from: z.enum(['component', 'procedure', 'device', 'default']),
});
export type ScanProfile = z.infer<typeof scanProfile>;

/** Where pages that come go: behind the others, in front of a page, or in its place (it is set aside). */
export const pagePlace = z.discriminatedUnion('at', [
  z.object({ at: z.literal('end') }),
  z.object({ at: z.literal('before'), pageId: id }),
  z.object({ at: z.literal('replace'), pageId: id }),
]);
export type PagePlace = z.infer<typeof pagePlace>;

/** auto = a signed PDF whole, a scan's pages as pages; whole = the PDF as it is; pages = each page a picture. */
export const importAs = z.enum(['auto', 'whole', 'pages']);
export type ImportAs = z.infer<typeof importAs>;

/** A file that lies in the watched folder. */
export const inboxFile = z.object({
  name: z.string(),
  bytes: z.number().int().nonnegative(),
  at: instant,
  /** Name of a file of the same content that was taken before; empty = none. */
  duplicateOf: z.string(),
});
export type InboxFile = z.infer<typeof inboxFile>;

export const printerInfo = z.object({
  uri: z.string(),
  name: z.string(),
  state: z.enum(['idle', 'processing', 'stopped', 'unreachable']),
});
export type PrinterInfo = z.infer<typeof printerInfo>;

/** What is plugged in by USB. */
export const usbPresence = z.object({
  state: z.enum(['ok', 'unavailable']),
  /** Why it is unavailable; empty where it is not. */
  reason: z.string(),
  devices: z.array(
    z.object({
      id: z.string(),
      vendorId: z.number().int(),
      productId: z.number().int(),
      manufacturer: z.string(),
      product: z.string(),
      serial: z.string(),
      kinds: z.array(z.enum(['scanner', 'printer', 'token', 'reader', 'other'])),
      /** Speaks IPP and eSCL over USB (class 7/1/4). */
      ippUsb: z.boolean(),
    }),
  ),
});
export type UsbPresence = z.infer<typeof usbPresence>;

export const scannerDevice = z.object({
  uri: z.string().min(1),
  name: z.string(),
  origin: z.enum(['escl', 'sane', 'usb', 'helper', 'configured']),
  sources: z.array(scanSettings.shape.source),
  dpis: z.array(z.number()),
  modes: z.array(scanSettings.shape.mode),
});
export type ScannerDevice = z.infer<typeof scannerDevice>;

export const signingKey = z.object({
  /** `pkcs12:FILE`, `pkcs11:MODULE?token=LABEL` or `vgca:wss://127.0.0.1:8987`. */
  uri: z.string(),
  label: z.string(),
  /** vgca = the government's Sign Service on this computer: it asks for the PIN in a window of its own. */
  kind: z.enum(['pkcs12', 'pkcs11', 'vgca']),
  /** What the token says of its PIN before it is asked for one. */
  pinState: z.enum(['ok', 'low', 'final-try', 'locked', 'unknown']),
});
export type SigningKeyInfo = z.infer<typeof signingKey>;

export const outboxStatus = z.object({
  waiting: z.number().int(),
  sending: z.number().int(),
  sent: z.number().int(),
  needsPerson: z.number().int(),
  online: z.boolean(),
  lastFault: errorRef(),
});
export type OutboxStatus = z.infer<typeof outboxStatus>;

function errorRef() {
  return z.object({ code: z.string(), at: instant }).nullable();
}

export const diagnosticCheck = z.object({
  name: z.string(),
  status: z.enum(['ok', 'warning', 'failed', 'skipped']),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
export type DiagnosticCheck = z.infer<typeof diagnosticCheck>;

/** A document that waits for the clerk's signature. */
export const pendingDocument = z.object({
  componentId: z.string(),
  /** Null = the component's pages. */
  attachmentId: id.nullable(),
  name: z.string(),
  pages: z.number().int().positive(),
  /** Pages with a finding that nobody has looked at. */
  doubtful: z.number().int().nonnegative(),
});
export type PendingDocument = z.infer<typeof pendingDocument>;

/** A draft with documents that wait for a signature: a line of the review before one PIN signs them all. */
export const pendingDossier = z.object({
  dossierId: id,
  applicant: z.string(),
  procedure: z.string(),
  documents: z.array(pendingDocument),
});
export type PendingDossier = z.infer<typeof pendingDossier>;

/**
 * Signatures made with one PIN. paused = the token is out, or was lost in the middle: what is done is kept, a new PIN
 * goes on. stopped = ended early by an error or a person; a wrong PIN always stops.
 */
export const signingBatch = z.object({
  batchId: id,
  state: z.enum(['running', 'paused', 'done', 'stopped']),
  key: z.string(),
  done: z.number().int().nonnegative(),
  total: z.number().int().nonnegative(),
  /** Every document of the batch, in the order of signing. */
  documents: z.array(
    z.object({
      dossierId: id,
      componentId: z.string(),
      attachmentId: id.nullable(),
      name: z.string(),
      state: z.enum(['waiting', 'signing', 'signed', 'failed']),
    }),
  ),
  /** Why it is paused or stopped; CANCELLED where a person did it. */
  fault: errorShape.nullable(),
});
export type SigningBatch = z.infer<typeof signingBatch>;

/** One line of the book of certified copies (sổ chứng thực bản sao từ bản chính, NĐ 23/2015/NĐ-CP Điều 13). */
export const certificationEntry = z.object({
  id,
  /** By the day at the counter. */
  year: z.number().int(),
  /** From 1 in each year, without a gap, on through all volumes of the year. */
  number: z.number().int().positive(),
  /** Sign of the kind of act: `SCT/BS`. */
  bookSign: z.string(),
  /** Quyển số. */
  volume: z.string(),
  at: instant,
  requester: z.string(),
  document: z.string(),
  /** Of the copy, without the page of the lời chứng. */
  pages: z.number().int().positive(),
  copies: z.number().int().positive(),
  officer: z.string(),
  officerTitle: z.string(),
  authority: z.string(),
  /** Đồng. */
  fee: z.number().int().nonnegative(),
});
export type CertificationEntry = z.infer<typeof certificationEntry>;
