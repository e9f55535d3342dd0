import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { CheckmarkCircleFilled } from '@fluentui/react-icons/svg/checkmark-circle';
import { WarningFilled } from '@fluentui/react-icons/svg/warning';
import { memo } from 'react';
import type { PageView } from '../../../../contract/model.ts';
import { useTexts } from '../../../app/texts.tsx';
import { PageImage } from '../../../ui/PageImage.tsx';
import { isBlank, isDoubtful } from './doubt.ts';

const useStyles = makeStyles({
  thumb: {
    position: 'relative',
    width: '72px',
    height: '104px',
    padding: '3px',
    backgroundColor: tokens.colorNeutralBackground4,
    border: `1px solid ${tokens.colorNeutralStroke1}`,
    borderRadius: tokens.borderRadiusMedium,
    cursor: 'pointer',
    scrollMarginBlock: '16px',
    display: 'flex',
    flexDirection: 'column',
    ':hover': { border: `1px solid ${tokens.colorBrandStroke1}` },
  },
  doubtful: { border: `1px solid ${tokens.colorPaletteDarkOrangeBorder2}` },
  selected: {
    backgroundColor: tokens.colorBrandBackground2,
    border: `1px solid ${tokens.colorBrandStroke1}`,
    boxShadow: `0 0 0 2px ${tokens.colorBrandStroke1}`,
    '@media (forced-colors: active)': { border: '3px solid Highlight' },
  },
  picture: { flexGrow: 1, minHeight: 0 },
  number: {
    position: 'absolute',
    insetBlockStart: '2px',
    insetInlineEnd: '2px',
    minWidth: '18px',
    paddingInline: '4px',
    borderRadius: tokens.borderRadiusSmall,
    fontSize: '11px',
    lineHeight: '16px',
    textAlign: 'center',
    fontFamily: tokens.fontFamilyBase,
    color: tokens.colorNeutralForegroundInverted,
    backgroundColor: tokens.colorNeutralBackgroundInverted,
  },
  tick: {
    position: 'absolute',
    insetBlockStart: '2px',
    insetInlineStart: '2px',
    fontSize: '18px',
    lineHeight: 0,
    color: tokens.colorBrandForeground1,
    backgroundColor: tokens.colorNeutralBackground1,
    borderRadius: '50%',
  },
  mark: {
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'center',
    columnGap: '2px',
    marginTop: '2px',
    paddingInline: '2px',
    borderRadius: tokens.borderRadiusSmall,
    fontSize: '11px',
    lineHeight: '16px',
    fontFamily: tokens.fontFamilyBase,
    whiteSpace: 'nowrap',
    overflow: 'hidden',
    color: tokens.colorPaletteDarkOrangeForeground1,
    backgroundColor: tokens.colorPaletteDarkOrangeBackground1,
  },
  before: {
    '::before': {
      content: '""',
      position: 'absolute',
      insetBlock: '-2px',
      insetInlineStart: '-7px',
      width: '4px',
      borderRadius: '2px',
      backgroundColor: tokens.colorBrandBackground,
      '@media (forced-colors: active)': { backgroundColor: 'Highlight' },
    },
  },
  after: {
    '::after': {
      content: '""',
      position: 'absolute',
      insetBlock: '-2px',
      insetInlineEnd: '-7px',
      width: '4px',
      borderRadius: '2px',
      backgroundColor: tokens.colorBrandBackground,
      '@media (forced-colors: active)': { backgroundColor: 'Highlight' },
    },
  },
});

interface ThumbProps {
  readonly page: PageView;
  /** From 0. */
  readonly index: number;
  readonly of: number;
  readonly selected: boolean;
  /** The one thumbnail of its strip that Tab leads to. */
  readonly reachable: boolean;
  readonly drop: 'before' | 'after' | null;
  readonly draggable: boolean;
}

/** One page, small: its number, whether it is chosen, and in words why it deserves a second look. */
export const Thumb = memo(function Thumb(props: ThumbProps) {
  const styles = useStyles();
  const t = useTexts();
  const { page } = props;
  const doubtful = isDoubtful(page);
  const mark = doubtful ? t(isBlank(page) ? 'page.blank' : 'page.doubtful') : null;
  const reasons = doubtful ? page.findings.flags.map((flag) => t(`flag.${flag}`)).join(', ') : '';
  const label = t('page.open', { n: props.index + 1, of: props.of });
  return (
    <button
      type="button"
      className={mergeClasses(
        'own-focus',
        styles.thumb,
        doubtful && styles.doubtful,
        props.selected && styles.selected,
        props.drop === 'before' && styles.before,
        props.drop === 'after' && styles.after,
      )}
      aria-label={doubtful ? `${label} · ${reasons}` : label}
      aria-pressed={props.selected}
      title={doubtful ? reasons : undefined}
      data-page={page.id}
      data-index={props.index}
      data-doubtful={doubtful ? page.findings.flags.join(' ') : undefined}
      draggable={props.draggable}
      tabIndex={props.reachable ? 0 : -1}
    >
      <div className={styles.picture}>
        <PageImage page={page} variant="thumbnail" label="" />
      </div>
      {mark !== null && (
        <span className={styles.mark} aria-hidden="true">
          <WarningFilled /> {mark}
        </span>
      )}
      <span className={styles.number} aria-hidden="true">
        {props.index + 1}
      </span>
      {props.selected && (
        <span className={styles.tick} aria-hidden="true">
          <CheckmarkCircleFilled />
        </span>
      )}
    </button>
  );
});
