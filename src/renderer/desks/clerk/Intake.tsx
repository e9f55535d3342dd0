import { Button, makeStyles, Spinner, Text, tokens } from '@fluentui/react-components';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { DossierView } from '../../../contract/model.ts';
import { shapeOf } from '../../app/faults.ts';
import { useFormats } from '../../app/formats.ts';
import { useHotkeys } from '../../app/hotkeys.ts';
import { useDossier } from '../../app/queries.ts';
import { KEYS } from '../../app/query-keys.ts';
import { useTexts } from '../../app/texts.tsx';
import { useAnnounce } from '../../ui/announcer.tsx';
import { Fault } from '../../ui/Fault.tsx';
import { useNotify } from '../../ui/notify.tsx';
import type { ApplicantFields } from './applicant-form.ts';
import { type CitizenHandle, CitizenSection } from './CitizenSection.tsx';
import { CourseDialogs } from './course/CourseDialogs.tsx';
import { useCourse } from './course/useCourse.ts';
import { DiscardDialog } from './DiscardDialog.tsx';
import { focusSoon } from './focus.ts';
import { NextPanel } from './NextPanel.tsx';
import { PaperDialogs } from './papers/PaperDialogs.tsx';
import { Papers } from './papers/Papers.tsx';
import type { Tool } from './papers/ToolRow.tsx';
import { type DeskWork, type PaperWork, usePaperWork } from './papers/usePaperWork.ts';
import { currentStep, missingComponents, nextToScan, takesPapers, unsignedComponents } from './progress.ts';
import { ReceiveDialog } from './ReceiveDialog.tsx';
import { SlipDialog } from './SlipDialog.tsx';

const useStyles = makeStyles({
  layout: {
    flexGrow: 1,
    minHeight: 0,
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr) 312px',
    columnGap: '8px',
    '@media (max-width: 1200px)': { gridTemplateColumns: 'minmax(0, 1fr) 268px' },
    // Too narrow for three columns: one column that scrolls, what is next on top.
    '@media (max-width: 1000px)': {
      display: 'flex',
      flexDirection: 'column',
      overflowY: 'auto',
      rowGap: '8px',
    },
  },
  centre: {
    minHeight: 0,
    display: 'flex',
    flexDirection: 'column',
    backgroundColor: tokens.colorNeutralBackground1,
    borderRadius: tokens.borderRadiusLarge,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    overflow: 'hidden',
    '@media (max-width: 1000px)': { order: 1, flexShrink: 0, minHeight: 'auto' },
  },
  head: {
    display: 'flex',
    alignItems: 'flex-start',
    columnGap: '12px',
    padding: '12px 16px 10px',
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
  },
  title: { minWidth: 0, flexGrow: 1 },
  discard: { whiteSpace: 'nowrap', flexShrink: 0 },
  quiet: { color: tokens.colorNeutralForeground3 },
  scroll: {
    flexGrow: 1,
    minHeight: 0,
    overflowY: 'auto',
    padding: '12px 16px 20px',
    display: 'flex',
    flexDirection: 'column',
    rowGap: '12px',
    scrollPaddingBlock: '24px',
  },
});

interface IntakeProps {
  readonly dossierId: string;
  readonly desk: DeskWork;
  /** What was typed for a citizen and not saved yet, by dossier, so that changing dossiers loses nothing. */
  readonly unsaved: Map<string, ApplicantFields>;
  /** Its doubtful pages are to be shown, once. */
  readonly looking: boolean;
  readonly onLooked: () => void;
  readonly onSign: (dossierIds: readonly string[]) => void;
  readonly onNew: () => void;
  readonly onDiscarded: () => void;
}

/** One dossier from its citizen to the province's receipt. */
export function Intake(props: IntakeProps) {
  const t = useTexts();
  const dossier = useDossier(props.dossierId);
  if (dossier.error) return <Fault fault={shapeOf(dossier.error)} />;
  if (!dossier.data) return <Spinner label={t('dossier.loading')} />;
  return <OpenDossier {...props} dossier={dossier.data} />;
}

type OpenDialog = 'receive' | 'slip' | 'discard' | null;

