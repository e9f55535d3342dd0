import { useCallback, useState } from 'react';
import type { PossibleAction } from '../../../../contract/life-cycle.ts';
import type { DossierView } from '../../../../contract/model.ts';
import { usePossibleActions } from '../../../app/queries.ts';
import { useTexts } from '../../../app/texts.tsx';
import { useAnnounce } from '../../../ui/announcer.tsx';
import { focusSoon } from '../focus.ts';
import type { Documents, KeptDocument } from '../verifying/useDocuments.ts';
import { type LikelyStep, likelyStep, paperName, paperOfStep, type StepAction } from './course.ts';

/** What is open over the dossier. */
export type CourseView =
  | { readonly at: 'step'; readonly action: StepAction }
  | { readonly at: 'paper'; readonly document: KeptDocument }
  | { readonly at: 'history' }
  | { readonly at: 'fees' }
  | { readonly at: 'intake' };

export interface Course {
  readonly possible: readonly PossibleAction[];
  /** Why it is not known what can be done. */
  readonly fault: Error | null;
  readonly likely: LikelyStep | null;
  readonly view: CourseView | null;
  readonly menuOpen: boolean;
  openMenu(open: boolean): void;
  take(action: StepAction): void;
  show(view: CourseView): void;
  close(): void;
  print(document: KeptDocument): void;
  /** A step was taken: its paper is shown at once, where it brought one. */
  done(before: DossierView, after: DossierView): void;
}

const NONE: readonly PossibleAction[] = [];

/** The steps of one dossier beyond its intake, and what is open for them. */
export function useCourse(dossier: DossierView, documents: Documents): Course {
  const t = useTexts();
  const announce = useAnnounce();
  const [view, setView] = useState<CourseView | null>(null);
  const [menuOpen, openMenu] = useState(false);
  // While papers are taken in nothing of this is looked at before it is asked for.
  const actions = usePossibleActions(dossier.id, dossier.state !== 'draft' || menuOpen);
  const possible = actions.data ?? NONE;
  const close = useCallback(() => {
    setView(null);
    focusSoon('[data-next]', true);
  }, []);
  return {
    possible,
    fault: actions.error,
    likely: likelyStep(dossier, possible),
    view,
    menuOpen,
    openMenu,
    take: (action) => setView({ at: 'step', action }),
    show: setView,
    close,
    print(document) {
      close();
      documents.print(document);
    },
    done(before, after) {
      announce(t('course.done', { state: t(`course.state.${after.state}`) }));
      const paper = paperOfStep(before, after);
      if (paper === null) {
        close();
        return;
      }
      const name = paperName(t, paper);
      setView({ at: 'paper', document: { documentId: paper.documentId, name } });
    },
  };
}
