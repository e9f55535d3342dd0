import { useMemo } from 'react';
import { useIntl } from 'react-intl';
import type { VerificationReport } from '../../../../contract/verification.ts';
import { textIfAny } from '../../../app/texts.tsx';
import { type Line, policyLines, type Shown, signatureLines } from './report-lines.ts';

/** The screen's way to put a report into words. */
export function useReportWords(): Shown {
  const intl = useIntl();
  return useMemo<Shown>(() => {
    const say: Shown['say'] = (key, values = {}) => textIfAny(intl, key, values) ?? key;
    const day = (value: string) =>
      intl.formatDate(value, { day: '2-digit', month: '2-digit', year: 'numeric' });
    const time = (value: string) =>
      intl.formatDate(value, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
    return {
      say,
      day,
      instant: (value) => `${time(value)} ${day(value)}`,
      word: (word) =>
        textIfAny(intl, `verify.what.${word}`, {}) ??
        textIfAny(intl, `verify.reason.${word}`, {}) ??
        say('check.unknownWord', { word }),
    };
  }, [intl]);
}

/** The sentence over a whole report, and what it means for the person who reads it. */
export function verdictWords(report: VerificationReport, shown: Shown): readonly [string, string] {
  const word = report.indication ?? 'unsigned';
  return [shown.say(`verify.file.${word}`), shown.say(`check.advice.${word}`)];
}

/** The report as plain text, for a letter or a printer. */
export function reportText(name: string, report: VerificationReport, shown: Shown): string {
  const lines = (all: readonly Line[]) => all.map((line) => `  ${line.text}`);
  const file = {
    kilobytes: Math.ceil(report.bytes / 1024),
    revisions: report.revisions,
    sha256: report.sha256,
  };
  const signatures = report.signatures.flatMap((signature, i) => [
    '',
    signatureTitle(signature, i + 1, shown),
    ...lines(signatureLines(signature, shown)),
  ]);
  return [
    shown.say('check.of', { name }),
    ...verdictWords(report, shown),
    shown.say('check.file', file),
    ...signatures,
    '',
    ...policyLines(report, shown).map((line) => line.text),
  ].join('\n');
}

export function signatureTitle(
  { type, indication }: VerificationReport['signatures'][number],
  n: number,
  shown: Shown,
): string {
  return shown.say(`verify.${type === 'document-timestamp' ? 'stamp' : 'signature'}.${indication}`, { n });
}
