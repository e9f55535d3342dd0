import { z } from 'zod';
import { day, id, instant } from './basics.ts';
import { errorShape } from './errors.ts';

/**
 * Where a dossier is (trạng thái hồ sơ). draft = being taken in; discarded = a draft that was given up; the rest is
 * mapped to the national code table and to other systems in resources/dossier-states.json.
 */
export const dossierState = z.enum([
  'draft',
  'discarded',
  'received',
  'supplement-asked',
  'supplemented',
  'processing',
  'waiting-payment',
  'result-ready',
  'returned',
  'refused',
  'withdrawn',
  'stopped',
  'closed',
]);
export type DossierState = z.infer<typeof dossierState>;

/** none = nothing to tell the province; waiting = in the outbox; sent = the province's receipts were read back. */
export const delivery = z.enum(['none', 'waiting', 'sent']);
export type Delivery = z.infer<typeof delivery>;

/** How a dossier came (KenhThucHien). */
export const channel = z.enum(['counter', 'online', 'post']);
export type Channel = z.infer<typeof channel>;

const text = (most: number) => z.string().trim().max(most);

/** Who hands the dossier in where that is not the applicant (người nộp, người được ủy quyền). */
export const submitter = z.object({
  name: text(255).min(1),
  identityNumber: text(20),
  address: text(500),
  phone: text(20),
  email: z.union([z.email().max(254), z.literal('')]),
  /** Giấy tờ ủy quyền; empty where none is needed (the post, a member of the household). */
  authorisation: text(500),
});
export type Submitter = z.infer<typeof submitter>;

export const resultWay = z.enum(['counter', 'post', 'online']);
export type ResultWay = z.infer<typeof resultWay>;

/** What the reception slip says beside applicant, papers and times. */
export const intakeFacts = z.object({
  channel,
  /** Trích yếu; empty = the procedure's name. */
  summary: text(1000),
  /** Số bộ hồ sơ. */
  sets: z.number().int().min(1).max(99),
  /** Trường hợp of the procedure that this is; empty = all of it. */
  situation: text(500),
  /** Đăng ký nhận kết quả tại. */
  result: z.object({ way: resultWay, place: text(500) }),
});
export type IntakeFacts = z.infer<typeof intakeFacts>;

export const freshIntake: IntakeFacts = {
  channel: 'counter',
  summary: '',
  sets: 1,
  situation: '',
  result: { way: 'counter', place: '' },
};

const count = z.number().int().min(0).max(999);
/** What was handed in of one component: bản chính, bản chứng thực, bản photo. */
export const paperCounts = z.object({ originals: count, certified: count, photocopies: count });
export type PaperCounts = z.infer<typeof paperCounts>;

/** An original that was taken for comparison; NĐ 61/2018 Điều 20 khoản 2: it must be given back. */
export const seenOriginal = z.object({ at: instant, by: z.string(), returnedAt: instant.nullable() });
export type SeenOriginal = z.infer<typeof seenOriginal>;

/**
 * A database was asked in place of the paper (NĐ 118/2025 Điều 4 as amended). The answer is no boolean (TT
 * 136/2026/TT-BCA): match, no match, nothing there, not enough to tell.
 */
export const dataLookup = z.object({
  /** Name of the base, such as 'CSDL quốc gia về dân cư'. */
  base: text(200).min(1),
  /** Id of the reply. */
  reference: text(200),
  at: instant,
  answer: z.enum(['match', 'no-match', 'no-data', 'insufficient']),
  /** Why the paper is asked for after all; empty where the data stand in for it. */
  fallback: text(500),
});
export type DataLookup = z.infer<typeof dataLookup>;

export const supplement = z.object({
  askedAt: instant,
  askedBy: z.string(),
  items: z.array(z.string()).min(1),
  reason: z.string(),
  contact: z.object({ name: z.string(), phone: z.string() }),
  /** The slip; null until it is issued. */
  documentId: id.nullable(),
  answeredAt: instant.nullable(),
});
export type Supplement = z.infer<typeof supplement>;

/** A refusal that the head has still to decide (1.001193: refusal goes through the head of the centre). */
export const refusalProposal = z.object({ at: instant, by: z.string(), reason: z.string() });

/** The only second appointment that a dossier can get (NĐ 61/2018 Điều 19 khoản 9). */
export const extension = z.object({
  at: instant,
  by: z.string(),
  reason: z.string(),
  /** The appointments. */
  from: instant,
  to: instant,
  documentId: id.nullable(),
});
export type Extension = z.infer<typeof extension>;

/** How a dossier ended without a result: refused, withdrawn, stopped. */
export const ending = z.object({
  at: instant,
  by: z.string(),
  reason: z.string(),
  /** Who asked for it, where that was not the counter. */
  askedBy: z.string(),
  documentId: id.nullable(),
});
export type Ending = z.infer<typeof ending>;

