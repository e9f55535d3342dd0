import { z } from 'zod';
import { code, componentRef, dossierRef, id, instant, reason } from '../basics.ts';
import {
  dataLookup,
  dossierGroup,
  handOut,
  historyLine,
  intakeFacts,
  paperCounts,
  possibleAction,
  resultPaper,
  secrecyMark,
  submitter,
} from '../life-cycle.ts';
import { dossierRow, dossierView } from '../model.ts';
import { CLERKS, command, query, SUPERVISORS } from '../operation.ts';

const withReason = dossierRef.extend({ reason });
/** A reason that may have been said before. */
const reasonIfAny = z.string().trim().max(1000).default('');
/** Who asked for it, where that was not the counter. */
const askedBy = z.string().trim().max(255).default('');
const rows = z.array(dossierRow);

/** What a screen may ask of a dossier's life: docs/dossiers.md. Every command answers the dossier as it is then. */
export const LIFE_CYCLE_OPERATIONS = {
  /** null = the applicant hands it in. */
  'dossiers.setSubmitter': command(
    CLERKS,
    dossierRef.extend({ submitter: submitter.nullable() }),
    dossierView,
  ),
  'dossiers.setIntake': command(CLERKS, dossierRef.extend({ intake: intakeFacts }), dossierView),
  /** Into a visit and a group, or out of them (null). */
  'dossiers.join': command(
    CLERKS,
    dossierRef.extend({ visitId: id.nullable(), group: dossierGroup.nullable() }),
    dossierView,
  ),
  'components.count': command(CLERKS, componentRef.extend({ counts: paperCounts.nullable() }), dossierView),
  'components.seeOriginal': command(CLERKS, componentRef, dossierView),
  'components.returnOriginal': command(CLERKS, componentRef, dossierView),
  /** A base was asked in place of the paper; it answered now. null = forget the answer. */
  'components.lookUp': command(
    CLERKS,
    componentRef.extend({ lookup: dataLookup.omit({ at: true }).nullable() }),
    dossierView,
  ),
  /** A paper of the draft is secret: the draft ends, and nothing of it is sent. */
  'dossiers.stopConfidential': command(
    CLERKS,
    dossierRef.extend({ mark: secrecyMark, componentId: code.nullable().default(null) }),
    dossierView,
  ),
  'dossiers.askSupplement': command(
    CLERKS,
    withReason.extend({
      items: z.array(z.string().trim().min(1).max(1000)).min(1).max(50),
      /** Who explains it to the person (Mẫu 02). */
      contact: z.object({ name: z.string().trim().max(120), phone: z.string().trim().max(20) }),
    }),
    dossierView,
  ),
  'dossiers.takeSupplement': command(CLERKS, dossierRef, dossierView),
  'dossiers.proposeRefusal': command(CLERKS, withReason, dossierView),
  'dossiers.declineRefusal': command(SUPERVISORS, withReason, dossierView),
  /** The reason may be left out where one was proposed. */
  'dossiers.refuse': command(SUPERVISORS, dossierRef.extend({ reason: reasonIfAny }), dossierView),
  'dossiers.withdraw': command(CLERKS, withReason.extend({ askedBy }), dossierView),
  'dossiers.stop': command(SUPERVISORS, withReason.extend({ askedBy }), dossierView),
  'dossiers.close': command(SUPERVISORS, withReason, dossierView),
  'dossiers.forward': command(
    CLERKS,
    dossierRef.extend({
      agency: z.string().trim().min(1).max(255),
      person: z.string().trim().max(120).default(''),
    }),
    dossierView,
  ),
  'dossiers.askPayment': command(CLERKS, withReason, dossierView),
  'dossiers.clearPayment': command(CLERKS, dossierRef, dossierView),
  /** The only second appointment. */
  'dossiers.extend': command(SUPERVISORS, withReason.extend({ due: instant }), dossierView),
  /**
   * `results` are added to those that are there. `electronic` is the file of one of them, that was uploaded; it is kept
   * as it came.
   */
  'dossiers.resultReady': command(
    CLERKS,
    dossierRef.extend({
      results: z
        .array(resultPaper.omit({ documentId: true }))
        .min(1)
        .max(50),
      electronic: z.object({ resultId: id, uploadId: id }).nullable().default(null),
    }),
    dossierView,
  ),
  'dossiers.handOut': command(
    CLERKS,
    dossierRef.extend({
      to: z.string().trim().min(1).max(255),
      identityNumber: z.string().trim().max(20),
      way: handOut.shape.way,
      proof: handOut.shape.proof,
      /** Why originals that are here stay. */
      keptOriginals: z.string().trim().max(500).default(''),
    }),
    dossierView,
  ),
  /** All that can be done to a dossier, and what stands in this person's way. */
  'dossiers.actions': query(CLERKS, dossierRef, z.array(possibleAction)),
  'dossiers.history': query(CLERKS, dossierRef, z.array(historyLine)),
  'dossiers.visit': query(CLERKS, z.object({ visitId: id }), rows),
  'dossiers.group': query(CLERKS, z.object({ groupId: id }), rows),
  /**
   * Drafts for several procedures of one person, in one visit. `applicantFrom` is a dossier whose applicant, submitter and
   * group they get; where it is a draft, it becomes one of the visit. `dossierIds` are those of the drafts, in the order of
   * the procedures: the same ones again open nothing twice. `visitId` adds to a visit that is there.
   */
  'dossiers.openVisit': command(
    CLERKS,
    z.object({
      procedureCodes: z.array(code).min(1).max(30),
      applicantFrom: id.optional(),
      dossierIds: z.array(id).max(30).optional(),
      visitId: id.optional(),
    }),
    z.object({ visitId: id, dossiers: z.array(dossierView) }),
  ),
} as const;
