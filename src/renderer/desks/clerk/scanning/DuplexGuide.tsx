import { Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { useEffect } from 'react';
import { useTexts } from '../../../app/texts.tsx';
import { Keycap } from '../../../ui/Keycap.tsx';
import { focusSoon } from '../focus.ts';

const useStyles = makeStyles({
  guide: {
    display: 'flex',
    alignItems: 'center',
    gap: '10px 16px',
    flexWrap: 'wrap',
    padding: '10px 12px',
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorBrandBackground2,
    border: `1px solid ${tokens.colorTransparentStroke}`,
  },
  drawing: { width: '150px', height: '84px', flexShrink: 0, color: tokens.colorBrandForeground1 },
  words: { flexGrow: 1, flexBasis: '220px', display: 'flex', flexDirection: 'column', rowGap: '2px' },
  steps: { margin: 0, paddingLeft: '18px' },
  buttons: { display: 'flex', flexWrap: 'wrap', gap: '8px' },
});

/** Between the fronts and the backs: how the stack is turned over, and the way on. */
export function DuplexGuide(props: { pages: number; onBacks: () => void; onNone: () => void }) {
  const styles = useStyles();
  const t = useTexts();
  useEffect(() => focusSoon('[data-backs]', true), []);
  return (
    <section className={styles.guide} aria-label={t('duplex.title')} data-duplex="">
      <Drawing className={styles.drawing} />
      <div className={styles.words}>
        <Text weight="semibold">{t('duplex.heading', { n: props.pages })}</Text>
        <ol className={styles.steps}>
          <li>{t('duplex.step.take')}</li>
          <li>{t('duplex.step.turn')}</li>
          <li>{t('duplex.step.scan')}</li>
        </ol>
      </div>
      <div className={styles.buttons}>
        <Button appearance="primary" data-backs="" onClick={props.onBacks}>
          {t('duplex.backs')}&nbsp;<Keycap onBrand>F6</Keycap>
        </Button>
        <Button onClick={props.onNone}>{t('duplex.none')}</Button>
      </div>
    </section>
  );
}

/** The stack, lines up; an arrow over its long edge; the same stack, its blank side up, head still at the top. */
function Drawing(props: { className: string }) {
  const sheet = { fill: 'none', stroke: 'currentColor', strokeWidth: 2 };
  return (
    <svg className={props.className} viewBox="0 0 150 84" aria-hidden="true">
      <path d="M10 22h36v50H10z" {...sheet} opacity="0.5" />
      <path d="M6 16h36v50H6z" fill="none" stroke="currentColor" strokeWidth="2" />
      <path d="M12 26h24M12 34h24M12 42h18M12 50h24" {...sheet} />
      <path d="M52 30c12-16 34-16 44 0" {...sheet} />
      <path d="M89 29l8 3 2-9" {...sheet} />
      <path d="M108 22h36v50h-36z" {...sheet} opacity="0.5" />
      <path d="M104 16h36v50h-36z" {...sheet} />
      <path d="M116 28l12-6 12 6" {...sheet} opacity="0" />
      <path d="M122 24v14M117 29l5-6 5 6" {...sheet} />
    </svg>
  );
}
