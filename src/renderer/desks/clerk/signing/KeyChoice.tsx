import {
  Button,
  Field,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  makeStyles,
  Radio,
  RadioGroup,
  Text,
  tokens,
} from '@fluentui/react-components';
import { useEffect, useRef } from 'react';
import type { SigningKeyInfo } from '../../../../contract/model.ts';
import { useUsb } from '../../../app/queries.ts';
import { type Texts, useTexts } from '../../../app/texts.tsx';
import { Fault } from '../../../ui/Fault.tsx';

const useStyles = makeStyles({
  radio: { alignItems: 'flex-start' },
  state: { color: tokens.colorNeutralForeground3 },
  words: { overflowWrap: 'anywhere' },
});

/** What is known of a key's PIN, in words. */
function pinWords(t: Texts, key: SigningKeyInfo): string {
  if (key.kind === 'vgca') return t('sign.asksItself');
  if (key.kind === 'pkcs12') return t('sign.neverLocks');
  return t(`sign.pinState.${key.pinState}`);
}

/** The keys that may sign, each with its kind and the state of its PIN; one that is locked cannot be chosen. */
export function KeyChoice(props: {
  keys: readonly SigningKeyInfo[];
  chosen: SigningKeyInfo | undefined;
  disabled: boolean;
  onChoose: (uri: string) => void;
  onSearch: () => void;
}) {
  const styles = useStyles();
  const t = useTexts();
  if (props.keys.length === 0) {
    return (
      <MessageBar intent="warning" layout="multiline" data-no-key="">
        <MessageBarBody>{t('sign.noKey')}</MessageBarBody>
        <MessageBarActions>
          <Button data-search-keys="" onClick={props.onSearch}>
            {t('sign.searchKeys')}
          </Button>
        </MessageBarActions>
      </MessageBar>
    );
  }
  const allLocked = props.keys.every((key) => key.pinState === 'locked');
  return (
    <>
      <Field label={t('sign.key')}>
        <RadioGroup
          value={props.chosen?.uri ?? ''}
          disabled={props.disabled}
          onChange={(_, data) => props.onChoose(data.value)}
        >
          {props.keys.map((key) => (
            <Radio
              key={key.uri}
              value={key.uri}
              className={styles.radio}
              disabled={key.pinState === 'locked'}
              data-key={key.pinState}
              label={
                <span className={styles.words}>
                  {t(`sign.kind.${key.kind}`, { label: key.label })}
                  <br />
                  <Text size={200} className={styles.state}>
                    {pinWords(t, key)}
                  </Text>
                </span>
              }
            />
          ))}
        </RadioGroup>
      </Field>
      {allLocked && <Fault fault={{ code: 'TOKEN_PIN_LOCKED', details: {} }} />}
    </>
  );
}

/** A warning before the PIN is typed, where a wrong one would cost more than usual. */
export function PinWarning(props: { pinState: SigningKeyInfo['pinState'] }) {
  const t = useTexts();
  const { pinState } = props;
  if (pinState !== 'low' && pinState !== 'final-try') return null;
  return (
    <MessageBar
      intent={pinState === 'final-try' ? 'error' : 'warning'}
      layout="multiline"
      role="alert"
      data-pin-state={pinState}
    >
      <MessageBarBody>{t(`sign.warning.${pinState}`)}</MessageBarBody>
    </MessageBar>
  );
}

/** A token that was there when this was first drawn, or came since, is not there any more. */
export function useTokenGone(): boolean {
  const usb = useUsb();
  const tokens = usb.data?.devices.filter((d) => d.kinds.includes('token')).length ?? 0;
  const most = useRef(tokens);
  useEffect(() => {
    most.current = Math.max(most.current, tokens);
  }, [tokens]);
  return tokens < most.current;
}
