import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
} from '@fluentui/react-components';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import type { ErrorShape } from '../../../../contract/errors.ts';
import type { PrintJobView } from '../../../../contract/printing.ts';
import { useEngine } from '../../../app/engine.tsx';
import { faultTexts, shapeOf } from '../../../app/faults.ts';
import { useTexts } from '../../../app/texts.tsx';
import { Fault } from '../../../ui/Fault.tsx';
import { usePrintJobs } from './usePrintJobs.ts';

const useStyles = makeStyles({
  jobs: {
    display: 'flex',
    flexDirection: 'column',
    flexShrink: 0,
    rowGap: '4px',
    paddingInline: '12px',
    paddingTop: '8px',
    maxHeight: '30vh',
    overflowY: 'auto',
  },
  name: { overflowWrap: 'anywhere' },
});

/** How the printing fares, in words, while the clerk works on; nothing where nothing is printed. */
export function PrintJobs() {
  const styles = useStyles();
  const { jobs, drop } = usePrintJobs();
  if (jobs.length === 0) return null;
  return (
    <div className={styles.jobs} data-prints="">
      {jobs.map((job) => (
        <PrintRow key={job.id} job={job} onDismiss={() => drop(job.id)} />
      ))}
    </div>
  );
}

function PrintRow({ job, onDismiss }: { job: PrintJobView; onDismiss: () => void }) {
  const styles = useStyles();
  const t = useTexts();
  const intl = useIntl();
  const engine = useEngine();
  const [fault, setFault] = useState<ErrorShape | null>(null);
  const act = (ask: () => Promise<unknown>) => () => {
    setFault(null);
    ask().catch((error: unknown) => setFault(shapeOf(error)));
  };
  const cancel = act(() => engine.call('prints.cancel', { printId: job.id }));
  const settle = (answer: 'printed' | 'again' | 'drop') =>
    act(() => engine.call('prints.settle', { printId: job.id, answer }));

  if (job.state === 'failed' && job.error) {
    return (
      <div data-print-job={job.id} data-print-state="failed">
        <Fault
          fault={job.error}
          extra={<span className={styles.name}>{job.name}</span>}
          onDismiss={onDismiss}
        />
      </div>
    );
  }
  const block = job.blockedBy && faultTexts(intl, { code: job.blockedBy, details: {} });
  const unsure = job.state === 'unsure';
  const waits = unsure || job.state === 'blocked';
  return (
    <div data-print-job={job.id} data-print-state={job.state}>
      <MessageBar
        intent={waits ? 'warning' : 'info'}
        layout="auto"
        role={waits ? 'alert' : 'status'}
        {...(job.blockedBy ? { 'data-blocked': job.blockedBy } : {})}
      >
        <MessageBarBody className={styles.name}>
          <MessageBarTitle>
            {block ? block.heading : t(`print.state.${job.state}`, { sides: job.sidesDone })}
          </MessageBarTitle>{' '}
          {job.name}
          {block && ` – ${block.next}`}
          {unsure && ` – ${t('print.unsureHint')}`}
        </MessageBarBody>
        <MessageBarActions>
          {unsure ? (
            <>
              <Button data-settle="printed" onClick={settle('printed')}>
                {t('print.settle.printed')}
              </Button>
              <Button data-settle="again" onClick={settle('again')}>
                {t('print.settle.again')}
              </Button>
              <Button data-settle="drop" onClick={settle('drop')}>
                {t('print.settle.drop')}
              </Button>
            </>
          ) : (
            <Button data-print-cancel="" onClick={cancel}>
              {t('print.cancel')}
            </Button>
          )}
        </MessageBarActions>
      </MessageBar>
      {fault && <Fault fault={fault} onDismiss={() => setFault(null)} />}
    </div>
  );
}
