import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { CheckmarkCircleFilled } from '@fluentui/react-icons/svg/checkmark-circle';
import { CloudSyncFilled } from '@fluentui/react-icons/svg/cloud-sync';
import { DocumentDismissRegular } from '@fluentui/react-icons/svg/document-dismiss';
import { DocumentEditRegular } from '@fluentui/react-icons/svg/document-edit';
import type { DossierState } from '../../../contract/model.ts';

const useStyles = makeStyles({
  mark: { fontSize: '20px', lineHeight: 0, paddingTop: '1px' },
  draft: { color: tokens.colorBrandForeground1 },
  received: { color: tokens.colorPaletteDarkOrangeForeground1 },
  sent: { color: tokens.colorPaletteGreenForeground1 },
  discarded: { color: tokens.colorNeutralForeground3 },
});

const ICONS = {
  draft: DocumentEditRegular,
  received: CloudSyncFilled,
  sent: CheckmarkCircleFilled,
  discarded: DocumentDismissRegular,
} as const;

/** A dossier's state as a picture; the word always stands beside it, so the picture itself is silent. */
export function StateMark(props: { state: DossierState }) {
  const styles = useStyles();
  const Icon = ICONS[props.state];
  return (
    <span className={mergeClasses(styles.mark, styles[props.state])} aria-hidden="true">
      <Icon />
    </span>
  );
}
