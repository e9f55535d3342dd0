import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import type { ReactNode } from 'react';
import { useIntl } from 'react-intl';
import type { ErrorShape } from '../../contract/errors.ts';
import { faultTexts } from '../app/faults.ts';
import { useTexts } from '../app/texts.tsx';

const useStyles = makeStyles({
  body: { display: 'flex', flexDirection: 'column', rowGap: '2px', paddingBlock: '2px 6px' },
  heading: { fontSize: tokens.fontSizeBase300 },
  next: { fontWeight: tokens.fontWeightSemibold },
  reference: {
    color: tokens.colorNeutralForeground3,
    fontSize: tokens.fontSizeBase200,
    overflowWrap: 'anywhere',
  },
});

/** A failure in words: heading, what happened, what to do next, and the code for a call to support. */
export function Fault(props: {
  fault: ErrorShape;
  extra?: ReactNode;
  /** What to do, where the place knows better than the code's own text. */
  next?: string | undefined;
  actions?: ReactNode;
  onDismiss?: () => void;
}) {
  const styles = useStyles();
  const intl = useIntl();
  const t = useTexts();
  const texts = faultTexts(intl, props.fault);
  const dismiss = props.onDismiss && (
    <Button
      appearance="transparent"
      icon={<DismissRegular />}
      aria-label={t('action.dismiss')}
      onClick={props.onDismiss}
    />
  );
  return (
    <MessageBar intent="error" layout="multiline" role="alert" data-fault={texts.code}>
      <MessageBarBody>
        <div className={styles.body}>
          <MessageBarTitle className={styles.heading}>{texts.heading}</MessageBarTitle>
          <span>{texts.happened}</span>
          {props.extra}
          <span className={styles.next}>{props.next ?? texts.next}</span>
          <span className={styles.reference}>{t('fault.reference', { reference: texts.reference })}</span>
        </div>
      </MessageBarBody>
      {(props.actions || dismiss) && (
        <MessageBarActions {...(dismiss ? { containerAction: dismiss } : {})}>
          {props.actions}
        </MessageBarActions>
      )}
    </MessageBar>
  );
}
