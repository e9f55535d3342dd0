import type {
  AttachmentView,
  ComponentView,
  DossierView,
  OutboxStatus,
  PageView,
} from '../../../contract/model.ts';

export const STEPS = ['citizen', 'papers', 'sign', 'receive', 'send'] as const;
export type Step = (typeof STEPS)[number];
export type StepState = 'done' | 'current' | 'later';

/** Papers can be scanned and signed: while a dossier is taken in, and while a supplement to it is. */
export function takesPapers(dossier: DossierView): boolean {
  return dossier.state === 'draft' || dossier.state === 'supplement-asked';
}

export function activePages(component: ComponentView): PageView[] {
  return component.pages.filter((page) => !page.removed);
}

/** What is handed in is digitised; what is only shown is given back, and a note is no paper. */
export function isScannable(component: ComponentView): boolean {
  return component.spec.handling === 'submit';
}

/** PDFs that are kept as they came and were not set aside. */
export function activeFiles(component: ComponentView): AttachmentView[] {
  return component.attachments.filter((file) => !file.removed);
}

/** Owed in the case (trường hợp) that was chosen, and no data of a base stand in for it (NĐ 118/2025/NĐ-CP Điều 4). */
function isOwed({ spec, lookup }: ComponentView, situation: string): boolean {
  const applies = spec.situation === '' || situation === '' || spec.situation === situation;
  const standsIn = lookup?.answer === 'match' && lookup.fallback === '';
  return spec.required && applies && !standsIn;
}

export function isMissing(component: ComponentView, situation: string): boolean {
  const empty = activePages(component).length === 0 && activeFiles(component).length === 0;
  return isScannable(component) && isOwed(component, situation) && empty;
}

export function missingComponents(dossier: DossierView): ComponentView[] {
  return dossier.components.filter((c) => isMissing(c, dossier.intake.situation));
}

/** Components with pages, or with files that came without a signature, that none of the clerk's covers yet. */
export function unsignedComponents(dossier: DossierView): ComponentView[] {
  return dossier.components.filter(
    (c) =>
      (activePages(c).length > 0 && c.signature === null) ||
      activeFiles(c).some((file) => file.signatures === 0 && file.signature === null),
  );
}

function isDone(dossier: DossierView, step: Step): boolean {
  switch (step) {
    case 'citizen':
      return dossier.applicant !== null;
    case 'papers':
      return missingComponents(dossier).length === 0;
    case 'sign':
      return missingComponents(dossier).length === 0 && unsignedComponents(dossier).length === 0;
    case 'receive':
      return dossier.receivedAt !== null;
    case 'send':
      return dossier.delivery === 'sent';
  }
}

/** The first step that is not done, or null when nothing is left (or the dossier was discarded). */
export function currentStep(dossier: DossierView): Step | null {
  if (dossier.state === 'discarded') return null;
  if (dossier.delivery === 'waiting') return 'send';
  return STEPS.find((step) => !isDone(dossier, step)) ?? null;
}

export function stepStates(dossier: DossierView): { step: Step; state: StepState }[] {
  const current = currentStep(dossier);
  return STEPS.map((step) => {
    if (step === current) return { step, state: 'current' };
    return { step, state: isDone(dossier, step) ? 'done' : 'later' };
  });
}

/** Where the next scan belongs: after `componentId`, the next one that is missing, else it stays. */
export function nextToScan(dossier: DossierView, componentId: string | null): string | null {
  const missing = missingComponents(dossier);
  if (missing.length === 0) return componentId ?? firstPaper(dossier);
  const order = dossier.components.map((c) => c.spec.id);
  const from = componentId === null ? -1 : order.indexOf(componentId);
  const after = missing.find((c) => order.indexOf(c.spec.id) > from);
  return (after ?? missing[0]!).spec.id;
}

function firstPaper(dossier: DossierView): string | null {
  return dossier.components.find(isScannable)?.spec.id ?? null;
}

export type SendState = 'waiting-offline' | 'waiting' | 'sending' | 'needs-person' | 'sent';

/** Where a received dossier is on its way to the province. */
export function sendState(dossier: DossierView, outbox: OutboxStatus | undefined): SendState {
  if (dossier.delivery === 'sent') return 'sent';
  if (outbox && !outbox.online) return 'waiting-offline';
  if (dossier.sendFault && (outbox?.needsPerson ?? 0) > 0) return 'needs-person';
  return (outbox?.sending ?? 0) > 0 ? 'sending' : 'waiting';
}
