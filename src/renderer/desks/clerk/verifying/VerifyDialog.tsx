import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
  mergeClasses,
  ProgressBar,
  Spinner,
  Text,
  tokens,
} from '@fluentui/react-components';
import { ArrowDownloadRegular } from '@fluentui/react-icons/svg/arrow-download';
import { CopyRegular } from '@fluentui/react-icons/svg/copy';
import { DocumentSearchRegular } from '@fluentui/react-icons/svg/document-search';
import { PrintRegular } from '@fluentui/react-icons/svg/print';
import { type DragEvent, useEffect, useRef, useState } from 'react';
import type { VerificationReport } from '../../../../contract/verification.ts';
import { useTexts } from '../../../app/texts.tsx';
import { Fault } from '../../../ui/Fault.tsx';
import { copyText, saveText } from '../../../ui/hand-out.ts';
import { Keycap } from '../../../ui/Keycap.tsx';
import { useNotify } from '../../../ui/notify.tsx';
import { focusSoon } from '../focus.ts';
import { isFiles } from '../pages/drag.ts';
import { ReportView } from './ReportView.tsx';
import { printable } from './report-lines.ts';
import { reportText, useReportWords } from './useReportWords.ts';
import { type Subject, useVerification } from './useVerification.ts';

const useStyles = makeStyles({
  surface: { width: 'min(860px, calc(100vw - 32px))', maxWidth: 'none' },
  content: { display: 'flex', flexDirection: 'column', rowGap: '10px' },
  drop: {
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    rowGap: '10px',
    padding: '32px 20px',
    textAlign: 'center',
    borderRadius: tokens.borderRadiusMedium,
    border: `2px dashed ${tokens.colorNeutralStroke1}`,
  },
  over: { border: `2px dashed ${tokens.colorBrandStroke1}`, backgroundColor: tokens.colorBrandBackground2 },
  quiet: { color: tokens.colorNeutralForeground3 },
  actions: { '& > *': { whiteSpace: 'nowrap' } },
  push: { marginRight: 'auto', display: 'flex', columnGap: '4px' },
});

/** What a PDF's signatures are worth; `subject` null = the person names a file here. */
export function VerifyDialog(props: { subject: Subject | null; onClose: () => void }) {
  const styles = useStyles();
  const t = useTexts();
  const [subject, setSubject] = useState(props.subject);
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const verification = useVerification(subject);
  const { at } = verification;
  const mayChoose = props.subject === null;
  const name = subject === null ? '' : subject.kind === 'file' ? subject.file.name : subject.name;
  useEffect(() => {
    focusSoon(at === 'asking' ? '[data-choose]' : '[data-check-close]');
  }, [at]);

  function take(files: FileList | null): void {
    const file = files?.[0];
    if (file) setSubject({ kind: 'file', file });
  }
  function onDrop(event: DragEvent): void {
    setOver(false);
    if (!mayChoose || !isFiles(event.dataTransfer)) return;
    event.preventDefault();
    take(event.dataTransfer.files);
  }
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && props.onClose()}>
      <DialogSurface
        className={styles.surface}
        data-check={at}
        onDragOver={(event) => {
          if (!mayChoose || !isFiles(event.dataTransfer)) return;
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
      >
        <DialogBody>
          <DialogTitle>
            {name === '' ? t('check.title') : t('check.of', { name: printable(name) })}
          </DialogTitle>
          <DialogContent className={styles.content}>
            {at === 'asking' && (
              <div className={mergeClasses(styles.drop, over && styles.over)}>
                <DocumentSearchRegular fontSize={36} aria-hidden="true" />
                <Text>{t('check.drop')}</Text>
                <Button appearance="primary" data-choose="" onClick={() => input.current?.click()}>
                  {t('check.choose')}
                </Button>
                <Text size={200} className={styles.quiet}>
                  {t('check.private')}
                </Text>
              </div>
            )}
            {verification.at === 'working' &&
              (verification.share === null ? (
                <Spinner label={t('check.working')} />
              ) : (
                <div role="status">
                  <Text>{t('check.sending', { percent: Math.round(verification.share * 100) })}</Text>
                  <ProgressBar value={verification.share} aria-label={t('check.title')} />
                </div>
              ))}
            {verification.at === 'failed' && (
              <Fault
                fault={verification.fault}
                actions={
                  <Button onClick={() => setSubject(subject && { ...subject })}>{t('check.again')}</Button>
                }
              />
            )}
            {verification.at === 'there' && <ReportView name={name} report={verification.report} />}
            <input
              ref={input}
              type="file"
              hidden
              accept="application/pdf,.pdf"
              data-check-file=""
              aria-label={t('check.choose')}
              onChange={(event) => {
                take(event.target.files);
                event.target.value = '';
              }}
            />
          </DialogContent>
          <DialogActions fluid className={styles.actions}>
            <span className={styles.push}>
              {verification.at === 'there' && <HandOut name={name} report={verification.report} />}
            </span>
            {mayChoose && at !== 'asking' && (
              <Button onClick={() => input.current?.click()}>{t('check.chooseOther')}</Button>
            )}
            <Button
              appearance={at === 'asking' ? 'secondary' : 'primary'}
              data-check-close=""
              onClick={props.onClose}
            >
              {t('action.close')}&nbsp;<Keycap onBrand={at !== 'asking'}>Esc</Keycap>
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

/** The report as text, as data, and on paper. */
function HandOut(props: { name: string; report: VerificationReport }) {
  const t = useTexts();
  const notify = useNotify();
  const shown = useReportWords();
  const { name, report } = props;
  function copy(): void {
    if (copyText(reportText(name, report, shown))) notify({ intent: 'success', title: t('check.copied') });
    else notify({ intent: 'error', title: t('check.notCopied') });
  }
  return (
    <>
      <Button appearance="subtle" icon={<CopyRegular />} data-copy-report="" onClick={copy}>
        {t('check.copy')}
      </Button>
      <Button
        appearance="subtle"
        icon={<ArrowDownloadRegular />}
        data-save-report=""
        onClick={() =>
          saveText(
            `${name.replace(/\.pdf$/i, '')}.verification.json`,
            'application/json',
            `${JSON.stringify(report, null, 2)}\n`,
          )
        }
      >
        {t('check.save')}
      </Button>
      <Button appearance="subtle" icon={<PrintRegular />} data-print-report="" onClick={() => window.print()}>
        {t('check.print')}
      </Button>
    </>
  );
}
