import {
  Button,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogTitle,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  makeStyles,
  Spinner,
  Text,
} from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { PendingDocument, PendingDossier } from '../../../../contract/model.ts';
import { shapeOf } from '../../../app/faults.ts';
import { usePending, useSigningKeys } from '../../../app/queries.ts';
import { KEYS } from '../../../app/query-keys.ts';
import { type TextKey, useTexts } from '../../../app/texts.tsx';
import { Fault } from '../../../ui/Fault.tsx';
import { Keycap } from '../../../ui/Keycap.tsx';
import { SecretField, type SecretHandle } from '../../../ui/SecretField.tsx';
import { focusSoon } from '../focus.ts';
import { totalOf } from './batch.ts';
import { KeyChoice, PinWarning, useTokenGone } from './KeyChoice.tsx';
import { PendingList } from './PendingList.tsx';
import { pinProblem } from './pin.ts';
import type { Signing } from './useSigning.ts';

const useStyles = makeStyles({
  content: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr) 320px',
    columnGap: '20px',
    rowGap: '10px',
    alignContent: 'start',
    '@media (max-width: 760px)': { gridTemplateColumns: 'minmax(0, 1fr)' },
  },
  whole: { gridColumn: '1 / -1' },
  column: { display: 'flex', flexDirection: 'column', rowGap: '10px', minWidth: 0 },
});

const KEY_KEY = 'counter.signingKey';

