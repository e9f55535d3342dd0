import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { ErrorShape } from '../../../contract/errors.ts';
import { useEngine } from '../../app/engine.tsx';
import { shapeOf } from '../../app/faults.ts';
import { useHotkeys } from '../../app/hotkeys.ts';
import { useOutbox } from '../../app/queries.ts';
import { KEYS } from '../../app/query-keys.ts';
import { useTexts } from '../../app/texts.tsx';
import { Fault } from '../../ui/Fault.tsx';
import type { ApplicantFields } from './applicant-form.ts';
import { useCopy } from './copying/useCopy.ts';
import { DossierList } from './DossierList.tsx';
import type { UndoStack } from './edits/undo-stack.ts';
import { focusSoon } from './focus.ts';
import { HelpDialog } from './HelpDialog.tsx';
import { Intake } from './Intake.tsx';
import { useImports } from './importing/useImports.ts';
import { ProcedurePicker } from './ProcedurePicker.tsx';
import { isFiles } from './pages/drag.ts';
import { PrintJobs } from './printing/PrintJobs.tsx';
import { useJobs } from './scanning/useJobs.ts';
import { useScan } from './scanning/useScan.ts';
import { SigningDialog } from './signing/SigningDialog.tsx';
import type { Signing } from './signing/useSigning.ts';
import { DocumentDialogs } from './verifying/DocumentDialogs.tsx';
import { useDocuments } from './verifying/useDocuments.ts';

const useStyles = makeStyles({
  desk: { display: 'flex', flexDirection: 'column', minHeight: 0 },
  banner: { paddingInline: '12px', paddingTop: '8px' },
  panes: {
    flexGrow: 1,
    minHeight: 0,
    display: 'grid',
    gridTemplateColumns: '276px minmax(0, 1fr)',
    columnGap: '8px',
    padding: '8px',
    '@media (max-width: 1200px)': { gridTemplateColumns: '228px minmax(0, 1fr)' },
    '@media (max-width: 640px)': { gridTemplateColumns: 'minmax(0, 1fr)', overflowY: 'auto' },
  },
  main: {
    minHeight: 0,
    minWidth: 0,
    display: 'flex',
    flexDirection: 'column',
    backgroundColor: tokens.colorNeutralBackground3,
  },
});

type Place = { readonly at: 'picking' } | { readonly at: 'dossier'; readonly id: string };

/** The clerk's one screen: today's dossiers, the dossier at hand, and what is to be done next. */
export function ClerkDesk(props: { signing: Signing }) {
  const styles = useStyles();
  const [place, setPlace] = useState<Place>({ at: 'picking' });
  const [last, setLast] = useState<string | null>(null);
  const [help, setHelp] = useState(false);
  /** The dossier whose doubtful pages are to be shown once it is open. */
  const [looking, setLooking] = useState<string | null>(null);
  const { signing } = props;
  const looked = useCallback(() => setLooking(null), []);
  const [unsaved] = useState(() => new Map<string, ApplicantFields>());
  const [stacks] = useState(() => new Map<string, UndoStack>());
  const jobs = useJobs();
  const scan = useScan(jobs);
  const imports = useImports(jobs);
  const copy = useCopy();
  const documentWork = useDocuments();
  const { documents } = documentWork;
  useFilesKeptIn();
  const desk = useMemo(
    () => ({ scan, imports, copy, documents, stacks }),
    [scan, imports, copy, documents, stacks],
  );

  const open = useCallback((id: string) => {
    setLast(id);
    setPlace({ at: 'dossier', id });
  }, []);
  const pick = useCallback(() => setPlace({ at: 'picking' }), []);
  const back = useCallback(() => {
    if (last !== null) setPlace({ at: 'dossier', id: last });
  }, [last]);
  const left = useCallback(() => {
    setLast(null);
    setPlace({ at: 'picking' });
  }, []);

  useHotkeys([
    ['F1', () => setHelp(true)],
    ['F2', pick],
    ['Shift+F8', () => signing.open([])],
    ['Shift+F7', documents.verifyFile],
  ]);

  return (
    <div className={styles.desk}>
      <OfflineBanner />
      <PrintJobs />
      <div className={styles.panes}>
        <DossierList
          selected={place.at === 'dossier' ? place.id : null}
          onOpen={open}
          onNew={pick}
          onSignAll={() => signing.open([])}
          onCheck={documents.verifyFile}
          onHelp={() => setHelp(true)}
        />
        <main className={styles.main}>
          {place.at === 'picking' ? (
            <ProcedurePicker onOpened={open} onCancel={last === null ? null : back} />
          ) : (
            <Intake
              key={place.id}
              dossierId={place.id}
              desk={desk}
              looking={looking === place.id}
              onLooked={looked}
              onSign={signing.open}
              unsaved={unsaved}
              onNew={pick}
              onDiscarded={left}
            />
          )}
        </main>
      </div>
      <SigningDialog
        signing={signing}
        onLook={(id) => {
          setLooking(id);
          open(id);
        }}
        onClosed={() => focusSoon('[data-next]', true)}
      />
      <DocumentDialogs work={documentWork} />
      <HelpDialog open={help} onClose={() => setHelp(false)} />
    </div>
  );
}

/** A file that is dropped beside its place must not replace the screen. */
function useFilesKeptIn(): void {
  useEffect(() => {
    function keep(event: DragEvent): void {
      if (event.dataTransfer && isFiles(event.dataTransfer)) event.preventDefault();
    }
    window.addEventListener('dragover', keep);
    window.addEventListener('drop', keep);
    return () => {
      window.removeEventListener('dragover', keep);
      window.removeEventListener('drop', keep);
    };
  }, []);
}

function OfflineBanner() {
  const styles = useStyles();
  const t = useTexts();
  const engine = useEngine();
  const queries = useQueryClient();
  const outbox = useOutbox();
  const [fault, setFault] = useState<ErrorShape | null>(null);
  const [trying, setTrying] = useState(false);
  if (outbox.error) {
    return (
      <div className={styles.banner}>
        <Fault fault={shapeOf(outbox.error)} />
      </div>
    );
  }
  if (!outbox.data || outbox.data.online) return null;

  async function push(): Promise<void> {
    setTrying(true);
    setFault(null);
    try {
      queries.setQueryData(KEYS.outbox, await engine.call('outbox.push', {}));
    } catch (error) {
      setFault(shapeOf(error));
    } finally {
      setTrying(false);
    }
  }

  return (
    <div className={styles.banner}>
      <MessageBar intent="warning" layout="auto" role="status">
        <MessageBarBody>
          <MessageBarTitle>{t('offline.heading')}</MessageBarTitle>
          {t('offline.text', { waiting: outbox.data.waiting + outbox.data.sending })}
        </MessageBarBody>
        <MessageBarActions>
          <Button disabled={trying} onClick={() => void push()}>
            {trying ? t('offline.trying') : t('offline.try')}
          </Button>
        </MessageBarActions>
      </MessageBar>
      {fault && <Fault fault={fault} onDismiss={() => setFault(null)} />}
    </div>
  );
}
