import { type IntakeFacts, type Submitter, submitter } from '../../../../contract/life-cycle.ts';
import type { DossierView } from '../../../../contract/model.ts';
import { WAYS } from './step-forms.ts';

/** The fields while they are typed into. */
export interface IntakeValues {
  readonly sets: string;
  readonly summary: string;
  readonly situation: string;
  readonly way: string;
  readonly place: string;
  /** Of who hands it in; no name = the applicant does. */
  readonly name: string;
  readonly identityNumber: string;
  readonly phone: string;
  readonly address: string;
  readonly email: string;
  readonly authorisation: string;
}
export type IntakeProblem = 'sets' | 'name' | 'email';

const clean = (text: string) => text.normalize('NFC').replace(/\s+/g, ' ').trim();

export function valuesOf({ intake, submitter: who }: DossierView): IntakeValues {
  const { sets, summary, situation, result } = intake;
  return {
    ...{ sets: String(sets), summary, situation, way: result.way, place: result.place },
    ...{ name: who?.name ?? '', identityNumber: who?.identityNumber ?? '', phone: who?.phone ?? '' },
    ...{ address: who?.address ?? '', email: who?.email ?? '', authorisation: who?.authorisation ?? '' },
  };
}

/** Cases that the procedure's papers know, in their order. */
export function situationsOf(dossier: DossierView): readonly string[] {
  const all = dossier.procedure.components.map((c) => c.situation).filter((s) => s !== '');
  return [...new Set([...all, dossier.intake.situation].filter((s) => s !== ''))];
}

export function intakeProblems(values: IntakeValues): readonly IntakeProblem[] {
  const problems: IntakeProblem[] = [];
  if (!/^[1-9]\d?$/.test(values.sets.trim())) problems.push('sets');
  const { identityNumber, phone, address, email, authorisation } = values;
  const told = [identityNumber, phone, address, email, authorisation].some((v) => v.trim() !== '');
  if (told && values.name.trim() === '') problems.push('name');
  if (!submitter.shape.email.safeParse(email.trim()).success) problems.push('email');
  return problems;
}

export function intakeOf(dossier: DossierView, values: IntakeValues): IntakeFacts {
  return {
    channel: dossier.intake.channel,
    summary: clean(values.summary),
    sets: Number(values.sets),
    situation: values.situation,
    result: { way: WAYS.find((w) => w === values.way) ?? 'counter', place: clean(values.place) },
  };
}

/** Null where the applicant hands it in. */
export function submitterOf(values: IntakeValues): Submitter | null {
  const name = clean(values.name);
  if (name === '') return null;
  return {
    ...{ name, identityNumber: clean(values.identityNumber), phone: clean(values.phone) },
    ...{ address: clean(values.address), email: values.email.trim() },
    authorisation: clean(values.authorisation),
  };
}
