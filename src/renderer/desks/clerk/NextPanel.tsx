import { Button, makeStyles, mergeClasses, Text, tokens } from '@fluentui/react-components';
import { CheckmarkCircleFilled } from '@fluentui/react-icons/svg/checkmark-circle';
import { ChevronRightRegular } from '@fluentui/react-icons/svg/chevron-right';
import { CircleRegular } from '@fluentui/react-icons/svg/circle';
import { ReceiptRegular } from '@fluentui/react-icons/svg/receipt';
import { WarningFilled } from '@fluentui/react-icons/svg/warning';
import type { DossierView } from '../../../contract/model.ts';
import { shapeOf } from '../../app/faults.ts';
import { useDuePreview, useOutbox } from '../../app/queries.ts';
import { useTexts } from '../../app/texts.tsx';
import { Fault } from '../../ui/Fault.tsx';
import { Keycap } from '../../ui/Keycap.tsx';
import { CoursePanel } from './course/CoursePanel.tsx';
import { Standing } from './course/Standing.tsx';
import type { Course } from './course/useCourse.ts';
import { DueFacts } from './DueFacts.tsx';
import { doubtfulPages } from './pages/doubt.ts';
import {
  missingComponents,
  type Step,
  sendState,
  stepStates,
  takesPapers,
  unsignedComponents,
} from './progress.ts';
import { SendFacts } from './SendFacts.tsx';

const useStyles = makeStyles({
  panel: {
    minHeight: 0,
    overflowY: 'auto',
    display: 'flex',
    flexDirection: 'column',
    rowGap: '12px',
    padding: '14px',
    backgroundColor: tokens.colorNeutralBackground1,
    borderRadius: tokens.borderRadiusLarge,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    '@media (max-width: 1000px)': { flexShrink: 0, minHeight: 'auto' },
    // The panel scrolls; what is in it keeps its height.
    '& > *': { flexShrink: 0 },
  },
  next: {
    display: 'flex',
    flexDirection: 'column',
    rowGap: '8px',
    padding: '12px',
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorBrandBackground2,
    border: `1px solid ${tokens.colorTransparentStroke}`,
  },
  doubtful: {
    display: 'flex',
    flexDirection: 'column',
    rowGap: '8px',
    padding: '10px 12px',
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorPaletteDarkOrangeBackground1,
    border: `1px solid ${tokens.colorPaletteDarkOrangeBorder2}`,
  },
  warning: {
    display: 'flex',
    alignItems: 'center',
    columnGap: '6px',
    color: tokens.colorPaletteDarkOrangeForeground1,
  },
  button: { justifyContent: 'flex-start', minHeight: '36px' },
  key: { marginLeft: 'auto' },
  steps: {
    listStyleType: 'none',
    margin: 0,
    padding: 0,
    display: 'flex',
    flexDirection: 'column',
    rowGap: '2px',
    // The parts of the intake below carry the same ticks.
    '@media (max-width: 1000px)': { display: 'none' },
  },
  step: {
    display: 'grid',
    gridTemplateColumns: '24px minmax(0, 1fr) auto',
    alignItems: 'center',
    columnGap: '6px',
    minHeight: '30px',
    color: tokens.colorNeutralForeground2,
  },
  icon: { fontSize: '20px', lineHeight: 0 },
  done: { color: tokens.colorPaletteGreenForeground1 },
  here: { color: tokens.colorBrandForeground1 },
  later: { color: tokens.colorNeutralForeground3 },
  current: { color: tokens.colorNeutralForeground1, fontWeight: tokens.fontWeightSemibold },
  quiet: { color: tokens.colorNeutralForeground3 },
});

interface PanelProps {
  readonly dossier: DossierView;
  readonly step: Step | null;
  /** Name of the component that the next scan goes into. */
  readonly scanName: string;
  readonly scanning: boolean;
  readonly onCitizen: () => void;
  readonly onScan: () => void;
  readonly onDoubtful: () => void;
  readonly onSign: () => void;
  readonly onReceive: () => void;
  readonly onSlip: () => void;
  readonly onNew: () => void;
  readonly course: Course;
}

