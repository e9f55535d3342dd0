import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { DocumentRegular } from '@fluentui/react-icons/svg/document';
import { ShieldCheckmarkFilled } from '@fluentui/react-icons/svg/shield-checkmark';
import { ShieldDismissFilled } from '@fluentui/react-icons/svg/shield-dismiss';
import { ShieldQuestionFilled } from '@fluentui/react-icons/svg/shield-question';
import type { Indication } from '../../../../contract/model.ts';

const useStyles = makeStyles({
  mark: { lineHeight: 0, flexShrink: 0 },
  'TOTAL-PASSED': { color: tokens.colorPaletteGreenForeground1 },
  INDETERMINATE: { color: tokens.colorPaletteDarkOrangeForeground1 },
  'TOTAL-FAILED': { color: tokens.colorPaletteRedForeground1 },
  unsigned: { color: tokens.colorNeutralForeground3 },
});

const ICONS = {
  'TOTAL-PASSED': ShieldCheckmarkFilled,
  INDETERMINATE: ShieldQuestionFilled,
  'TOTAL-FAILED': ShieldDismissFilled,
  unsigned: DocumentRegular,
} as const;

/** A verdict as a picture of its own shape; the words always stand beside it. */
export function VerdictMark(props: { indication: Indication | null; size: number }) {
  const styles = useStyles();
  const verdict = props.indication ?? 'unsigned';
  const Icon = ICONS[verdict];
  return (
    <span className={mergeClasses(styles.mark, styles[verdict])} aria-hidden="true">
      <Icon fontSize={props.size} />
    </span>
  );
}
