import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { CheckmarkCircleFilled } from '@fluentui/react-icons/svg/checkmark-circle';
import { ErrorCircleFilled } from '@fluentui/react-icons/svg/error-circle';
import { PauseCircleFilled } from '@fluentui/react-icons/svg/pause-circle';
import { PenFilled } from '@fluentui/react-icons/svg/pen';
import { useTexts } from '../../../app/texts.tsx';
import type { BatchState } from './batch.ts';
import type { Signing } from './useSigning.ts';

const useStyles = makeStyles({
  chip: { whiteSpace: 'nowrap', flexShrink: 0, fontVariantNumeric: 'tabular-nums' },
  running: { color: tokens.colorBrandForeground1 },
  paused: { color: tokens.colorPaletteDarkOrangeForeground1 },
  done: { color: tokens.colorPaletteGreenForeground1 },
  stopped: { color: tokens.colorPaletteRedForeground1 },
});

const ICONS = {
  running: PenFilled,
  paused: PauseCircleFilled,
  done: CheckmarkCircleFilled,
  stopped: ErrorCircleFilled,
} as const satisfies Record<BatchState, unknown>;

/** A batch that signs on behind other work: how far it is, and the way back to it. */
export function SigningChip(props: { signing: Signing }) {
  const styles = useStyles();
  const t = useTexts();
  const { batch, view, show } = props.signing;
  if (batch === null || view.at !== 'closed') return null;
  const { state, done, total } = batch;
  const Icon = ICONS[state];
  return (
    <Button
      size="small"
      className={styles.chip}
      icon={<Icon className={styles[state]} />}
      title={t('sign.chip.open')}
      data-chip={state}
      onClick={show}
    >
      {t(`sign.chip.${state}`, { done, total })}
    </Button>
  );
}
