import { Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { ArrowLeftRegular } from '@fluentui/react-icons/svg/arrow-left';
import { ArrowRedoRegular } from '@fluentui/react-icons/svg/arrow-redo';
import { ArrowRightRegular } from '@fluentui/react-icons/svg/arrow-right';
import { ArrowUndoRegular } from '@fluentui/react-icons/svg/arrow-undo';
import { PersonRegular } from '@fluentui/react-icons/svg/person';
import type { PageView } from '../../../../contract/model.ts';
import { useTexts } from '../../../app/texts.tsx';
import { Keycap } from '../../../ui/Keycap.tsx';
import type { UndoStack } from '../edits/undo-stack.ts';
import { editWords } from '../edits/useEdits.ts';

const useStyles = makeStyles({
  tools: { display: 'flex', flexDirection: 'column', rowGap: '6px' },
  row: { display: 'flex', columnGap: '6px', '& > button': { flexGrow: 1, flexBasis: 0, minWidth: 0 } },
  button: { whiteSpace: 'nowrap', paddingInline: '6px' },
  quiet: { color: tokens.colorNeutralForeground3 },
  undo: {
    display: 'flex',
    flexDirection: 'column',
    rowGap: '6px',
    padding: '6px 8px',
    backgroundColor: tokens.colorNeutralBackground3,
    borderRadius: tokens.borderRadiusMedium,
  },
});

interface ToolsProps {
  readonly page: PageView;
  /** From 0. */
  readonly at: number;
  readonly of: number;
  readonly wide: boolean;
  readonly editable: boolean;
  readonly scanning: boolean;
  /** The box of a doubtful page has these buttons already. */
  readonly doubtful: boolean;
  readonly stack: UndoStack;
  readonly told: string | null;
  readonly onShow: (index: number) => void;
  readonly onWide: () => void;
  readonly onBefore: (shown: boolean) => void;
  readonly onShift: (by: number) => void;
  readonly onMove: () => void;
  readonly onRemove: () => void;
  readonly onReplace: () => void;
  readonly onUndo: () => void;
  readonly onRedo: () => void;
  /** Null where the page carries no citizen's line. */
  readonly onCitizen: (() => void) | null;
}

/** Going about, looking closer, ordering, and the way back. */
export function ViewerTools(props: ToolsProps) {
  const styles = useStyles();
  const t = useTexts();
  const { page, at, of, stack } = props;
  const last = stack.done.at(-1);
  const again = stack.undone.at(-1);
  const tool = (label: string, key: string, run: () => void, disabled = false) => (
    <Button size="small" className={styles.button} disabledFocusable={disabled} onClick={run}>
      {label}&nbsp;<Keycap>{key}</Keycap>
    </Button>
  );
  return (
    <div className={styles.tools}>
      {props.onCitizen && (
        <Button appearance="primary" icon={<PersonRegular />} data-use-citizen="" onClick={props.onCitizen}>
          {t('viewer.citizen')}
        </Button>
      )}
      <div className={styles.row} data-nav="">
        <Button
          size="small"
          icon={<ArrowLeftRegular />}
          disabledFocusable={at === 0}
          onClick={() => props.onShow(at - 1)}
        >
          {t('viewer.previous')}
        </Button>
        <Button
          size="small"
          icon={<ArrowRightRegular />}
          iconPosition="after"
          disabledFocusable={at === of - 1}
          onClick={() => props.onShow(at + 1)}
        >
          {t('viewer.next')}
        </Button>
      </div>
      <div className={styles.row}>
        <Button size="small" className={styles.button} aria-pressed={props.wide} onClick={props.onWide}>
          {props.wide ? t('viewer.whole') : t('viewer.wide')}&nbsp;<Keycap>Z</Keycap>
        </Button>
        <Button
          size="small"
          className={styles.button}
          title={t('viewer.hold')}
          onPointerDown={() => props.onBefore(true)}
          onPointerUp={() => props.onBefore(false)}
          onPointerLeave={() => props.onBefore(false)}
          onBlur={() => props.onBefore(false)}
        >
          {t('viewer.compare')}&nbsp;<Keycap>B</Keycap>
        </Button>
      </div>
      {props.editable && (
        <>
          <div className={styles.row}>
            {tool(t('viewer.moveLeft'), 'Alt ←', () => props.onShift(-1), at === 0)}
            {tool(t('viewer.moveRight'), 'Alt →', () => props.onShift(1), at === of - 1)}
          </div>
          <div className={styles.row}>
            {tool(t('page.moveTo'), 'M', props.onMove)}
            {!props.doubtful && tool(t('viewer.remove'), 'Delete', props.onRemove)}
          </div>
          {!props.doubtful &&
            tool(
              props.scanning ? t('scan.progress') : t('page.replace'),
              'R',
              props.onReplace,
              props.scanning,
            )}
        </>
      )}
      <Text size={200} className={styles.quiet}>
        {t('viewer.facts', { width: page.width, height: page.height, dpi: Math.round(page.dpi) })}
        {' · '}
        {t(`viewer.origin.${page.origin}`)}
      </Text>
      {props.editable && (last || again) && (
        <div className={styles.undo}>
          <Text size={200} data-told="">
            {props.told ?? (last ? editWords(t, last) : '')}
          </Text>
          <div className={styles.row}>
            <Button size="small" icon={<ArrowUndoRegular />} disabledFocusable={!last} onClick={props.onUndo}>
              {t('page.undo')}&nbsp;<Keycap>Ctrl Z</Keycap>
            </Button>
            <Button
              size="small"
              icon={<ArrowRedoRegular />}
              disabledFocusable={!again}
              onClick={props.onRedo}
            >
              {t('undo.redo')}&nbsp;<Keycap>Ctrl Y</Keycap>
            </Button>
          </div>
        </div>
      )}
    </div>
  );
}