/** Where the dossier stands, and the one thing to do next. */
export function NextPanel(props: PanelProps) {
  const styles = useStyles();
  const t = useTexts();
  const { dossier } = props;
  const draft = dossier.state === 'draft';
  const intake = draft || dossier.state === 'received';
  const doubtful = doubtfulPages(dossier).length;
  const due = useDuePreview(dossier.id, draft);
  return (
    <aside className={styles.panel} aria-labelledby="next-title">
      <NextAction {...props} />
      <Standing dossier={dossier} />
      {takesPapers(dossier) && doubtful > 0 && (
        <section className={styles.doubtful} aria-label={t('doubt.label')}>
          <span className={styles.warning}>
            <WarningFilled aria-hidden="true" />
            <Text weight="semibold" data-doubtful-pages={doubtful}>
              {t('doubt.count', { n: doubtful })}
            </Text>
          </span>
          <Button className={styles.button} onClick={props.onDoubtful}>
            {t('doubt.look')}
            <span className={styles.key}>
              <Keycap>F7</Keycap>
            </span>
          </Button>
        </section>
      )}
      {intake && (
        <ol className={styles.steps} aria-label={t('steps.label')}>
          {stepStates(dossier).map(({ step, state }) => (
            <li key={step} className={styles.step} aria-current={state === 'current' ? 'step' : undefined}>
              <span
                className={mergeClasses(
                  styles.icon,
                  state === 'done' ? styles.done : state === 'current' ? styles.here : styles.later,
                )}
                aria-hidden="true"
              >
                {state === 'done' ? (
                  <CheckmarkCircleFilled />
                ) : state === 'current' ? (
                  <ChevronRightRegular />
                ) : (
                  <CircleRegular />
                )}
              </span>
              <span className={mergeClasses(state === 'current' && styles.current)}>{t(`step.${step}`)}</span>
              <Text size={200} className={styles.quiet}>
                {t(`step.state.${state}`)}
              </Text>
            </li>
          ))}
        </ol>
      )}
      {dossier.receivedAt !== null && <SendFacts dossier={dossier} />}
      {due.error && <Fault fault={shapeOf(due.error)} />}
      {draft && !due.error && <DueFacts due={due.data?.due ?? null} loading={due.isPending} />}
      {!draft && dossier.due && <DueFacts due={dossier.due} loading={false} label={t('due.promised')} />}
      {dossier.slipDocumentId && (
        <Button icon={<ReceiptRegular />} className={styles.button} onClick={props.onSlip}>
          {t('slip.open')}
          <span className={styles.key}>
            <Keycap>F9</Keycap>
          </span>
        </Button>
      )}
      {dossier.state !== 'discarded' && (
        <CoursePanel dossier={dossier} course={props.course} papers={!draft} />
      )}
    </aside>
  );
}

function NextAction(props: PanelProps) {
  const styles = useStyles();
  const t = useTexts();
  const { dossier, course } = props;
  const step = nextOf(dossier, props.step, course);
  const takeLikely = () => course.likely !== null && course.take(course.likely);
  const missing = missingComponents(dossier).length;
  const outbox = useOutbox();
  const stuck = sendState(dossier, outbox.data) === 'needs-person';
  const content: Record<
    Step | 'course' | 'nothing',
    { text: string; label: string; key: string; run: () => void }
  > = {
    citizen: { text: t('next.citizen.text'), label: t('next.citizen.do'), key: 'F4', run: props.onCitizen },
    papers: {
      text: t('next.papers.text', { n: missing, name: props.scanName }),
      label: t('next.papers.do'),
      key: 'F6',
      run: props.onScan,
    },
    sign: {
      text: t('next.sign.text', { n: unsignedComponents(dossier).length }),
      label: t('next.sign.do'),
      key: 'F8',
      run: props.onSign,
    },
    receive: { text: t('next.receive.text'), label: t('next.receive.do'), key: 'F9', run: props.onReceive },
    send: {
      text: t(stuck ? 'next.stuck.text' : 'next.send.text'),
      label: t('list.new'),
      key: 'F2',
      run: props.onNew,
    },
    course: {
      text: t(`course.next.${course.likely ?? 'close'}`),
      label: t(`dossier.action.${course.likely ?? 'close'}`),
      key: 'F10',
      run: takeLikely,
    },
    nothing: {
      text: t(
        dossier.state === 'discarded'
          ? 'next.discarded'
          : waits(dossier)
            ? 'course.next.waits'
            : 'next.nothing',
      ),
      label: t('list.new'),
      key: 'F2',
      run: props.onNew,
    },
  };
  const { text, label, key, run } = content[step];
  return (
    <section className={styles.next} aria-labelledby="next-title">
      <Text as="h3" size={200} weight="semibold" id="next-title">
        {t('next.title')}
      </Text>
      {dossier.receivedAt !== null && (
        <Text weight="semibold" data-state={dossier.state}>
          {t(`course.state.${dossier.state}`)}
        </Text>
      )}
      <Text aria-live="polite">{text}</Text>
      <Button
        appearance="primary"
        className={styles.button}
        data-next=""
        disabledFocusable={step === 'papers' && props.scanning}
        onClick={run}
      >
        {label}
        <span className={styles.key}>
          <Keycap onBrand>{key}</Keycap>
        </span>
      </Button>
      {step !== 'course' && course.likely !== null && (
        <Button className={styles.button} data-likely={course.likely} onClick={takeLikely}>
          {t(`dossier.action.${course.likely}`)}
          <span className={styles.key}>
            <Keycap>F10</Keycap>
          </span>
        </Button>
      )}
    </section>
  );
}

/** What comes next: the steps of the intake first, then whatever the dossier's course makes likely. */
function nextOf(dossier: DossierView, step: Step | null, course: Course): Step | 'course' | 'nothing' {
  if (dossier.state === 'draft' || dossier.state === 'received') return step ?? 'nothing';
  if (dossier.state === 'supplement-asked') {
    if (missingComponents(dossier).length > 0) return 'papers';
    if (unsignedComponents(dossier).length > 0) return 'sign';
  }
  return course.likely === null ? 'nothing' : 'course';
}

/** Somebody else has to do something before this dossier goes on. */
function waits({ state, refusalProposed }: DossierView): boolean {
  return refusalProposed !== null || ['waiting-payment', 'processing', 'supplement-asked'].includes(state);
}
