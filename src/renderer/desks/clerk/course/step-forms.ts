import type { Client } from '../../../../contract/client.ts';
import type { DossierView } from '../../../../contract/model.ts';
import type { TextKey } from '../../../app/texts.tsx';
import { parseDay } from '../applicant-form.ts';
import { upload } from '../importing/upload.ts';
import { instantAt, originalsHere, type StepAction } from './course.ts';

export type StepField =
  | 'items'
  | 'reason'
  | 'contactName'
  | 'contactPhone'
  | 'askedBy'
  | 'agency'
  | 'person'
  | 'day'
  | 'time'
  | 'resultType'
  | 'resultName'
  | 'resultNumber'
  | 'issuedOn'
  | 'to'
  | 'identityNumber'
  | 'way'
  | 'proof'
  | 'keptOriginals';
export type StepValues = Readonly<Partial<Record<StepField, string>>>;

interface FieldShape {
  readonly name: StepField;
  /** lines = one entry a line; type = a result that the procedure names. */
  readonly kind: 'line' | 'lines' | 'way' | 'proof' | 'type';
  readonly required?: boolean;
  readonly most: number;
  /** Two of these stand beside each other. */
  readonly half?: boolean;
}

export interface StepForm {
  readonly fields: readonly FieldShape[];
  /** It takes a PDF beside. */
  readonly file?: boolean;
  /** What stands in the fields at first. */
  readonly initial?: (dossier: DossierView, user: string) => StepValues;
  readonly send: (
    engine: Client,
    dossier: DossierView,
    values: StepValues,
    file: File | null,
  ) => Promise<DossierView>;
}

const REASON: FieldShape = { name: 'reason', kind: 'lines', required: true, most: 1000 };
const ASKED_BY: FieldShape = { name: 'askedBy', kind: 'line', most: 255 };

const text = (values: StepValues, name: StepField) => (values[name] ?? '').normalize('NFC').trim();
/** Each line that says something. */
export const linesOf = (value: string) =>
  value
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .filter((line) => line !== '');
const reasonOf = (dossier: DossierView, values: StepValues) => ({
  dossierId: dossier.id,
  reason: text(values, 'reason'),
});

