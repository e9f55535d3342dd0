import type { PageFindings } from '../../contract/model.ts';
import { keptFields } from '../dossiers/citizen-card.ts';

/** What may be kept of what was found: of a citizen card's line the fields that have a purpose, no relatives. */
export function keptFindings(findings: PageFindings): PageFindings {
  return {
    ...findings,
    codes: findings.codes.map((code) => ({ ...code, text: keptFields(code.text) })),
  };
}
