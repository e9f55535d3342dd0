import { makeStyles, Text, tokens } from '@fluentui/react-components';
import { useEffect, useState } from 'react';
import { useIntl } from 'react-intl';
import type { PageView } from '../../../../contract/model.ts';
import { useTexts } from '../../../app/texts.tsx';
import { EditorFrame } from './EditorFrame.tsx';
import { degrees, MOST_DEGREES } from './treatments.ts';

const useStyles = makeStyles({
  grid: { position: 'absolute', inset: 0, width: '100%', height: '100%', pointerEvents: 'none' },
  slider: {
    width: '220px',
    maxWidth: '100%',
    height: '24px',
    margin: 0,
    accentColor: tokens.colorBrandForeground1,
  },
  angle: { minWidth: '52px', fontVariantNumeric: 'tabular-nums' },
});

const FINE = 0.1;
const COARSE = 1;
const LINES = Array.from({ length: 19 }, (_, i) => (i + 1) * 5);

/** The page under a grid, turned by tenths of a degree. */
export function StraightenEditor(props: {
  page: PageView;
  onApply: (straightenedBy: number) => void;
  onCancel: () => void;
}) {
  const styles = useStyles();
  const t = useTexts();
  const intl = useIntl();
  const { straightenedBy } = props.page.treatment;
  const [angle, setAngle] = useState(degrees(straightenedBy));
  const apply = () => props.onApply(angle);
  useEffect(() => document.querySelector<HTMLElement>('[data-angle]')?.focus(), []);

  function onKeyDown(event: React.KeyboardEvent): void {
    const by = event.shiftKey ? COARSE : FINE;
    const to: Record<string, number> = {
      ArrowLeft: angle - by,
      ArrowDown: angle - by,
      ArrowRight: angle + by,
      ArrowUp: angle + by,
    };
    const next = to[event.key];
    if (next !== undefined) {
      event.preventDefault();
      setAngle(degrees(next));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      apply();
    }
  }

  return (
    <EditorFrame
      page={props.page}
      variant="full"
      // The kept picture has the old angle in it already.
      angle={angle - straightenedBy}
      hint={t('straighten.hint')}
      tools={
        <>
          <input
            type="range"
            className={`own-focus ${styles.slider}`}
            data-angle=""
            min={-MOST_DEGREES}
            max={MOST_DEGREES}
            step={FINE}
            value={angle}
            aria-label={t('straighten.angle')}
            onChange={(event) => setAngle(degrees(event.target.valueAsNumber))}
            onKeyDown={onKeyDown}
          />
          <Text className={styles.angle} data-shown-angle={angle}>
            {t('straighten.value', {
              angle: intl.formatNumber(angle, { minimumFractionDigits: 1, signDisplay: 'exceptZero' }),
            })}
          </Text>
        </>
      }
      canApply
      onApply={apply}
      onCancel={props.onCancel}
    >
      <svg className={styles.grid} viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
        <path
          d={LINES.map((at) => `M0 ${at}H100M${at} 0V100`).join('')}
          fill="none"
          stroke="#1a6dc2"
          strokeOpacity="0.45"
          vectorEffect="non-scaling-stroke"
        />
      </svg>
    </EditorFrame>
  );
}
