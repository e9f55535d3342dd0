import type { PdfDocument } from '../../../pdf/reader/document.ts';
import type { PdfDict } from '../../../pdf/reader/objects.ts';
import type { Referrer } from './references.ts';

/** A change after signing that is neither a further signature nor what belongs to one. */
export interface Modification {
  readonly what:
    | 'revision-chain-broken'
    | 'root-replaced'
    | 'catalog-changed'
    | 'form-changed'
    | 'field-changed'
    | 'page-changed'
    | 'annotation-removed'
    | 'object-changed'
    | 'object-added'
    | 'object-removed'
    | 'object-reused';
  /** Number of the object, where there is one. */
  readonly object?: number;
  /** The dictionary's key that differs. */
  readonly key?: string;
}

/** What is known while two revisions are compared. */
export interface Comparison {
  readonly before: PdfDocument;
  readonly after: PdfDocument;
  readonly catalog: { readonly num: number; readonly a: PdfDict; readonly b: PdfDict };
  readonly changed: ReadonlySet<number>;
  readonly added: ReadonlySet<number>;
  /** Changes that are explained. */
  readonly explained: Set<number>;
  /** Who alone may have named an explained, changed object in the signed revision. */
  readonly owners: Map<number, (referrer: Referrer) => boolean>;
  /** New widgets of signature fields: the only annotations that a page may gain. */
  readonly widgets: Set<number>;
  readonly found: Modification[];
}
