import {
  Button,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogTitle,
  MessageBar,
  MessageBarBody,
  makeStyles,
  ProgressBar,
  Text,
} from '@fluentui/react-components';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { ErrorCode } from '../../../../contract/errors.ts';
import type { SigningBatch } from '../../../../contract/model.ts';
import { useSigningKeys } from '../../../app/queries.ts';
import { type TextKey, useTexts } from '../../../app/texts.tsx';
import { Fault } from '../../../ui/Fault.tsx';
import { Keycap } from '../../../ui/Keycap.tsx';
import { SecretField, type SecretHandle } from '../../../ui/SecretField.tsx';
import { focusSoon } from '../focus.ts';
import { BatchDocuments } from './BatchDocuments.tsx';
import { type BatchState, dossiersOf, leftOver } from './batch.ts';
import { PinWarning } from './KeyChoice.tsx';
import { pinProblem } from './pin.ts';
import type { Signing } from './useSigning.ts';

const useStyles = makeStyles({
  content: { display: 'flex', flexDirection: 'column', rowGap: '10px' },
  actions: { justifySelf: 'end', '& > *': { whiteSpace: 'nowrap' } },
});

/** What is most likely wanted next. */
const FIRST = {
  running: '[data-background]',
  paused: '[data-pin], [data-resume]',
  done: '[data-sign-close]',
  stopped: '[data-rest], [data-sign-close]',
} as const satisfies Record<BatchState, string>;

/** What is mended by putting the token back. */
const AWAY: readonly ErrorCode[] = ['TOKEN_REMOVED', 'TOKEN_NOT_PRESENT'];

/** How far a batch is, why it stands still where it does, and what a person can do about it. */
export function BatchView(props: { signing: Signing; batch: SigningBatch }) {
  const styles = useStyles();
  const t = useTexts();
  const { signing, batch } = props;
  const { state, done, total, fault } = batch;
  const secret = useRef<SecretHandle>(null);
  const [problem, setProblem] = useState<TextKey | null>(null);
  const keys = useSigningKeys(state === 'paused');
  const key = keys.data?.find((k) => k.uri === batch.key);
  const asksItself = batch.key.startsWith('vgca:');
  const isToken = batch.key.startsWith('pkcs11:');
  useEffect(() => {
    focusSoon(FIRST[state]);
  }, [state]);

  function resume(event: FormEvent): void {
    event.preventDefault();
    if (state !== 'paused' || signing.asking) return;
    const pin = secret.current?.take() ?? '';
    const wrong = pinProblem(pin, isToken);
    setProblem(wrong);
    if (wrong === null) signing.resume(pin);
  }

  const left = leftOver(batch);
  const away = fault === null || AWAY.includes(fault.code);
  const failed = state === 'stopped' && fault !== null && fault.code !== 'CANCELLED';
  return (
    <form onSubmit={resume} autoComplete="off" noValidate data-batch={state}>
      <DialogBody>
        <DialogTitle>{t(`sign.batch.${state}`)}</DialogTitle>
        <DialogContent className={styles.content}>
          {state === 'done' ? (
            <MessageBar intent="success" data-result="">
              <MessageBarBody>{t('sign.progress', { done, total })}</MessageBarBody>
            </MessageBar>
          ) : (
            <Text weight="semibold" data-progress={done}>
              {t('sign.progress', { done, total })}
            </Text>
          )}
          {state !== 'done' && (
            <ProgressBar
              value={done}
              max={Math.max(1, total)}
              thickness="large"
              aria-label={t('sign.bar')}
              color={failed ? 'error' : state === 'paused' ? 'warning' : 'brand'}
            />
          )}
          {state === 'paused' && (
            <Fault
              fault={fault ?? { code: 'TOKEN_REMOVED', details: {} }}
              next={away ? t(key ? 'sign.resumeBack' : 'sign.resumeNext') : undefined}
            />
          )}
          {failed && (
            <>
              <Fault fault={fault} />
              <PinWarning pinState={pinStateOf(fault.details.pinState)} />
            </>
          )}
          {state === 'stopped' && left > 0 && <Text data-left={left}>{t('sign.left', { n: left })}</Text>}
          {signing.fault && signing.fault.code !== fault?.code && <Fault fault={signing.fault} />}
          <BatchDocuments batch={batch} names={signing.names} />
          {state === 'paused' && (
            <>
              {key && <PinWarning pinState={key.pinState} />}
              {!asksItself && (
                <SecretField
                  ref={secret}
                  label={isToken ? t('sign.pin') : t('sign.password')}
                  hint={t('sign.pinHint')}
                  problem={problem === null ? null : t(problem)}
                  readOnly={signing.asking}
                />
              )}
            </>
          )}
        </DialogContent>
        <DialogActions fluid className={styles.actions}>
          {state === 'running' && (
            <>
              <Button appearance="primary" data-background="" onClick={signing.close}>
                {t('sign.background')}&nbsp;<Keycap onBrand>Esc</Keycap>
              </Button>
              <Button data-stop="" disabledFocusable={signing.stopping} onClick={signing.cancel}>
                {signing.stopping ? t('sign.stopping') : t('sign.stop')}
              </Button>
            </>
          )}
          {state === 'paused' && (
            <>
              <Button appearance="primary" type="submit" data-resume="" disabled={signing.asking}>
                {t('sign.resume')}&nbsp;<Keycap onBrand>Enter</Keycap>
              </Button>
              <Button data-give-up="" disabled={signing.asking} onClick={signing.cancel}>
                {t('sign.giveUp')}
              </Button>
              <Button onClick={signing.close}>
                {t('action.close')}&nbsp;<Keycap>Esc</Keycap>
              </Button>
            </>
          )}
          {state === 'stopped' && left > 0 && (
            <Button appearance="primary" data-rest="" onClick={() => signing.open(dossiersOf(batch))}>
              {t('sign.rest')}
            </Button>
          )}
          {(state === 'done' || state === 'stopped') && (
            <Button
              appearance={state === 'done' ? 'primary' : 'secondary'}
              data-sign-close=""
              onClick={signing.close}
            >
              {t('action.close')}&nbsp;<Keycap onBrand={state === 'done'}>Esc</Keycap>
            </Button>
          )}
        </DialogActions>
      </DialogBody>
    </form>
  );
}

/** What a failure says of the PIN, where it says something. */
function pinStateOf(value: unknown): 'low' | 'final-try' | 'unknown' {
  return value === 'low' || value === 'final-try' ? value : 'unknown';
}