function OpenDossier(props: IntakeProps & { dossier: DossierView }) {
  const styles = useStyles();
  const t = useTexts();
  const notify = useNotify();
  const { dossier, desk } = props;
  const { scan } = desk;
  const citizen = useRef<CitizenHandle>(null);
  const files = useRef<HTMLInputElement>(null);
  const [dialog, setDialog] = useState<OpenDialog>(null);
  const work = usePaperWork(dossier, desk);
  const { current, state } = work;
  const draft = dossier.state === 'draft';
  const open = takesPapers(dossier);
  const course = useCourse(dossier, desk.documents);
  const running = scan.state.phase === 'running';

  useScanOutcome(dossier.id, work);
  const { looking, onLooked } = props;
  const { lookAtDoubtful } = work;
  useEffect(() => {
    if (!looking) return;
    onLooked();
    lookAtDoubtful();
  }, [looking, onLooked, lookAtDoubtful]);

  const step = currentStep(dossier);
  const living = dossier.state !== 'discarded';
  const refuse = () => notify({ intent: 'warning', title: t('next.notYet'), body: whatIsLeft(dossier, t) });
  const openSign = () => {
    if (open && unsignedComponents(dossier).length > 0) props.onSign([dossier.id]);
    else if (draft && step !== 'receive') refuse();
  };
  const openReceive = () => {
    if (step === 'receive') setDialog('receive');
    else if (dossier.slipDocumentId) setDialog('slip');
    else if (draft) refuse();
  };
  const openTool = (tool: Tool) => {
    if (tool === 'import') files.current?.click();
    else work.setTool(tool);
  };
  const scanKey = () => {
    // While one scan runs, the key sends the next one to the next paper.
    if (running) work.walk(1, false);
    else if (current !== null) work.scanInto(current);
  };

  useHotkeys([
    ['F3', () => open && openTool('import')],
    ['Shift+F3', () => open && openTool('inbox')],
    ['F4', () => draft && citizen.current?.focus()],
    ['Shift+F4', () => draft && citizen.current?.scanCard()],
    ['Ctrl+Shift+F4', () => draft && citizen.current?.readPhoto()],
    ['F6', () => open && scanKey()],
    ['Shift+F6', () => openTool('copy')],
    ['F7', () => open && work.lookAtDoubtful()],
    ['F8', openSign],
    ['F9', openReceive],
    ['F10', () => course.likely !== null && course.take(course.likely)],
    ['Shift+F9', () => living && course.openMenu(true)],
    ['Shift+F2', () => open && course.show({ at: 'intake' })],
    ['Ctrl+F9', () => living && course.show({ at: 'fees' })],
    ['Shift+F10', () => course.show({ at: 'history' })],
    ['Alt+ArrowDown', () => work.walk(1)],
    ['Alt+ArrowUp', () => work.walk(-1)],
    ['Alt+Enter', () => acceptFacts(current)],
    ['Ctrl+Z', () => open && void state.edits.undo()],
    ['Ctrl+Y', () => open && void state.edits.redo()],
    ['Ctrl+Shift+Z', () => open && void state.edits.redo()],
    ['Escape', () => running && scan.stop()],
  ]);

  const toPapers = useCallback(() => focusSoon('[data-current-scan]'), []);
  const close = useCallback(() => {
    setDialog(null);
    focusSoon('[data-next]', true);
  }, []);

  const printSlip = (documentId: string) => {
    close();
    desk.documents.print({ documentId, name: t('slip.title') });
  };

  return (
    <div className={styles.layout}>
      <section className={styles.centre} aria-labelledby="dossier-title">
        <Head dossier={dossier} onDiscard={() => setDialog('discard')} />
        <div className={styles.scroll}>
          {state.fault && <Fault fault={state.fault} onDismiss={state.dismissFault} />}
          <CitizenSection
            ref={citizen}
            dossier={dossier}
            unsaved={props.unsaved}
            editable={draft}
            device={work.scanners.choice?.device ?? null}
            onSaved={toPapers}
          />
          <Papers work={work} editable={open} onTool={openTool} />
          <input
            ref={files}
            type="file"
            multiple
            hidden
            accept="image/*,.heic,.heif,.tif,.tiff,application/pdf"
            data-files=""
            aria-label={t('tools.import')}
            onChange={(event) => {
              const chosen = [...(event.target.files ?? [])];
              event.target.value = '';
              if (current !== null && chosen.length > 0) work.addFiles(current, chosen);
            }}
          />
        </div>
      </section>
      <NextPanel
        dossier={dossier}
        step={step}
        scanName={work.currentName}
        onCitizen={() => citizen.current?.focus()}
        onScan={() => current !== null && work.scanInto(current)}
        scanning={running}
        onDoubtful={() => work.lookAtDoubtful()}
        onSign={openSign}
        onReceive={openReceive}
        onSlip={() => setDialog('slip')}
        onNew={props.onNew}
        course={course}
      />
      <CourseDialogs dossier={dossier} course={course} />
      <PaperDialogs work={work} editable={open} onCitizen={(line) => citizen.current?.takeLine(line)} />
      {dialog === 'receive' && (
        <ReceiveDialog dossier={dossier} onClose={close} onReceived={() => setDialog('slip')} />
      )}
      {dialog === 'slip' && <SlipDialog dossier={dossier} onClose={close} onPrint={printSlip} />}
      {dialog === 'discard' && (
        <DiscardDialog dossierId={dossier.id} onClose={close} onDiscarded={props.onDiscarded} />
      )}
    </div>
  );
}

