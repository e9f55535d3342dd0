import { Button, makeStyles, Spinner, Text, tokens } from '@fluentui/react-components';
import { useRef, useState } from 'react';
import type { PageView } from '../../../../contract/model.ts';
import { useTexts } from '../../../app/texts.tsx';
import { Keycap } from '../../../ui/Keycap.tsx';
import { usePicture, type Variant } from '../../../ui/picture.ts';
import { fitWithin, useInnerSize } from './fit.ts';

const useStyles = makeStyles({
  editor: { height: '100%', display: 'flex', flexDirection: 'column', rowGap: '8px' },
  stage: {
    flexGrow: 1,
    minHeight: 0,
    display: 'grid',
    placeItems: 'center',
    overflow: 'hidden',
    position: 'relative',
  },
  sheet: { position: 'relative', backgroundColor: '#fff' },
  image: { width: '100%', height: '100%', display: 'block', userSelect: 'none' },
  foot: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: '6px 10px' },
  hint: { color: tokens.colorNeutralForeground2, flexGrow: 1, flexBasis: '200px' },
});

/** Around the picture, for handles that stand on its corners; CSS pixels. */
const ROOM = 34;

/** A page's picture as large as fits, something over it, and what is to be done below. */
export function EditorFrame(props: {
  page: PageView;
  variant: Variant;
  /** Degrees that the picture is shown turned by, clockwise. */
  angle?: number;
  hint: string;
  tools?: React.ReactNode;
  canApply: boolean;
  onApply: () => void;
  onCancel: () => void;
  children: React.ReactNode;
}) {
  const styles = useStyles();
  const t = useTexts();
  const stage = useRef<HTMLDivElement>(null);
  const frame = useInnerSize(stage);
  const picture = usePicture(props.page, props.variant, true);
  const [natural, setNatural] = useState({ width: 0, height: 0 });
  const fit = fitWithin(natural, { width: frame.width - ROOM, height: frame.height - ROOM });
  return (
    <div className={styles.editor}>
      <div ref={stage} className={styles.stage}>
        {picture.state === 'failed' && <Text>{t('page.unreadable')}</Text>}
        {picture.state === 'waiting' && <Spinner label={t('page.loading')} />}
        {picture.state === 'there' && (
          <div className={styles.sheet} style={fit} data-sheet="">
            <img
              className={styles.image}
              src={picture.url}
              alt=""
              draggable={false}
              style={props.angle ? { transform: `rotate(${props.angle}deg)` } : undefined}
              onLoad={(event) => {
                const { naturalWidth, naturalHeight } = event.currentTarget;
                setNatural({ width: naturalWidth, height: naturalHeight });
              }}
            />
            {fit.width > 0 && props.children}
          </div>
        )}
      </div>
      <div className={styles.foot}>
        <Text size={200} className={styles.hint}>
          {props.hint}
        </Text>
        {props.tools}
        <Button appearance="primary" disabledFocusable={!props.canApply} onClick={props.onApply}>
          {t('viewer.apply')}&nbsp;<Keycap onBrand>Enter</Keycap>
        </Button>
        <Button onClick={props.onCancel}>
          {t('action.cancel')}&nbsp;<Keycap>Esc</Keycap>
        </Button>
      </div>
    </div>
  );
}
