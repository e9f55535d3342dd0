import { Button, makeStyles, Select, Spinner, Switch, Text, tokens } from '@fluentui/react-components';
import { useIntl } from 'react-intl';
import type { ColourMode, PageView } from '../../../../contract/model.ts';
import { useTexts } from '../../../app/texts.tsx';
import { Keycap } from '../../../ui/Keycap.tsx';
import { isOn, STEPS, type TreatmentStep } from './treatments.ts';

const useStyles = makeStyles({
  panel: { display: 'flex', flexDirection: 'column', rowGap: '2px' },
  head: { display: 'flex', alignItems: 'center', columnGap: '8px', minHeight: '24px' },
  line: {
    display: 'flex',
    alignItems: 'center',
    columnGap: '4px',
    minHeight: '30px',
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
  },
  switch: {
    flexGrow: 1,
    minWidth: 0,
    alignItems: 'center',
    '& .fui-Switch__indicator': { marginBlock: '3px', marginInline: '0 8px', flexShrink: 0 },
    '& .fui-Switch__label': { padding: 0, lineHeight: '18px', minWidth: 0 },
  },
  sure: { color: tokens.colorNeutralForeground3 },
  small: { minWidth: 'auto', flexShrink: 0, whiteSpace: 'nowrap' },
  colour: { flexGrow: 1, paddingLeft: '4px' },
  row: { display: 'flex', columnGap: '8px', paddingTop: '6px', '& > button': { flexGrow: 1 } },
});

export interface TreatmentCommands {
  toggle(step: TreatmentStep, on: boolean): void;
  turn(by: 90 | -90): void;
  colour(mode: ColourMode): void;
  all(wish: 'auto' | 'original'): void;
  edit(mode: 'crop' | 'straighten'): void;
}

/** What was done to the page between scanner and screen, each step with its own switch. */
export function TreatmentPanel(props: { page: PageView; busy: boolean; commands: TreatmentCommands }) {
  const styles = useStyles();
  const t = useTexts();
  const { page, commands } = props;
  const label = useStepLabel(page);
  const small = (text: string, key: string, run: () => void, name?: string) => (
    <Button size="small" className={styles.small} aria-label={name} title={name} onClick={run}>
      {text}&nbsp;<Keycap>{key}</Keycap>
    </Button>
  );
  const tools: Partial<Record<TreatmentStep, React.ReactNode>> = {
    crop: small(t('viewer.cropByHand'), 'C', () => commands.edit('crop')),
    turn: (
      <>
        {small('↺', '[', () => commands.turn(-90), t('viewer.turnLeft'))}
        {small('↻', ']', () => commands.turn(90), t('viewer.turnRight'))}
      </>
    ),
    straighten: small(t('viewer.straightenByHand'), 'S', () => commands.edit('straighten')),
  };
  return (
    <section className={styles.panel} aria-label={t('viewer.treatment')}>
      <div className={styles.head}>
        <Text weight="semibold">{t('viewer.treatment')}</Text>
        {props.busy && <Spinner size="extra-tiny" aria-label={t('viewer.treating')} />}
      </div>
      {STEPS.map((step) => (
        <div key={step} className={styles.line} data-step={step}>
          <Switch
            className={styles.switch}
            checked={isOn(page.treatment, step)}
            label={<Text size={200}>{label(step)}</Text>}
            onChange={(_, data) => commands.toggle(step, data.checked)}
          />
          {tools[step]}
        </div>
      ))}
      <div className={styles.line}>
        <Text size={200} className={styles.colour}>
          {t('viewer.colour')}
        </Text>
        <Select
          size="small"
          aria-label={t('viewer.colour')}
          value={page.treatment.colour}
          onChange={(_, data) => commands.colour(data.value as ColourMode)}
        >
          {(['color', 'gray', 'bw'] as const).map((mode) => (
            <option key={mode} value={mode}>
              {t(`scan.mode.${mode}`)}
            </option>
          ))}
        </Select>
      </div>
      <div className={styles.row}>
        {small(t('viewer.auto'), 'A', () => commands.all('auto'))}
        {small(t('viewer.original'), 'O', () => commands.all('original'))}
      </div>
    </section>
  );
}

/** Each step in words, with how far and how sure. */
function useStepLabel(page: PageView): (step: TreatmentStep) => string {
  const t = useTexts();
  const intl = useIntl();
  const { treatment, findings } = page;
  return (step) => {
    if (step === 'turn') {
      const sure = Math.round(findings.orientation.confidence * 100);
      return t('viewer.step.turn', { turn: treatment.turn, sure });
    }
    if (step === 'straighten') {
      const angle = intl.formatNumber(treatment.straightenedBy, { maximumFractionDigits: 1 });
      return t('viewer.step.straighten', { angle });
    }
    return t(`viewer.step.${step}`);
  };
}