function whatIsLeft(dossier: DossierView, t: ReturnType<typeof useTexts>): string {
  if (dossier.applicant === null) return t('next.citizen.text');
  const missing = missingComponents(dossier);
  if (missing.length > 0) return t('next.missing', { n: missing.length, first: missing[0]!.spec.name });
  const unsigned = unsignedComponents(dossier);
  if (unsigned.length > 0) return t('next.sign.text', { n: unsigned.length });
  return t('next.receive.text');
}

/** Takes over what was read on the pages of the paper at hand, with the button that its strip shows for it. */
function acceptFacts(componentId: string | null): void {
  document.querySelector<HTMLElement>(`[data-accept="${componentId}"]`)?.click();
}

/** When a scan of this dossier ends well: says so, and goes on to what is still missing. */
function useScanOutcome(dossierId: string, work: PaperWork): void {
  const queries = useQueryClient();
  const announce = useAnnounce();
  const notify = useNotify();
  const t = useTexts();
  const { setCurrent, current } = work;
  const { state, dismiss } = work.desk.scan;
  useEffect(() => {
    if (state.phase !== 'finished' || state.order.dossierId !== dossierId) return;
    const { order, pages, components } = state;
    dismiss();
    if (components.length > 1) {
      notify({ intent: 'success', title: t('scan.divided', { pages, papers: components.length }) });
    } else announce(t('scan.finished', { pages }));
    const dossier = queries.getQueryData<DossierView>(KEYS.dossier(dossierId));
    // The backs are still to come, or a single page was put in its place: nobody goes anywhere.
    if (!dossier || (order.sides === 'both' && order.backsOf === null) || order.place.at !== 'end') return;
    // Where the clerk chose the next paper while this one ran, there it goes on.
    if (current === order.componentId) setCurrent(nextToScan(dossier, order.componentId));
    focusSoon(missingComponents(dossier).length > 0 ? '[data-current-scan]' : '[data-next]', true);
  }, [state, dossierId, dismiss, announce, notify, t, queries, setCurrent, current]);

  const pages = state.phase === 'running' && state.order.dossierId === dossierId ? state.pages : 0;
  useEffect(() => {
    if (pages > 0) announce(t('scan.arrived', { pages }));
  }, [pages, announce, t]);
}

function Head(props: { dossier: DossierView; onDiscard: () => void }) {
  const styles = useStyles();
  const t = useTexts();
  const formats = useFormats();
  const { dossier } = props;
  const facts = useMemo(
    () =>
      [
        dossier.procedure.code,
        dossier.procedure.field.name,
        formats.duration(dossier.procedure.duration),
        t('dossier.opened', { time: formats.time(dossier.openedAt), by: dossier.openedBy }),
      ].filter((f) => f !== ''),
    [dossier, formats, t],
  );
  return (
    <div className={styles.head}>
      <div className={styles.title}>
        <Text as="h2" block size={400} weight="semibold" id="dossier-title">
          {dossier.procedure.name}
        </Text>
        <Text size={200} className={styles.quiet}>
          {facts.join(' · ')}
        </Text>
      </div>
      {dossier.state === 'draft' && (
        <Button
          size="small"
          appearance="subtle"
          className={styles.discard}
          icon={<DeleteRegular />}
          onClick={props.onDiscard}
        >
          {t('discard.open')}
        </Button>
      )}
    </div>
  );
}
