import { minuteOf, partsOf } from '../calendar/local-time.ts';
import type { Draft } from './draft.ts';
import { labelsOf } from './form.ts';
import { bearerOf, type PaperFacts } from './paper-facts.ts';
import { dateValues, fill, writeInstant } from './wording.ts';

/**
 * What a form's sentences may have filled in, by name. A value that is missing is the form's blank (a dotted gap), so
 * that the paper can be completed by hand. Times come three ways: `…Time` ('09 giờ 05 phút, ngày …'), `…Day`
 * ('ngày 03 tháng 02 năm 2026').
 */
export function paperValues(
  { form, context, exact }: Draft,
  facts: PaperFacts,
): Readonly<Record<string, string>> {
  const { blank, dayInWords } = labelsOf(form, ['blank', 'dayInWords']);
  const { dossier, applicant, contact, moved } = facts;
  const { procedure, intake } = dossier;
  const bearer = bearerOf(facts);
  const or = (text: string) => (text.trim() === '' ? blank : text);
  const time = (at: string | null | undefined) => (at ? writeInstant(form, at) : blank);
  const onDay = (at: string | null | undefined) => (at ? fill(dayInWords, dateValues(at)) : blank);
  return {
    unit: context.unit.name,
    unitAddress: or(context.unit.address),
    unitPhone: or(context.unit.phone),
    counter: context.counter,
    clerk: or(context.clerkName),
    applicant: exact(applicant.name, 'name'),
    identityNumber: or(exact(applicant.identityNumber, 'identityNumber')),
    address: or(applicant.address),
    phone: or(applicant.phone),
    email: or(applicant.email),
    bearer: exact(bearer.name, 'name'),
    code: or(facts.code?.value ?? ''),
    procedure: procedure.name,
    procedureCode: procedure.code,
    subject: intake.summary === '' ? `${procedure.name} (${procedure.code})` : intake.summary,
    reason: or(facts.reason),
    contactName: or(contact.name),
    contactPhone: or(contact.phone),
    askedBy: or(facts.askedBy),
    receivedTime: time(facts.receivedAt),
    receivedDay: onDay(facts.receivedAt),
    dueTime: time(dossier.due?.at),
    fromTime: time(moved?.from),
    toTime: time(moved?.to),
    endedTime: time(facts.endedAt),
    endedDay: onDay(facts.endedAt),
    issuedYear: String(partsOf(minuteOf(context.issuedAt)).year),
    stage: stageOf(form, facts),
    money: moneyOf(form, facts),
  };
}

/** How far the dossier had come: with whom it is, or that it was not passed on yet. */
function stageOf(form: Draft['form'], { dossier }: PaperFacts): string {
  const last = dossier.forwarded.at(-1);
  const { stageForwarded, stageReceived } = form.labels;
  if (stageForwarded === undefined || stageReceived === undefined) return '';
  return last ? fill(stageForwarded, { agency: last.agency }) : stageReceived;
}

/** What was paid so far; cancelled receipts do not count. */
function moneyOf(form: Draft['form'], { dossier }: PaperFacts): string {
  const { moneyPaid, moneyNone } = form.labels;
  if (moneyPaid === undefined || moneyNone === undefined) return '';
  const paid = dossier.payments.filter((p) => p.cancelled === null).reduce((sum, p) => sum + p.amount, 0);
  return paid === 0 ? moneyNone : fill(moneyPaid, { amount: writeDong(paid) });
}

/** `1.234.567` */
function writeDong(amount: number): string {
  return String(amount).replace(/\B(?=(\d{3})+$)/g, '.');
}