/** One look at all that will be signed, one key, one PIN. */
export function Review(props: {
  signing: Signing;
  dossierIds: readonly string[];
  onLook: (dossierId: string) => void;
  onPreview: (dossierId: string, document: PendingDocument, key: string) => void;
}) {
  const styles = useStyles();
  const t = useTexts();
  const queries = useQueryClient();
  const { signing } = props;
  const pending = usePending(props.dossierIds);
  const keys = useSigningKeys(true);
  const secret = useRef<SecretHandle>(null);
  const [wanted, setWanted] = useState(() => localStorage.getItem(KEY_KEY) ?? '');
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [problem, setProblem] = useState<TextKey | null>(null);
  const tokenGone = useTokenGone();

  const usable = (keys.data ?? []).filter((k) => k.pinState !== 'locked');
  const locked = keys.data?.some((k) => k.uri === wanted && k.pinState === 'locked') ?? false;
  // A token that went, or was locked, must not hand its PIN field over to another key unseen.
  const chosen = usable.find((k) => k.uri === wanted) ?? (tokenGone || locked ? undefined : usable[0]);
  const waiting = pending.data ?? NONE;
  const taken = useMemo(() => waiting.filter((d) => !left.has(d.dossierId)), [waiting, left]);
  const total = totalOf(taken);
  const chosenUri = chosen?.uri;
  useEffect(() => {
    if (chosenUri !== undefined) secret.current?.clear();
  }, [chosenUri]);
  const ready = chosen !== undefined && waiting.length > 0 && !signing.asking;
  const asksItself = chosen?.kind === 'vgca';
  useEffect(() => {
    if (ready) focusSoon(asksItself ? '[data-sign]' : '[data-pin]');
  }, [ready, asksItself]);
  const mustChoose = locked && usable.length > 0 && !signing.asking;
  useEffect(() => {
    if (mustChoose) focusSoon('[data-key]:not(:disabled)');
  }, [mustChoose]);
  const keyless = keys.data?.length === 0;
  useEffect(() => {
    if (keyless) focusSoon('[data-search-keys]');
  }, [keyless]);
  const nothing = pending.isSuccess && waiting.length === 0;
  useEffect(() => {
    if (nothing) focusSoon('[data-sign-close]');
  }, [nothing]);

  function sign(event: FormEvent): void {
    event.preventDefault();
    if (!chosen || signing.asking || total.documents === 0) return;
    const pin = secret.current?.take() ?? '';
    const wrong = pinProblem(pin, chosen.kind === 'pkcs11');
    setProblem(wrong);
    if (wrong !== null) return;
    localStorage.setItem(KEY_KEY, chosen.uri);
    setWanted(chosen.uri);
    signing.start(
      { dossierIds: taken.map((d) => d.dossierId), key: chosen.uri, pin },
      new Map(taken.map((d) => [d.dossierId, d.applicant])),
    );
  }

  return (
    <form onSubmit={sign} autoComplete="off" noValidate data-review="">
      <DialogBody>
        <DialogTitle>{t('sign.title')}</DialogTitle>
        <DialogContent className={styles.content}>
          {pending.error && (
            <div className={styles.whole}>
              <Fault fault={shapeOf(pending.error)} />
            </div>
          )}
          {pending.isPending && <Spinner className={styles.whole} label={t('sign.loading')} />}
          {nothing && (
            <Text className={styles.whole} data-nothing="">
              {t('sign.nothing')}
            </Text>
          )}
          {waiting.length > 0 && (
            <>
              <div className={styles.column}>
                <Text weight="semibold" role="status" data-chosen={total.documents}>
                  {t('sign.summary', { ...total })}
                </Text>
                <PendingList
                  pending={waiting}
                  left={left}
                  onTakeAll={(all) => setLeft(new Set(all ? [] : waiting.map((d) => d.dossierId)))}
                  disabled={signing.asking}
                  onTake={(id, take) => setLeft((now) => toggled(now, id, !take))}
                  onLook={props.onLook}
                  onPreview={(dossierId, document) =>
                    chosen && props.onPreview(dossierId, document, chosen.uri)
                  }
                />
              </div>
              <div className={styles.column}>
                {total.doubtful > 0 && (
                  <MessageBar intent="warning" layout="multiline" data-doubtful={total.doubtful}>
                    <MessageBarBody>{t('sign.doubtful', { n: total.doubtful })}</MessageBarBody>
                    <MessageBarActions>
                      <Button onClick={() => props.onLook(firstDoubtful(taken))}>
                        {t('sign.look')}&nbsp;<Keycap>F7</Keycap>
                      </Button>
                    </MessageBarActions>
                  </MessageBar>
                )}
                {tokenGone && (
                  <MessageBar intent="error" layout="multiline" role="alert" data-token-gone="">
                    <MessageBarBody>{t('sign.tokenGone')}</MessageBarBody>
                  </MessageBar>
                )}
                {keys.isPending && <Spinner label={t('sign.keysLoading')} />}
                {keys.error && <Fault fault={shapeOf(keys.error)} />}
                {signing.fault && <Fault fault={signing.fault} />}
                {keys.data && (
                  <KeyChoice
                    keys={keys.data}
                    chosen={chosen}
                    disabled={signing.asking}
                    onChoose={setWanted}
                    onSearch={() => void queries.invalidateQueries({ queryKey: KEYS.keys })}
                  />
                )}
                {chosen && <PinWarning pinState={chosen.pinState} />}
                {chosen && asksItself && (
                  <MessageBar intent="info" layout="multiline" data-asks-itself="">
                    <MessageBarBody>{t('sign.vgca')}</MessageBarBody>
                  </MessageBar>
                )}
                {chosen && !asksItself && (
                  <SecretField
                    ref={secret}
                    label={chosen.kind === 'pkcs11' ? t('sign.pin') : t('sign.password')}
                    hint={t('sign.pinHint')}
                    problem={problem === null ? null : t(problem)}
                    readOnly={signing.asking}
                  />
                )}
                {signing.asking && <Spinner size="tiny" label={t('sign.starting')} />}
              </div>
            </>
          )}
        </DialogContent>
        <DialogActions>
          {waiting.length > 0 && (
            <Button
              appearance="primary"
              type="submit"
              data-sign=""
              disabled={!chosen || signing.asking || total.documents === 0}
            >
              {t('sign.confirm')}&nbsp;<Keycap onBrand>Enter</Keycap>
            </Button>
          )}
          <Button data-sign-close="" disabled={signing.asking} onClick={signing.close}>
            {nothing ? t('action.close') : t('action.cancel')}&nbsp;<Keycap>Esc</Keycap>
          </Button>
        </DialogActions>
      </DialogBody>
    </form>
  );
}

const NONE: readonly PendingDossier[] = [];

/** The first dossier with a page that nobody has looked at. */
export function firstDoubtful(pending: readonly PendingDossier[]): string {
  const found = pending.find((d) => d.documents.some((document) => document.doubtful > 0));
  return found?.dossierId ?? '';
}

function toggled(set: ReadonlySet<string>, id: string, present: boolean): ReadonlySet<string> {
  const next = new Set(set);
  if (present) next.add(id);
  else next.delete(id);
  return next;
}
