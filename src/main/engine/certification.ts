import { CounterError } from '../../contract/errors.ts';
import type { CertificationEntry, PageView } from '../../contract/model.ts';
import type { ParsedInput } from '../../contract/operations.ts';
import { componentOf, livePages } from '../dossiers/dossier.ts';
import type { ScannedPage } from '../pdf/scanned-pdf.ts';
import { type CertifiedCopiesParts, createCertifiedCopies } from './certified-copies.ts';
import type { CounterConfig } from './config.ts';
import type { Journal } from './journal.ts';

export interface Certification {
  /** Throws CONFIG_INVALID {setting: 'certification'} at a counter that keeps no book. */
  make(request: ParsedInput<'certification.make'>): Promise<CertificationEntry>;
  list(year: number): CertificationEntry[];
  document(id: string): Promise<Uint8Array>;
}

/** Certified copies of pages that were scanned into a paper of a dossier; the dossier itself is not changed by it. */
export function createCertification(
  parts: Omit<CertifiedCopiesParts, 'book'> & {
    readonly journal: Journal;
    readonly pictures: (pages: readonly PageView[]) => AsyncIterable<ScannedPage>;
  },
  book: CounterConfig['certification'],
): Certification {
  const copies = book && createCertifiedCopies({ ...parts, book });

  function kept() {
    if (!copies) throw new CounterError('CONFIG_INVALID', { setting: 'certification' });
    return copies;
  }

  return {
    async make({ dossierId, componentId, officer, authority, ...facts }) {
      const component = componentOf(parts.journal.load(dossierId), componentId);
      if (!component) throw new CounterError('COMPONENT_UNKNOWN', { componentId });
      const pages = livePages(component);
      if (pages.length === 0)
        throw new CounterError('COMPONENT_MISSING', { names: component.spec.name, count: 1 });
      return kept().make({
        facts: {
          ...facts,
          officer: { name: officer.name, title: officer.title },
          authority: { name: authority.name },
        },
        pages: parts.pictures(pages),
        officer: { key: officer.key, pin: officer.pin },
        authority: { key: authority.key, pin: authority.pin },
      });
    },
    list: (year) => [...kept().list(year)],
    document: (id) => kept().document(id),
  };
}
