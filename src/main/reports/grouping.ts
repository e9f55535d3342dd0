import type { ReportBy } from '../../contract/reports.ts';
import type { RowHead } from './definition.ts';
import type { DossierFacts } from './facts.ts';

/** Key of the group of a dossier; the one row of an undivided report has the key 'all'. */
export function groupOf(facts: DossierFacts, by: ReportBy): string {
  switch (by) {
    case 'none':
      return 'all';
    case 'field':
      return facts.fieldCode;
    case 'procedure':
      return facts.procedureCode;
    case 'clerk':
      return facts.clerk;
    case 'channel':
      return facts.channel;
    case 'agency':
      return facts.agency === '' ? OWN_AGENCY : facts.agency;
  }
}

/** Handled by the unit itself. */
const OWN_AGENCY = '-';

export function headOfGroup(key: string, facts: DossierFacts, by: ReportBy): RowHead {
  const word = (labelKey: string): RowHead => ({ key, label: '', labelKey });
  const named = (label: string): RowHead => ({ key, label, labelKey: null });
  switch (by) {
    case 'none':
      return word('report.row.all');
    case 'channel':
      return word(`report.channel.${key}`);
    case 'agency':
      return key === OWN_AGENCY ? word('report.row.ownAgency') : named(key);
    case 'field':
      return key === '' ? word('report.row.unnamed') : named(facts.fieldName || key);
    case 'procedure':
      return named(`${key} – ${facts.procedureName}`);
    case 'clerk':
      return named(key);
  }
}
