import { catalogOf, earlierRevision, type PdfDocument } from '../../../pdf/reader/document.ts';
import { dictOf, PdfRef, PdfTooComplex } from '../../../pdf/reader/objects.ts';
import { findEntry, numbersOf } from '../../../pdf/reader/xref.ts';
import { explainCatalog } from './catalog.ts';
import type { Comparison, Filled, Modification, RevisionEnd } from './comparison.ts';
import { touchedObjects } from './entries.ts';
import { sameObject } from './equal.ts';
import { explainForm } from './form.ts';
import { explainInformation } from './information.ts';
import { bounded, endsWith, layoutOf } from './layout.ts';
import { explainPages } from './pages.ts';
import { permissionsOf } from './permissions.ts';
import { newReferences, type References } from './references.ts';

const MAX_NAMED = 100;
/** Revisions after a signature; a document that was signed and stamped by dozens has fewer. */
const MAX_STEPS = 128;

/** What happened to a document after one of its revisions. */
export interface Changes {
  /** Neither a further signature nor what belongs to one; none = nothing was tampered with. */
  readonly found: readonly Modification[];
  /** Names of prepared fields that were filled, which is lawful. */
  readonly filled: readonly string[];
}

/** What was changed since a signed revision, as coverage found it: its source ends where the signature's range does. */
export type ChangesSince = (revision: PdfDocument) => Promise<Changes>;

interface Step {
  readonly end: number;
  readonly found: readonly Modification[];
  readonly filled: readonly Filled[];
}

/**
 * Names every change after a signed revision that is not a further signature, filling of a prepared field that stood
 * empty, validation data (/DSS), a document time stamp, or what writers say of themselves; as far as DocMDP, FieldMDP
 * and /Lock of the signatures up to then allow it. Revisions are compared step by step, so that what a later one
 * leaves behind of an earlier one is judged where it was new; each step once, and each object is read once for all.
 * The result throws PDF_TOO_COMPLEX, PDF_UNREADABLE.
 */
export function changesIn(document: PdfDocument): ChangesSince {
  const references = newReferences();
  const steps = new Map<string, Promise<Step>>();
  const step = (newer: number, from: number) => {
    const key = `${newer} ${from}`;
    const known = steps.get(key) ?? stepTo(document, newer, from, references);
    steps.set(key, known);
    return known;
  };
  return async (revision) => {
    const signed = document.chain.findIndex((section) => section.at === revision.chain[0]!.at);
    if (signed < 0) return { found: [{ what: 'revision-chain-broken' }], filled: [] };
    if (signed > MAX_STEPS) throw new PdfTooComplex('revisions');
    const found: Modification[] = [];
    const filled = new Set<string>();
    let end = revision.source.size;
    if (signed === 0 && !(await endsWith(document.source, end))) found.push({ what: 'bytes-unaccounted' });
    if ((await document.source.read(0, 5)).toString('latin1') !== '%PDF-') {
      found.push({ what: 'header-shifted' });
    }
    for (let newer = signed - 1; newer >= 0; newer--) {
      const next = await step(newer, end);
      found.push(...next.found);
      for (const { name, object, replaced } of next.filled) {
        // What was filled in after this signature may be filled in otherwise; what it covers may not.
        if (replaced && !filled.has(name)) found.push({ what: 'value-replaced', object });
        filled.add(name);
      }
      // Where the revisions cannot be told apart, what comes next cannot be judged.
      if (next.end <= end) break;
      end = next.end;
    }
    return { found: found.slice(0, MAX_NAMED), filled: [...filled] };
  };
}

/** Compares the revision that starts at an offset with the one that ends there. */
async function stepTo(
  document: PdfDocument,
  newer: number,
  from: number,
  references: References,
): Promise<Step> {
  const layout = await layoutOf(document, newer, from);
  if (layout.end.end <= from) return { end: from, found: layout.found, filled: [] };
  const before = earlierRevision(bounded(document, from), newer + 1);
  const after = earlierRevision(bounded(document, layout.end.end), newer);
  const found = [...layout.found];
  const root = before.trailer.get('Root');
  if (!(root instanceof PdfRef) || !sameObject(root, after.trailer.get('Root'))) {
    return { end: layout.end.end, found: [...found, { what: 'root-replaced' }], filled: [] };
  }
  const comparison = await compared(before, after, layout.end, layout.objects, references);
  await explainContainers(comparison);
  await explainCatalog(comparison);
  await explainForm(comparison);
  await explainPages(comparison);
  await explainInformation(comparison);
  await nameUnexplained(comparison);
  await nameReused(comparison);
  return { end: layout.end.end, found: [...found, ...comparison.found], filled: comparison.filled };
}

async function compared(
  before: PdfDocument,
  after: PdfDocument,
  end: RevisionEnd,
  own: ReadonlySet<number>,
  references: References,
): Promise<Comparison> {
  const touched = await touchedObjects(before, after, own);
  const num = (before.trailer.get('Root') as PdfRef).num;
  return {
    before,
    after,
    end,
    references,
    permissions: await permissionsOf(before),
    catalog: { num, a: await catalogOf(before), b: await catalogOf(after) },
    changed: touched.changed,
    added: touched.added,
    explained: new Set(),
    owners: new Map(),
    widgets: new Set(),
    filled: [],
    found: [...touched.found],
  };
}

/** The cross-reference stream and the object streams of the later revision carry objects and show nothing. */
async function explainContainers({ after, added, explained }: Comparison): Promise<void> {
  const section = after.chain[0]!;
  if (section.objectNumber !== null && added.has(section.objectNumber)) explained.add(section.objectNumber);
  for (const num of numbersOf(section)) {
    const entry = findEntry(after.chain, num);
    if (entry?.type === 'packed' && added.has(entry.container)) explained.add(entry.container);
  }
}

/** An added object that nothing leads to shows nothing: a later step that makes use of it is judged itself. */
async function nameUnexplained(comparison: Comparison): Promise<void> {
  const { before, after, changed, added, explained, references, found } = comparison;
  for (const num of changed) {
    if (explained.has(num)) continue;
    const isField = dictOf(await before.load(num))?.has('FT') ?? false;
    found.push({ what: isField ? 'field-changed' : 'object-changed', object: num });
  }
  const unexplained = new Set([...added].filter((num) => !explained.has(num)));
  if (unexplained.size === 0) return;
  for (const num of (await references.referrersOf(after, unexplained)).keys())
    found.push({ what: 'object-added', object: num });
}

/** New objects that the signed revision already named, and changed ones that it used elsewhere too. */
async function nameReused(comparison: Comparison): Promise<void> {
  const { before, added, explained, owners, references, found } = comparison;
  const watched = new Set([...owners.keys(), ...[...added].filter((num) => explained.has(num))]);
  if (watched.size === 0) return;
  for (const [num, referrers] of await references.referrersOf(before, watched)) {
    const owner = owners.get(num);
    if (!owner || !referrers.every(owner)) found.push({ what: 'object-reused', object: num });
  }
}
