import type { PdfDocument } from '../../../pdf/reader/document.ts';
import type { PdfDict } from '../../../pdf/reader/objects.ts';
import type { Permissions } from './permissions.ts';
import type { References, Referrer } from './references.ts';

/** A change after signing that is neither a further signature nor what belongs to one. */
export interface Modification {
  readonly what: /** The newest cross-reference sections do not lead back to the signed one. */
    | 'revision-chain-broken'
    /** Octets that no object and no cross-reference section accounts for. */
    | 'bytes-unaccounted'
    /** A section that readers would understand differently, or repair. */
    | 'xref-malformed'
    /** A table that hides objects in a second one (ISO 32000-1 §7.5.8.4). */
    | 'xref-hybrid'
    /** An entry that points to something outside its own revision. */
    | 'xref-redirected'
    /** The file does not begin with its header: readers disagree on where offsets count from. */
    | 'header-shifted'
    | 'object-generation'
    /** A dictionary that says the same key twice: readers disagree on which one counts. */
    | 'keys-repeated'
    | 'root-replaced'
    | 'catalog-changed'
    | 'form-changed'
    | 'field-added'
    | 'field-changed'
    /** A certification or a signature's lock forbids to fill this field. */
    | 'field-locked'
    /** A value that was there when the document was signed. */
    | 'value-replaced'
    /** A look that nothing was filled in for. */
    | 'appearance-changed'
    /** A new look that takes something from outside, or is none. */
    | 'appearance-invalid'
    /** A new signature field whose signature is none over the revision that brings it. */
    | 'signature-incomplete'
    | 'page-changed'
    | 'annotation-added'
    | 'annotation-removed'
    /** Annotations lie over each other in the order of their list. */
    | 'annotation-moved'
    | 'dss-changed'
    /** Something else than certificates, OCSP answers and CRLs. */
    | 'dss-invalid'
    /** Title, author and the like: what a reader shows about the document. */
    | 'information-changed'
    /** Lawful without the certification that the document carries. */
    | 'permission-exceeded'
    | 'object-changed'
    | 'object-added'
    | 'object-removed'
    | 'object-reused';
  /** Number of the object, where there is one. */
  readonly object?: number;
  /** The dictionary's key that differs. */
  readonly key?: string;
}

/** Where a revision ends: behind its %%EOF, and behind the end-of-line that may follow. */
export interface RevisionEnd {
  readonly marker: number;
  readonly end: number;
}

/** A field whose value was written, and the object that holds it. */
export interface Filled {
  readonly name: string;
  readonly object: number;
  /** Something stood in the field before. */
  readonly replaced: boolean;
}

/** What is known while two revisions are compared. */
export interface Comparison {
  readonly before: PdfDocument;
  readonly after: PdfDocument;
  /** Where the later of the two ends. */
  readonly end: RevisionEnd;
  readonly references: References;
  readonly permissions: Permissions;
  readonly catalog: { readonly num: number; readonly a: PdfDict; readonly b: PdfDict };
  readonly changed: ReadonlySet<number>;
  readonly added: ReadonlySet<number>;
  /** Changes that are explained. */
  readonly explained: Set<number>;
  /** Who alone may have named an explained, changed object in the signed revision. */
  readonly owners: Map<number, (referrer: Referrer) => boolean>;
  /** New widgets of signature fields: the only annotations that a page may gain. */
  readonly widgets: Set<number>;
  readonly filled: Filled[];
  readonly found: Modification[];
}
