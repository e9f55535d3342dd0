import { randomUUID } from 'node:crypto';
import { CounterError } from '../../contract/errors.ts';
import type { AttachmentView, ComponentView, PageView, SignatureView } from '../../contract/model.ts';
import { signAttachment, signComponent } from '../dossiers/commands.ts';
import { type Dossier, liveAttachments, livePages } from '../dossiers/dossier.ts';
import type { DossierEvent, Stamp } from '../dossiers/events.ts';
import { EDITABLE } from '../dossiers/transitions.ts';
import { type ScannedPage, writeScannedPdf } from '../pdf/scanned-pdf.ts';
import type { PageText } from '../reading/port.ts';
import { appearanceFont } from '../signing/appearance/font.ts';
import type { DocumentSigner } from '../signing/signers.ts';
import type { Store } from '../store/index.ts';
import type { Clock } from './clock.ts';
import { documentName } from './document-name.ts';
import type { Journal } from './journal.ts';
import type { Resources } from './resources.ts';

/** One document that wants a signature: a component's pages, or a file that was kept whole and carries none. */
export interface UnsignedDocument {
  readonly dossierId: string;
  readonly component: ComponentView;
  /** Null = the pages. */
  readonly attachment: AttachmentView | null;
}

export interface DocumentSigning {
  /** Turns the document into a PDF/A-2b where it is pages, signs it, and records the signature with the document. */
  sign(document: UnsignedDocument, signer: DocumentSigner, actor: string): Promise<SignatureView>;
  /** The pages' pictures with what was read on them. */
  pictures(pages: readonly PageView[]): AsyncGenerator<ScannedPage>;
  /** The document as it would be signed, written to `path`. */
  write(document: UnsignedDocument, path: string): Promise<void>;
}

/**
 * Documents that no signature covers, in the order of the components. DOSSIER_STATE where no papers are taken in: they
 * are for a draft, and for a supplement.
 */
export function unsignedDocuments(dossier: Dossier): readonly UnsignedDocument[] {
  if (!EDITABLE.includes(dossier.state))
    throw new CounterError('DOSSIER_STATE', { state: dossier.state, needed: 'draft' });
  const dossierId = dossier.id;
  return dossier.components.flatMap((component) => [
    ...(livePages(component).length > 0 && !component.signature
      ? [{ dossierId, component, attachment: null }]
      : []),
    ...liveAttachments(component)
      .filter((attachment) => attachment.signatures === 0 && !attachment.signature)
      .map((attachment) => ({ dossierId, component, attachment })),
  ]);
}

export function createDocumentSigning(parts: {
  readonly store: Store;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly resources: Resources;
  readonly producer: string;
  /** What was read on a page's picture, where it was read. */
  readonly textOf: (page: PageView) => PageText | null;
}): DocumentSigning {
  const { store, journal, clock, resources, producer } = parts;
  const font = appearanceFont(resources.fonts.regular);

  /** What was read on a page by now goes under its picture; what was not read yet is not waited for. */
  async function* pictures(pages: readonly PageView[]): AsyncGenerator<ScannedPage> {
    for (const page of pages) {
      const record = store.pages.get(page.id);
      if (!record) throw new CounterError('PAGE_UNKNOWN', { pageId: page.id });
      const text = parts.textOf(page);
      yield {
        image: await store.vault.read(record.imageHash),
        dpi: page.dpi,
        ...(text && { text }),
      };
    }
  }

  /** Answers the number of pages. */
  async function write({ component, attachment }: UnsignedDocument, path: string): Promise<number> {
    if (attachment) {
      const document = store.documents.get(attachment.id);
      if (!document) throw new CounterError('VAULT_OBJECT_MISSING', { documentId: attachment.id });
      await store.vault.copyTo(document.vaultHash, path);
      return attachment.pages;
    }
    const written = await writeScannedPdf({
      path,
      pages: pictures(livePages(component)),
      title: component.spec.name,
      createdAt: clock.now(),
      producer,
      icc: resources.icc,
    });
    return written.pages;
  }

  /** The events that record a signature over a document; the pages are those that the document was made of. */
  function recorded(document: UnsignedDocument) {
    const { component, attachment } = document;
    const pageIds = livePages(component).map((p) => p.id);
    return (d: Dossier, signature: SignatureView, stamp: Stamp): DossierEvent[] =>
      attachment
        ? signAttachment(d, { attachmentId: attachment.id, signature }, stamp)
        : signComponent(d, { componentId: component.spec.id, signature, pageIds }, stamp);
  }

  async function sign(
    document: UnsignedDocument,
    signer: DocumentSigner,
    actor: string,
  ): Promise<SignatureView> {
    const { dossierId, component, attachment } = document;
    const events = recorded(document);
    return store.workspace.withFolder(async (folder) => {
      const input = `${folder}/document.pdf`;
      const output = `${folder}/signed.pdf`;
      const pages = await write(document, input);
      const result = await signer.sign({
        input,
        output,
        appearance: { kind: 'digitised-component' },
        font,
        at: clock.now(),
      });
      const object = await store.vault.putFile(output);
      const signature: SignatureView = {
        documentId: randomUUID(),
        sha256: result.sha256,
        bytes: result.bytes,
        pages,
        signer: result.signer,
        signedAt: result.signedAt.toISOString(),
        level: result.level,
      };
      const place = attachment ? component.attachments.indexOf(attachment) + 1 : 0;
      journal.change(dossierId, actor, (d, stamp) => events(d, signature, stamp), {
        objects: [object],
        document: {
          id: signature.documentId,
          kind: 'component',
          componentId: component.spec.id,
          vaultHash: object.hash,
          name: documentName(component.spec.id, place),
          sha256: result.sha256,
          bytes: result.bytes,
        },
      });
      return signature;
    });
  }

  return {
    sign,
    pictures,
    write: async (document, path) => {
      await write(document, path);
    },
  };
}
