import type { DossierView } from '../../../../contract/model.ts';
import { FeesDialog } from '../fees/FeesDialog.tsx';
import { HistoryDialog } from './HistoryDialog.tsx';
import { IntakeDialog } from './IntakeDialog.tsx';
import { PaperDialog } from './PaperDialog.tsx';
import { StepDialog } from './StepDialog.tsx';
import type { Course } from './useCourse.ts';

/** Whatever of the dossier's course is open over it. */
export function CourseDialogs(props: { dossier: DossierView; course: Course }) {
  const { dossier, course } = props;
  const { view } = course;
  if (view === null) return null;
  if (view.at === 'history') return <HistoryDialog dossierId={dossier.id} onClose={course.close} />;
  if (view.at === 'paper')
    return <PaperDialog document={view.document} onClose={course.close} onPrint={course.print} />;
  if (view.at === 'intake') return <IntakeDialog dossier={dossier} onClose={course.close} />;
  if (view.at === 'fees')
    return <FeesDialog dossier={dossier} onClose={course.close} onPrint={course.print} />;
  return (
    <StepDialog
      key={view.action}
      action={view.action}
      dossier={dossier}
      onClose={course.close}
      onDone={course.done}
    />
  );
}
