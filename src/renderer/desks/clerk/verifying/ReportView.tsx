import { makeStyles, mergeClasses, Text, tokens } from '@fluentui/react-components';
import { CheckmarkFilled } from '@fluentui/react-icons/svg/checkmark';
import { DismissFilled } from '@fluentui/react-icons/svg/dismiss';
import { QuestionFilled } from '@fluentui/react-icons/svg/question';
import { createPortal } from 'react-dom';
import type { SignatureReport, VerificationReport } from '../../../../contract/verification.ts';
import { useTexts } from '../../../app/texts.tsx';
import { type Line, policyLines, signatureLines, type Tone } from './report-lines.ts';
import { reportText, signatureTitle, useReportWords, verdictWords } from './useReportWords.ts';
import { VerdictMark } from './VerdictMark.tsx';

const useStyles = makeStyles({
  report: { display: 'flex', flexDirection: 'column', rowGap: '10px' },
  verdict: {
    display: 'flex',
    alignItems: 'center',
    columnGap: '12px',
    padding: '10px 14px',
    borderRadius: tokens.borderRadiusMedium,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  good: { backgroundColor: tokens.colorPaletteGreenBackground1 },
  unsure: { backgroundColor: tokens.colorPaletteDarkOrangeBackground1 },
  bad: { backgroundColor: tokens.colorPaletteRedBackground1 },
  plain: { backgroundColor: tokens.colorNeutralBackground2 },
  words: { display: 'flex', flexDirection: 'column', minWidth: 0, overflowWrap: 'anywhere' },
  quiet: { color: tokens.colorNeutralForeground3, overflowWrap: 'anywhere' },
  list: {
    margin: 0,
    padding: 0,
    listStyleType: 'none',
    display: 'flex',
    flexDirection: 'column',
    rowGap: '8px',
  },
  signature: {
    padding: '10px 14px',
    borderRadius: tokens.borderRadiusMedium,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  head: { display: 'flex', alignItems: 'center', columnGap: '8px', marginBottom: '6px' },
  lines: { margin: 0, padding: 0, listStyleType: 'none' },
  line: {
    display: 'grid',
    gridTemplateColumns: '22px minmax(0, 1fr)',
    paddingBlock: '2px',
    overflowWrap: 'anywhere',
  },
  icon: { fontSize: '14px', lineHeight: 0, paddingTop: '3px' },
  goodIcon: { color: tokens.colorPaletteGreenForeground1 },
  unsureIcon: { color: tokens.colorPaletteDarkOrangeForeground1 },
  badIcon: { color: tokens.colorPaletteRedForeground1 },
  strong: { fontWeight: tokens.fontWeightSemibold },
});

const TONE_OF = {
  'TOTAL-PASSED': 'good',
  INDETERMINATE: 'unsure',
  'TOTAL-FAILED': 'bad',
  unsigned: 'plain',
} as const;

/** What was found of a PDF's signatures: the verdict in colour, picture and words, then each signature by itself. */
export function ReportView(props: { name: string; report: VerificationReport }) {
  const styles = useStyles();
  const t = useTexts();
  const shown = useReportWords();
  const { report } = props;
  const [verdict, advice] = verdictWords(report, shown);
  const tone = TONE_OF[report.indication ?? 'unsigned'];
  return (
    <div className={styles.report} data-report={report.indication ?? 'unsigned'}>
      <div className={mergeClasses(styles.verdict, styles[tone])} role="status">
        <VerdictMark indication={report.indication} size={36} />
        <span className={styles.words}>
          <Text size={500} weight="semibold" data-verdict="">
            {verdict}
          </Text>
          <Text>{advice}</Text>
        </span>
      </div>
      {report.signatures.length > 0 && (
        <ol className={styles.list} aria-label={t('check.signatures')}>
          {report.signatures.map((signature, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: field names may repeat, and signatures never change places
            <Signature key={i} signature={signature} n={i + 1} />
          ))}
        </ol>
      )}
      <Lines lines={policyLines(report, shown)} />
      <Text size={200} className={styles.quiet}>
        {t('check.file', {
          kilobytes: Math.ceil(report.bytes / 1024),
          revisions: report.revisions,
          sha256: report.sha256,
        })}
      </Text>
      {createPortal(<pre className="print-only">{reportText(props.name, report, shown)}</pre>, document.body)}
    </div>
  );
}

function Signature(props: { signature: SignatureReport; n: number }) {
  const styles = useStyles();
  const shown = useReportWords();
  const { signature, n } = props;
  return (
    <li className={styles.signature} data-signature={signature.indication}>
      <div className={styles.head}>
        <VerdictMark indication={signature.indication} size={20} />
        <Text weight="semibold" as="h3">
          {signatureTitle(signature, n, shown)}
        </Text>
      </div>
      <Lines lines={signatureLines(signature, shown)} />
    </li>
  );
}

const LINE_ICONS = { good: CheckmarkFilled, unsure: QuestionFilled, bad: DismissFilled } as const;

function Lines(props: { lines: readonly Line[] }) {
  const styles = useStyles();
  return (
    <ul className={styles.lines}>
      {props.lines.map(({ text, tone }, i) => (
        <li
          // Two lines of a report may say the same.
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a report never change places
          key={i}
          className={mergeClasses(styles.line, tone === 'bad' && styles.strong)}
          data-tone={tone}
        >
          <ToneIcon tone={tone} />
          <span>{text}</span>
        </li>
      ))}
    </ul>
  );
}

function ToneIcon(props: { tone: Tone }) {
  const styles = useStyles();
  if (props.tone === 'plain') return <span />;
  const Icon = LINE_ICONS[props.tone];
  return (
    <span className={mergeClasses(styles.icon, styles[`${props.tone}Icon`])} aria-hidden="true">
      <Icon />
    </span>
  );
}
