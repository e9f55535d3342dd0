import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  makeStyles,
  ProgressBar,
  Radio,
  RadioGroup,
  Spinner,
  Text,
} from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useCallback, useEffect, useRef, useState } from 'react';
import type { ErrorShape } from '../../../contract/errors.ts';
import type { EventPayload } from '../../../contract/events.ts';
import type { DossierView, SigningKeyInfo } from '../../../contract/model.ts';
import { keepDossier, useEngine, useEngineEvent } from '../../app/engine.tsx';
import { shapeOf } from '../../app/faults.ts';
import { useSigningKeys, useUsb } from '../../app/queries.ts';
import { KEYS } from '../../app/query-keys.ts';
import { useTexts } from '../../app/texts.tsx';
import { useAnnounce } from '../../ui/announcer.tsx';
import { Fault } from '../../ui/Fault.tsx';
import { Keycap } from '../../ui/Keycap.tsx';
import { focusSoon } from './focus.ts';
import { doubtfulPages } from './pages/doubt.ts';
import { unsignedComponents } from './progress.ts';

const useStyles = makeStyles({
  content: { display: 'flex', flexDirection: 'column', rowGap: '12px' },
});

const STORAGE_KEY = 'counter.signingKey';

/** All unsigned papers with one PIN. The PIN leaves the field the moment it is sent and is kept nowhere. */
export function SignDialog(props: {
  dossier: DossierView;
  onClose: () => void;
  /** The clerk wants to look at the doubtful pages first. */
  onLook: () => void;
  onSigned: () => void;
}) {
  const styles = useStyles();
  const t = useTexts();
  const engine = useEngine();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const { dossier } = props;
  const keys = useSigningKeys(true);
  const [wanted, setWanted] = useState(() => localStorage.getItem(STORAGE_KEY) ?? '');
  const [fault, setFault] = useState<ErrorShape | null>(null);
  const [signing, setSigning] = useState(false);
  const [progress, setProgress] = useState<{ done: number; total: number } | null>(null);
  const [total] = useState(() => unsignedComponents(dossier).length);
  const [pin, setPin] = useState('');
  const [lacking, setLacking] = useState(false);
  const doubtful = doubtfulPages(dossier).length;
  const tokenGone = useTokenGone();
  const usable = (keys.data ?? []).filter((k) => k.pinState !== 'locked');
  // A token that went must not hand its PIN field over to another key unseen.
  const chosen = usable.find((k) => k.uri === wanted) ?? (tokenGone ? undefined : usable[0]);
  const chosenUri = chosen?.uri;
  useEffect(() => {
    if (chosenUri !== undefined) setPin('');
  }, [chosenUri]);

  useEngineEvent(
    'sign.progress',
    useCallback(
      (e: EventPayload<'sign.progress'>) => {
        if (e.dossierId === dossier.id) setProgress({ done: e.done, total: e.total });
      },
      [dossier.id],
    ),
  );
  const ready = chosen !== undefined;
  useEffect(() => {
    if (ready) focusSoon('[data-pin]');
  }, [ready]);

  async function sign(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!chosen || signing) return;
    // A certificate file may have an empty password; a token never has an empty PIN.
    setLacking(pin === '' && chosen.kind === 'pkcs11');
    if (pin === '' && chosen.kind === 'pkcs11') return;
    const secret = pin;
    setPin('');
    setFault(null);
    setSigning(true);
    setProgress(null);
    try {
      const after = await engine.call('dossiers.sign', {
        dossierId: dossier.id,
        key: chosen.uri,
        pin: secret,
      });
      localStorage.setItem(STORAGE_KEY, chosen.uri);
      keepDossier(queries, after);
      announce(t('sign.done', { n: total }));
      props.onSigned();
    } catch (error) {
      setFault(shapeOf(error));
      setSigning(false);
      void queries.invalidateQueries({ queryKey: KEYS.keys });
      focusSoon('[data-pin]');
    }
  }

  return (
    <Dialog open onOpenChange={(_, data) => !data.open && !signing && props.onClose()}>
      <DialogSurface
        onKeyDown={(event) => {
          if (event.key !== 'F7' || signing || doubtful === 0) return;
          event.preventDefault();
          props.onLook();
        }}
      >
        <form onSubmit={(event) => void sign(event)} autoComplete="off" noValidate>
          <DialogBody>
            <DialogTitle>{t('sign.title', { n: total })}</DialogTitle>
            <DialogContent className={styles.content}>
              {doubtful > 0 && !signing && (
                <MessageBar intent="warning" layout="multiline" data-doubtful={doubtful}>
                  <MessageBarBody>{t('sign.doubtful', { n: doubtful })}</MessageBarBody>
                  <MessageBarActions>
                    <Button onClick={props.onLook}>
                      {t('sign.look')}&nbsp;<Keycap>F7</Keycap>
                    </Button>
                  </MessageBarActions>
                </MessageBar>
              )}
              {tokenGone && (
                <MessageBar intent="error" role="alert" data-token-gone="">
                  <MessageBarBody>{t('sign.tokenGone')}</MessageBarBody>
                </MessageBar>
              )}
              {keys.isPending && <Spinner label={t('sign.loading')} />}
              {keys.error && <Fault fault={shapeOf(keys.error)} />}
              {fault && <Fault fault={fault} />}
              {keys.data && (
                <KeyChoice keys={keys.data} chosen={chosen} disabled={signing} onChoose={setWanted} />
              )}
              {chosen && (
                <>
                  <PinHint signingKey={chosen} />
                  <Field
                    label={chosen.kind === 'pkcs11' ? t('sign.pin') : t('sign.password')}
                    required
                    {...(lacking ? { validationMessage: t('sign.pinEmpty') } : {})}
                  >
                    <Input
                      type="password"
                      value={pin}
                      onChange={(_, data) => setPin(data.value)}
                      data-pin=""
                      autoComplete="off"
                      maxLength={256}
                      readOnly={signing}
                    />
                  </Field>
                </>
              )}
              {signing && (
                <div role="status">
                  <Text>
                    {progress
                      ? t('sign.progress', { done: progress.done, total: progress.total })
                      : t('sign.starting')}
                  </Text>
                  <ProgressBar
                    {...(progress ? { value: progress.done, max: Math.max(1, progress.total) } : {})}
                    aria-label={t('sign.title', { n: total })}
                  />
                </div>
              )}
            </DialogContent>
            <DialogActions>
              <Button appearance="primary" type="submit" disabled={!chosen || signing}>
                {t('sign.confirm')}&nbsp;<Keycap onBrand>Enter</Keycap>
              </Button>
              <Button disabled={signing} onClick={props.onClose}>
                {t('action.cancel')}&nbsp;<Keycap>Esc</Keycap>
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}

