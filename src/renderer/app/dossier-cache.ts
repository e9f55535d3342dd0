import type { AttachmentView, DossierRow, DossierView, PageView } from '../../contract/model.ts';

/** The dossier with an arrived page at the end of a component; the same page twice changes nothing. */
export function withPage(dossier: DossierView, componentId: string, page: PageView): DossierView {
  const components = dossier.components.map((component) => {
    if (component.spec.id !== componentId) return component;
    if (component.pages.some((p) => p.id === page.id)) return component;
    return { ...component, pages: [...component.pages, page] };
  });
  return { ...dossier, components };
}

/** The dossier with a file that was kept whole; the same twice changes nothing. */
export function withAttachment(
  dossier: DossierView,
  componentId: string,
  attachment: AttachmentView,
): DossierView {
  const components = dossier.components.map((component) => {
    if (component.spec.id !== componentId) return component;
    if (component.attachments.some((a) => a.id === attachment.id)) return component;
    return { ...component, attachments: [...component.attachments, attachment] };
  });
  return { ...dossier, components };
}

/** The line of the dossier list that belongs to a dossier. */
export function rowOf(dossier: DossierView): DossierRow {
  return {
    id: dossier.id,
    state: dossier.state,
    delivery: dossier.delivery,
    procedureCode: dossier.procedure.code,
    procedureName: dossier.procedure.name,
    applicantName: dossier.applicant?.name ?? '',
    code: dossier.code?.value ?? '',
    openedAt: dossier.openedAt,
    receivedAt: dossier.receivedAt,
    dueAt: dossier.due?.at ?? null,
    pages: dossier.components.reduce((n, c) => n + c.pages.filter((p) => !p.removed).length, 0),
  };
}

/**
 * Replaces the row in place, so that memoised rows around it are not drawn again. An unknown dossier is put first
 * where the list is unfiltered (`addNew`), and left out where it is filtered, for only the engine can judge that.
 */
export function upsertRow(rows: readonly DossierRow[], row: DossierRow, addNew: boolean): DossierRow[] {
  const at = rows.findIndex((r) => r.id === row.id);
  if (at < 0) return addNew ? [row, ...rows] : [...rows];
  if (sameRow(rows[at]!, row)) return rows as DossierRow[];
  return rows.map((r, i) => (i === at ? row : r));
}

function sameRow(a: DossierRow, b: DossierRow): boolean {
  return (Object.keys(a) as (keyof DossierRow)[]).every((key) => a[key] === b[key]);
}
