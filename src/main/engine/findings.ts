import type { PageFindings } from '../../contract/model.ts';
import { keptFields } from '../citizens/citizen-card.ts';

/**
 * What may be kept of what was found: of a citizen card's line the fields that have a purpose, no relatives. That a page
 * `repeated` another is known by who scanned it, not by its picture.
 */
export function keptFindings(findings: PageFindings, repeated: boolean): PageFindings {
  return {
    ...findings,
    flags: repeated ? [...findings.flags, 'repeated'] : findings.flags,
    codes: findings.codes.map((code) => ({ ...code, text: keptFields(code.text) })),
  };
}