/** A token that was there when the dialog opened, or came since, is not there any more. */
function useTokenGone(): boolean {
  const usb = useUsb();
  const tokens = usb.data?.devices.filter((d) => d.kinds.includes('token')).length ?? 0;
  const most = useRef(tokens);
  useEffect(() => {
    most.current = Math.max(most.current, tokens);
  }, [tokens]);
  return tokens < most.current;
}

function KeyChoice(props: {
  keys: readonly SigningKeyInfo[];
  chosen: SigningKeyInfo | undefined;
  disabled: boolean;
  onChoose: (uri: string) => void;
}) {
  const t = useTexts();
  if (props.keys.length === 0) {
    return (
      <MessageBar intent="warning" layout="multiline">
        <MessageBarBody>{t('sign.noKey')}</MessageBarBody>
      </MessageBar>
    );
  }
  return (
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
            disabled={key.pinState === 'locked'}
            label={
              key.pinState === 'locked'
                ? t('sign.locked', { label: key.label })
                : t(`sign.kind.${key.kind}`, { label: key.label })
            }
          />
        ))}
      </RadioGroup>
    </Field>
  );
}

/** What the token says of its PIN before it is asked for it. */
function PinHint(props: { signingKey: SigningKeyInfo }) {
  const t = useTexts();
  const { pinState } = props.signingKey;
  if (pinState !== 'low' && pinState !== 'final-try') return null;
  return (
    <MessageBar intent={pinState === 'final-try' ? 'error' : 'warning'} layout="multiline" role="alert">
      <MessageBarBody>{t(`sign.pinState.${pinState}`)}</MessageBarBody>
    </MessageBar>
  );
}
