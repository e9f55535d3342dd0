import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { CheckmarkCircleFilled } from '@fluentui/react-icons/svg/checkmark-circle';
import { CloudSyncFilled } from '@fluentui/react-icons/svg/cloud-sync';
import { DocumentDismissRegular } from '@fluentui/react-icons/svg/document-dismiss';
import { DocumentEditRegular } from '@fluentui/react-icons/svg/document-edit';
import type { Delivery, DossierState } from '../../../contract/life-cycle.ts';

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

type Mark = keyof typeof ICONS;

function markOf(state: DossierState, delivery: Delivery): Mark {
  if (state === 'draft' || state === 'supplement-asked') return 'draft';
  if (state === 'discarded' || state === 'refused' || state === 'withdrawn') return 'discarded';
  return delivery === 'waiting' ? 'received' : 'sent';
}

/** A dossier's state in one word: for one that was just received, whether the province has it. */
export function stateKey(dossier: { readonly state: DossierState; readonly delivery: Delivery }) {
  const sent = dossier.state === 'received' && dossier.delivery === 'sent';
  return sent ? ('dossier.state.sent' as const) : (`dossier.state.${dossier.state}` as const);
}

/** A dossier's state as a picture; the word always stands beside it, so the picture itself is silent. */
export function StateMark(props: { state: DossierState; delivery: Delivery }) {
  const styles = useStyles();
  const mark = markOf(props.state, props.delivery);
  const Icon = ICONS[mark];
  return (
    <span className={mergeClasses(styles.mark, styles[mark])} aria-hidden="true">
      <Icon />
    </span>
  );
}
