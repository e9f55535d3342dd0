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
import { DiscardDialog } from './DiscardDialog.tsx';
import { focusSoon } from './focus.ts';
import { NextPanel } from './NextPanel.tsx';
import { PageViewer } from './PageViewer.tsx';
import { Papers } from './Papers.tsx';
import { currentStep, isScannable, missingComponents, nextToScan, unsignedComponents } from './progress.ts';
import { ReceiveDialog } from './ReceiveDialog.tsx';
import { SignDialog } from './SignDialog.tsx';
import { SlipDialog } from './SlipDialog.tsx';
import { usePageActions } from './usePageActions.ts';
import type { Scan } from './useScan.ts';
import { useScanChoice } from './useScanChoice.ts';

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
  readonly scan: Scan;
  /** What was typed for a citizen and not saved yet, by dossier, so that changing dossiers loses nothing. */
  readonly unsaved: Map<string, ApplicantFields>;
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

type OpenDialog = 'sign' | 'receive' | 'slip' | 'discard' | null;

function OpenDossier(props: IntakeProps & { dossier: DossierView }) {
  const styles = useStyles();
  const t = useTexts();
  const notify = useNotify();
  const { dossier, scan } = props;
  const citizen = useRef<CitizenHandle>(null);
  const scanners = useScanChoice();
  const [current, setCurrent] = useState<string | null>(() => nextToScan(dossier, null));
  const [dialog, setDialog] = useState<OpenDialog>(null);
  const [viewed, setViewed] = useState<string | null>(null);
  const [actions, pageFault, dismissPageFault] = usePageActions(dossier.id);
  const draft = dossier.state === 'draft';

  const scanInto = useCallback(
    (componentId: string) => {
      setCurrent(componentId);
      if (scanners.choice)
        scan.start(dossier.id, componentId, scanners.choice.device, scanners.choice.settings);
      else notify({ intent: 'warning', title: t('scan.noScanner.heading'), body: t('scan.noScanner.text') });
    },
    [dossier.id, scan, scanners.choice, notify, t],
  );

  useScanOutcome(dossier.id, scan, setCurrent);

  const step = currentStep(dossier);
  const refuse = () => notify({ intent: 'warning', title: t('next.notYet'), body: whatIsLeft(dossier, t) });
  const openSign = () => {
    if (draft && unsignedComponents(dossier).length > 0) setDialog('sign');
    else if (draft && step !== 'receive') refuse();
  };
  const openReceive = () => {
    if (step === 'receive') setDialog('receive');
    else if (dossier.slipDocumentId) setDialog('slip');
    else if (draft) refuse();
  };
  const walk = (by: number) => {
    const papers = dossier.components.filter(isScannable).map((c) => c.spec.id);
    const at = papers.indexOf(current ?? '') + by;
    const next = papers[Math.max(0, Math.min(papers.length - 1, at))];
    if (next === undefined) return;
    setCurrent(next);
    focusSoon(`[data-scan="${next}"]`);
  };

  useHotkeys([
    ['F4', () => draft && citizen.current?.focus()],
    ['F6', () => draft && current !== null && scan.state.phase !== 'running' && scanInto(current)],
    ['F8', openSign],
    ['F9', openReceive],
    ['Alt+ArrowDown', () => walk(1)],
    ['Alt+ArrowUp', () => walk(-1)],
    ['Ctrl+Z', () => draft && actions.undo()],
    ['Escape', () => scan.state.phase === 'running' && scan.stop()],
  ]);

  const toPapers = useCallback(() => focusSoon('[data-current-scan]'), []);
  const close = useCallback(() => {
    setDialog(null);
    focusSoon('[data-next]', true);
  }, []);

  return (
    <div className={styles.layout}>
      <section className={styles.centre} aria-labelledby="dossier-title">
        <Head dossier={dossier} onDiscard={() => setDialog('discard')} />
        <div className={styles.scroll}>
          {pageFault && <Fault fault={pageFault} onDismiss={dismissPageFault} />}
          <CitizenSection
            ref={citizen}
            dossier={dossier}
            unsaved={props.unsaved}
            editable={draft}
            onSaved={toPapers}
          />
          <Papers
            dossier={dossier}
            current={current}
            scan={scan}
            scanners={scanners}
            editable={draft}
            actions={actions}
            onCurrent={setCurrent}
            onScan={scanInto}
            onView={setViewed}
          />
        </div>
      </section>
      <NextPanel
        dossier={dossier}
        step={step}
        scanName={dossier.components.find((c) => c.spec.id === current)?.spec.name ?? ''}
        onCitizen={() => citizen.current?.focus()}
        onScan={() => current !== null && scanInto(current)}
        scanning={scan.state.phase === 'running'}
        onSign={openSign}
        onReceive={openReceive}
        onSlip={() => setDialog('slip')}
        onNew={props.onNew}
      />
      {viewed !== null && (
        <PageViewer
          dossier={dossier}
          pageId={viewed}
          editable={draft}
          actions={actions}
          onPage={setViewed}
          onClose={() => {
            setViewed(null);
            focusSoon(`[data-page="${viewed}"]`);
          }}
        />
      )}
      {dialog === 'sign' && (
        <SignDialog
          dossier={dossier}
          onClose={close}
          onSigned={() => {
            setDialog(null);
            focusSoon('[data-next]');
          }}
        />
      )}
      {dialog === 'receive' && (
        <ReceiveDialog dossier={dossier} onClose={close} onReceived={() => setDialog('slip')} />
      )}
      {dialog === 'slip' && <SlipDialog dossier={dossier} onClose={close} />}
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

/** When a scan of this dossier ends well: says so, and goes on to what is still missing. */
function useScanOutcome(dossierId: string, scan: Scan, setCurrent: (id: string | null) => void): void {
  const queries = useQueryClient();
  const announce = useAnnounce();
  const t = useTexts();
  const { state, dismiss } = scan;
  useEffect(() => {
    if (state.phase !== 'finished' || state.dossierId !== dossierId) return;
    announce(t('scan.finished', { pages: state.pages }));
    dismiss();
    const dossier = queries.getQueryData<DossierView>(KEYS.dossier(dossierId));
    if (!dossier) return;
    setCurrent(nextToScan(dossier, state.componentId));
    focusSoon(missingComponents(dossier).length > 0 ? '[data-current-scan]' : '[data-next]', true);
  }, [state, dossierId, dismiss, announce, t, queries, setCurrent]);

  const pages = state.phase === 'running' && state.dossierId === dossierId ? state.pages : 0;
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
        <Button size="small" appearance="subtle" icon={<DeleteRegular />} onClick={props.onDiscard}>
          {t('discard.open')}
        </Button>
      )}
    </div>
  );
}
