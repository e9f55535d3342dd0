import { lookUp } from '../../../pdf/reader/document.ts';
import {
  integerOf,
  PdfDict,
  PdfName,
  type PdfObject,
  PdfRef,
  PdfString,
} from '../../../pdf/reader/objects.ts';
import type { Comparison } from './comparison.ts';
import { explainDss } from './dss.ts';
import { differingKeys, sameObject } from './equal.ts';
import { explainMetadata } from './information.ts';
import { reach } from './references.ts';

/** Judged on their own, or without any effect on what is shown. */
const CATALOG_KEYS = ['AcroForm', 'DSS', 'Extensions', 'Version', 'Metadata'];
/** Keys of a signature dictionary and of a signature reference that is an object of its own. */
const LOCKS = ['Reference', 'Data'];
const EXTENSION_KEYS = ['Type', 'BaseVersion', 'ExtensionLevel', 'ExtensionRevision', 'URL'];

export async function explainCatalog(comparison: Comparison): Promise<void> {
  const { catalog, changed, explained, owners, found } = comparison;
  for (const key of differingKeys(catalog.a, catalog.b)) {
    if (!CATALOG_KEYS.includes(key)) found.push({ what: 'catalog-changed', object: catalog.num, key });
  }
  if (!versionFits(catalog.a.get('Version'), catalog.b.get('Version'))) {
    found.push({ what: 'catalog-changed', object: catalog.num, key: 'Version' });
  }
  if (changed.has(catalog.num)) {
    explained.add(catalog.num);
    // The trailer, and what a lock is about (ISO 32000-1 table 253: /Data in a signature's /Reference), which shows nothing.
    owners.set(catalog.num, (r) => (r.holder === 0 && r.key === 'Root') || LOCKS.includes(r.key));
  }
  await explainMetadata(comparison);
  await explainExtensions(comparison);
  await explainDss(comparison);
}

/** A later version than before, one that exists. */
function versionFits(a: PdfObject, b: PdfObject): boolean {
  if (sameObject(a, b)) return true;
  if (!(b instanceof PdfName) || !/^(1\.[0-7]|2\.0)$/.test(b.value)) return false;
  return !(a instanceof PdfName) || Number(b.value) >= Number(a.value);
}

/** Which extensions of PDF a file uses (ISO 32000-1 §7.12); it shows nothing. */
async function explainExtensions(comparison: Comparison): Promise<void> {
  const { catalog, before, after, added, changed, explained, owners, found } = comparison;
  const entry = catalog.b.get('Extensions');
  for (const num of await reach(after, [entry], (n) => added.has(n))) explained.add(num);
  if (entry instanceof PdfRef && changed.has(entry.num) && sameObject(entry, catalog.a.get('Extensions'))) {
    explained.add(entry.num);
    owners.set(entry.num, (r) => r.holder === catalog.num && r.key === 'Extensions');
  }
  const a = await lookUp(before, catalog.a, 'Extensions');
  const b = await lookUp(after, catalog.b, 'Extensions');
  if (sameObject(a, b)) return;
  const refuse = () => found.push({ what: 'catalog-changed', object: catalog.num, key: 'Extensions' });
  if (!(b instanceof PdfDict)) {
    refuse();
    return;
  }
  for (const key of differingKeys(a instanceof PdfDict ? a : new PdfDict(), b)) {
    if (key === 'Type') continue;
    if (!(await isExtension(comparison, b.get(key)))) refuse();
  }
}

/** One developer's extension, or a list of them (ISO 32000-2 §7.12.2). */
async function isExtension({ after }: Comparison, entry: PdfObject): Promise<boolean> {
  const value = await after.resolve(entry);
  const items = Array.isArray(value) ? (value as readonly PdfObject[]) : [value];
  for (const item of items) {
    const dict = await after.resolve(item);
    if (!(dict instanceof PdfDict)) return false;
    for (const [key, part] of dict.entries) {
      const fact = await after.resolve(part);
      const plain = fact instanceof PdfName || fact instanceof PdfString || integerOf(fact) !== null;
      if (!EXTENSION_KEYS.includes(key) || !plain) return false;
    }
  }
  return true;
}