/** Where the dossier went to be handled (chuyển xử lý). */
export const forwarding = z.object({ at: instant, by: z.string(), agency: z.string(), person: z.string() });
export type Forwarding = z.infer<typeof forwarding>;

/** One result of a dossier (kết quả giải quyết). */
export const resultPaper = z.object({
  id,
  /** Result type code, such as `KQ.G15.000031`; empty where it has none. */
  code: text(100),
  name: text(500).min(1),
  /** Số, ký hiệu. */
  number: text(100),
  issuedOn: day.nullable(),
  /** Thời hạn and phạm vi hiệu lực, as the paper states them. */
  validity: text(200),
  scope: text(200),
  /** The electronic result that is kept here; null for a paper alone. */
  documentId: id.nullable(),
});
export type ResultPaper = z.infer<typeof resultPaper>;

/** The result was handed out (trả kết quả). */
export const handOut = z.object({
  at: instant,
  by: z.string(),
  to: z.string(),
  identityNumber: z.string(),
  way: resultWay,
  proof: z.enum(['signature', 'code', 'post-receipt']),
  /** Why originals that were taken for comparison were not given back by then; absent = none was here. */
  keptOriginals: text(500).optional(),
});
export type HandOut = z.infer<typeof handOut>;

/** Kinds of paper that the counter issues about a dossier. */
export const slipKind = z.enum([
  'reception',
  'supplement-request',
  'refusal',
  'extension',
  'stop',
  'process-control',
  'visit-receipt',
  'return-receipt',
  'fee-receipt',
  'ticket',
]);
export type SlipKind = z.infer<typeof slipKind>;

/** A paper that was issued and is kept. */
export const issuedPaper = z.object({
  documentId: id,
  kind: slipKind,
  /** Of the year's numbers of this kind, such as 12 in `12/PBS-TTPVHCC`; null where the kind has none. */
  number: z.number().int().positive().nullable(),
  at: instant,
  by: z.string(),
  /** Its electronic edition under the digital signature of who signs it; null where it was issued on paper alone. */
  electronic: z.object({ documentId: id, signer: z.string(), signedAt: instant }).nullable().default(null),
});
export type IssuedPaper = z.infer<typeof issuedPaper>;

/** A dossier of which nothing but the procedure is known: what the fold begins with. */
export const FRESH_COURSE = {
  delivery: 'none' as Delivery,
  cameFrom: null as DossierState | null,
  submitter: null,
  intake: freshIntake,
  visitId: null,
  group: null,
  supplements: [],
  refusalProposed: null,
  extension: null,
  forwarded: [],
  results: [],
  finishedAt: null,
  handedOut: null,
  ended: null,
  papers: [],
  fees: [],
  payments: [],
};

/** Dossiers of one matter that are handled together (hồ sơ nhóm). */
export const dossierGroup = z.object({ id, name: text(255).min(1) });

/** Levels of secrecy (độ mật), as they are stamped on a paper. */
export const secrecyMark = z.enum(['MẬT', 'TỐI MẬT', 'TUYỆT MẬT']);
export type SecrecyMark = z.infer<typeof secrecyMark>;

/** What can be done to a dossier in the course of its life, beside its pages. */
export const lifeCycleAction = z.enum([
  'set-submitter',
  'set-intake',
  'join',
  'count',
  'see-original',
  'return-original',
  'look-up',
  'receive',
  'discard',
  'stop-confidential',
  'ask-supplement',
  'take-supplement',
  'propose-refusal',
  'decline-refusal',
  'refuse',
  'withdraw',
  'stop',
  'close',
  'forward',
  'ask-payment',
  'clear-payment',
  'extend',
  'result-ready',
  'hand-out',
]);
export type LifeCycleAction = z.infer<typeof lifeCycleAction>;

/** Whether this person can do it with this dossier now; `why` is what stands in the way. */
export const possibleAction = z.object({
  action: lifeCycleAction,
  allowed: z.boolean(),
  why: errorShape.nullable(),
});
export type PossibleAction = z.infer<typeof possibleAction>;

/** One step of a dossier's course, as its journal has it. */
export const historyLine = z.object({
  /** Place in the journal. */
  version: z.number().int().positive(),
  at: instant,
  /** Login of a person, or the name of a part of the engine. */
  actor: z.string(),
  /** Null for the step that the dossier begins with. */
  from: dossierState.nullable(),
  to: dossierState,
  /** The reason that was given; empty where none is asked for. */
  why: z.string(),
  /** The line to read: a message key of resources/texts with its values. */
  key: z.string(),
  values: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type HistoryLine = z.infer<typeof historyLine>;
