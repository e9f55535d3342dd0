import { z } from 'zod';
import { id, instant } from '../../contract/basics.ts';
import { feeLine, payment } from '../../contract/fees.ts';
import {
  dataLookup,
  dossierGroup,
  handOut,
  intakeFacts,
  issuedPaper,
  paperCounts,
  resultPaper,
  secrecyMark,
  submitter,
  supplement,
} from '../../contract/life-cycle.ts';
import { dueDate } from '../../contract/model.ts';
import { stamp } from './stamp.ts';

const why = { reason: z.string().min(1) };
/** The paper that goes with it, issued in the same transaction; null where there is none. */
const withPaper = { documentId: id.nullable() };
const component = { componentId: z.string() };
const ended = { ...stamp, ...why, ...withPaper, askedBy: z.string() };

/** What happens to a dossier beside its pages, from the first question at the counter to its end. */
export const courseEvents = [
  z.object({ type: z.literal('submitter-set'), ...stamp, submitter: submitter.nullable() }),
  z.object({ type: z.literal('intake-set'), ...stamp, intake: intakeFacts }),
  /** Taken in in one go with others, or handled together with others. */
  z.object({
    type: z.literal('joined'),
    ...stamp,
    visitId: id.nullable(),
    group: dossierGroup.nullable(),
  }),
  z.object({ type: z.literal('component-counted'), ...stamp, ...component, counts: paperCounts.nullable() }),
  z.object({ type: z.literal('original-seen'), ...stamp, ...component }),
  z.object({ type: z.literal('original-returned'), ...stamp, ...component }),
  z.object({ type: z.literal('component-looked-up'), ...stamp, ...component, lookup: dataLookup.nullable() }),
  z.object({
    type: z.literal('paper-issued'),
    ...stamp,
    ...issuedPaper.pick({ documentId: true, kind: true, number: true }).shape,
  }),
  /** The electronic edition of a paper was signed. */
  z.object({
    type: z.literal('paper-signed'),
    ...stamp,
    paperId: id,
    documentId: id,
    signer: z.string(),
    signedAt: instant,
  }),
  z.object({
    type: z.literal('supplement-asked'),
    ...stamp,
    ...withPaper,
    ...supplement.pick({ items: true, reason: true, contact: true }).shape,
  }),
  /** Complete now; `due` as the rule in force has it. */
  z.object({ type: z.literal('supplement-taken'), ...stamp, due: dueDate.nullable() }),
  /** A paper of the draft is secret: its intake ends by law. `componentId` is where it was found; null = not said. */
  z.object({
    type: z.literal('confidential-found'),
    ...stamp,
    mark: secrecyMark,
    rule: z.string().min(1),
    componentId: z.string().nullable(),
  }),
  z.object({ type: z.literal('refusal-proposed'), ...stamp, ...why }),
  z.object({ type: z.literal('refusal-declined'), ...stamp, ...why }),
  z.object({ type: z.literal('refused'), ...ended }),
  z.object({ type: z.literal('withdrawn'), ...ended }),
  z.object({ type: z.literal('stopped'), ...ended }),
  z.object({ type: z.literal('closed'), ...stamp, ...why }),
  z.object({ type: z.literal('forwarded'), ...stamp, agency: z.string().min(1), person: z.string() }),
  z.object({ type: z.literal('payment-asked'), ...stamp, ...why }),
  z.object({ type: z.literal('payment-cleared'), ...stamp, due: dueDate.nullable() }),
  z.object({ type: z.literal('extended'), ...stamp, ...why, ...withPaper, due: dueDate }),
  z.object({ type: z.literal('result-ready'), ...stamp, results: z.array(resultPaper).min(1) }),
  z.object({
    type: z.literal('handed-out'),
    ...stamp,
    ...handOut.pick({ to: true, identityNumber: true, way: true, proof: true, keptOriginals: true }).shape,
  }),
  z.object({ type: z.literal('fees-set'), ...stamp, fees: z.array(feeLine) }),
  z.object({ type: z.literal('fee-paid'), ...stamp, payment }),
  z.object({ type: z.literal('receipt-cancelled'), ...stamp, ...why, paymentId: id }),
] as const;