/** What each step asks for, and how it is told to the engine. */
export const STEP_FORMS: Readonly<Record<StepAction, StepForm>> = {
  'ask-supplement': {
    fields: [
      { name: 'items', kind: 'lines', required: true, most: 20_000 },
      REASON,
      { name: 'contactName', kind: 'line', most: 120, half: true },
      { name: 'contactPhone', kind: 'line', most: 20, half: true },
    ],
    initial: (_dossier, user) => ({ contactName: user }),
    send: (engine, dossier, values) =>
      engine.call('dossiers.askSupplement', {
        ...reasonOf(dossier, values),
        items: linesOf(text(values, 'items')),
        contact: { name: text(values, 'contactName'), phone: text(values, 'contactPhone') },
      }),
  },
  'take-supplement': {
    fields: [],
    send: (engine, { id }) => engine.call('dossiers.takeSupplement', { dossierId: id }),
  },
  'propose-refusal': {
    fields: [REASON],
    send: (engine, dossier, values) => engine.call('dossiers.proposeRefusal', reasonOf(dossier, values)),
  },
  'decline-refusal': {
    fields: [REASON],
    send: (engine, dossier, values) => engine.call('dossiers.declineRefusal', reasonOf(dossier, values)),
  },
  refuse: {
    fields: [REASON],
    initial: (dossier) => ({ reason: dossier.refusalProposed?.reason ?? '' }),
    send: (engine, dossier, values) => engine.call('dossiers.refuse', reasonOf(dossier, values)),
  },
  withdraw: {
    fields: [REASON, ASKED_BY],
    initial: (dossier) => ({ askedBy: dossier.submitter?.name ?? dossier.applicant?.name ?? '' }),
    send: (engine, dossier, values) =>
      engine.call('dossiers.withdraw', { ...reasonOf(dossier, values), askedBy: text(values, 'askedBy') }),
  },
  stop: {
    fields: [REASON, ASKED_BY],
    send: (engine, dossier, values) =>
      engine.call('dossiers.stop', { ...reasonOf(dossier, values), askedBy: text(values, 'askedBy') }),
  },
  close: {
    fields: [REASON],
    send: (engine, dossier, values) => engine.call('dossiers.close', reasonOf(dossier, values)),
  },
  forward: {
    fields: [
      { name: 'agency', kind: 'line', required: true, most: 255 },
      { name: 'person', kind: 'line', most: 120 },
    ],
    initial: (dossier) => ({ agency: dossier.forwarded.at(-1)?.agency ?? dossier.procedure.agency }),
    send: (engine, { id }, values) =>
      engine.call('dossiers.forward', {
        dossierId: id,
        agency: text(values, 'agency'),
        person: text(values, 'person'),
      }),
  },
  'ask-payment': {
    fields: [REASON],
    send: (engine, dossier, values) => engine.call('dossiers.askPayment', reasonOf(dossier, values)),
  },
  'clear-payment': {
    fields: [],
    send: (engine, { id }) => engine.call('dossiers.clearPayment', { dossierId: id }),
  },
  extend: {
    fields: [
      { name: 'day', kind: 'line', required: true, most: 10, half: true },
      { name: 'time', kind: 'line', required: true, most: 5, half: true },
      REASON,
    ],
    initial: () => ({ time: '09:00' }),
    send: (engine, dossier, values) =>
      engine.call('dossiers.extend', {
        ...reasonOf(dossier, values),
        due: instantAt(parseDay(text(values, 'day')), text(values, 'time')) ?? '',
      }),
  },
  'result-ready': {
    fields: [
      { name: 'resultType', kind: 'type', most: 100 },
      { name: 'resultName', kind: 'line', required: true, most: 500 },
      { name: 'resultNumber', kind: 'line', most: 100, half: true },
      { name: 'issuedOn', kind: 'line', most: 10, half: true },
    ],
    file: true,
    initial: (dossier) => {
      const first = dossier.procedure.results[0];
      return { resultType: first?.code ?? '', resultName: first?.name ?? '' };
    },
    async send(engine, { id }, values, file) {
      const resultId = crypto.randomUUID();
      const electronic = file && {
        resultId,
        uploadId: await upload(engine, file, new AbortController().signal),
      };
      const issuedOn = text(values, 'issuedOn');
      return engine.call('dossiers.resultReady', {
        dossierId: id,
        results: [
          {
            id: resultId,
            code: text(values, 'resultType'),
            name: text(values, 'resultName'),
            number: text(values, 'resultNumber'),
            issuedOn: issuedOn === '' ? null : parseDay(issuedOn),
            validity: '',
            scope: '',
          },
        ],
        electronic,
      });
    },
  },
  'hand-out': {
    fields: [
      { name: 'to', kind: 'line', required: true, most: 255, half: true },
      { name: 'identityNumber', kind: 'line', most: 20, half: true },
      { name: 'way', kind: 'way', most: 20, half: true },
      { name: 'proof', kind: 'proof', most: 20, half: true },
      { name: 'keptOriginals', kind: 'line', most: 500 },
    ],
    initial: (dossier) => {
      const who = dossier.submitter ?? dossier.applicant;
      const { way } = dossier.intake.result;
      const proof = way === 'post' ? 'post-receipt' : way === 'online' ? 'code' : 'signature';
      return { to: who?.name ?? '', identityNumber: who?.identityNumber ?? '', way, proof };
    },
    send: (engine, { id }, values) =>
      engine.call('dossiers.handOut', {
        dossierId: id,
        to: text(values, 'to'),
        identityNumber: text(values, 'identityNumber'),
        way: wayOf(text(values, 'way')),
        proof: proofOf(text(values, 'proof')),
        keptOriginals: text(values, 'keptOriginals'),
      }),
  },
};

export const WAYS = ['counter', 'post', 'online'] as const;
export const PROOFS = ['signature', 'code', 'post-receipt'] as const;
const wayOf = (value: string) => WAYS.find((w) => w === value) ?? 'counter';
const proofOf = (value: string) => PROOFS.find((p) => p === value) ?? 'signature';

/** Fields that make sense for this dossier: of originals only where there are some. */
export function fieldsFor(action: StepAction, dossier: DossierView): readonly FieldShape[] {
  return STEP_FORMS[action].fields.filter(
    ({ name }) =>
      (name !== 'keptOriginals' || originalsHere(dossier).length > 0) &&
      (name !== 'resultType' || dossier.procedure.results.length > 0),
  );
}

/** What keeps the step from being taken, by field. */
export function stepProblems(
  action: StepAction,
  dossier: DossierView,
  values: StepValues,
): Readonly<Partial<Record<StepField, TextKey>>> {
  const problems: Partial<Record<StepField, TextKey>> = {};
  for (const { name, required } of fieldsFor(action, dossier)) {
    if (required && text(values, name) === '') problems[name] = `course.problem.${name}` as TextKey;
  }
  const tooMany = linesOf(text(values, 'items')).length > 50;
  if (tooMany) problems.items = 'course.problem.many';
  const issuedOn = text(values, 'issuedOn');
  if (issuedOn !== '' && parseDay(issuedOn) === null) problems.issuedOn = 'applicant.problem.birthDate';
  if (action === 'extend' && !problems.day && !problems.time) {
    const day = parseDay(text(values, 'day'));
    const at = instantAt(day, text(values, 'time'));
    if (day === null) problems.day = 'course.problem.day';
    else if (at === null) problems.time = 'course.problem.time';
    else if (dossier.due && at <= dossier.due.at) problems.day = 'course.problem.notLater';
  }
  if (action === 'hand-out' && originalsHere(dossier).length > 0 && text(values, 'keptOriginals') === '')
    problems.keptOriginals = 'course.problem.keptOriginals';
  return problems;
}
