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
  MessageBarBody,
  makeStyles,
  Radio,
  RadioGroup,
  Text,
} from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useIntl } from 'react-intl';
import type { ErrorShape } from '../../../../contract/errors.ts';
import type { DossierView } from '../../../../contract/model.ts';
import { keepDossier, useEngine } from '../../../app/engine.tsx';
import { shapeOf } from '../../../app/faults.ts';
import { useFeeProposals } from '../../../app/queries.ts';
import { useTexts } from '../../../app/texts.tsx';
import { useAnnounce } from '../../../ui/announcer.tsx';
import { Fault } from '../../../ui/Fault.tsx';
import { Keycap } from '../../../ui/Keycap.tsx';
import { focusSoon } from '../focus.ts';
import type { KeptDocument } from '../verifying/useDocuments.ts';
import { FeeLines } from './FeeLines.tsx';
import {
  countOf,
  draftOf,
  draftOfProposal,
  type FeeDraft,
  lineOf,
  notYetIn,
  paidAndOpen,
  sumOf,
} from './fees.ts';
import { Receipts } from './Receipts.tsx';
import { TransferFacts } from './TransferFacts.tsx';

const useStyles = makeStyles({
  surface: { width: 'min(940px, calc(100vw - 32px))', maxWidth: 'none' },
  content: { display: 'flex', flexDirection: 'column', rowGap: '10px' },
  row: { display: 'flex', flexWrap: 'wrap', alignItems: 'end', gap: '8px 16px' },
  total: { marginLeft: 'auto', fontVariantNumeric: 'tabular-nums' },
});

type Way = 'cash' | 'transfer';

/** What a dossier costs, the money for it, and the receipts. Nothing is set or taken before the clerk says so. */
export function FeesDialog(props: {
  dossier: DossierView;
  onClose: () => void;
  onPrint: (document: KeptDocument) => void;
}) {
  const styles = useStyles();
  const t = useTexts();
  const intl = useIntl();
  const engine = useEngine();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const { dossier } = props;
  const { paid, open } = paidAndOpen(dossier);
  const [pages, setPages] = useState('');
  const [copies, setCopies] = useState('');
  const proposals = useFeeProposals(dossier.id, countOf(pages, 10_000), countOf(copies, 1000));
  const [typed, setTyped] = useState<readonly FeeDraft[] | null>(null);
  const [asked, setAsked] = useState(false);
  const [way, setWay] = useState<Way>('cash');
  const [reference, setReference] = useState('');
  const [paymentId, setPaymentId] = useState(() => crypto.randomUUID());
  const [fault, setFault] = useState<ErrorShape | null>(null);
  const [working, setWorking] = useState(false);

  const drafts = typed ?? open.map(draftOf);
  const offered = notYetIn(proposals.data?.lines ?? [], [...dossier.fees, ...drafts]);
  const read = drafts.map(lineOf);
  const lines = read.filter((line) => typeof line !== 'string');
  const sound = lines.length === drafts.length;
  const total = sumOf(lines);
  const received = dossier.receivedAt !== null;
  const money = (amount: number) => t('fees.dong', { amount: intl.formatNumber(amount) });
  const noBook = fault?.code === 'CONFIG_INVALID' && fault.details.setting === 'fees.book';

  const { isPending } = proposals;
  useEffect(() => {
    if (!isPending) focusSoon('[data-fees-first]');
  }, [isPending]);

  const change = (next: readonly FeeDraft[]) => {
    setTyped(next);
    setAsked(false);
  };

  /** The lines as they stand on the screen, told to the engine; null where one of them is wrong. */
  async function save(): Promise<DossierView | null> {
    setAsked(true);
    if (!sound) {
      focusSoon('[aria-invalid=true]');
      return null;
    }
    if (typed === null) return dossier;
    const after = await engine.call('fees.set', { dossierId: dossier.id, fees: [...paid, ...lines] });
    keepDossier(queries, after);
    setTyped(null);
    return after;
  }
  async function act(work: () => Promise<void>): Promise<void> {
    setWorking(true);
    setFault(null);
    try {
      await work();
    } catch (error) {
      setFault(shapeOf(error));
    } finally {
      setWorking(false);
    }
  }
  const pay = () =>
    act(async () => {
      if ((await save()) === null) return;
      const after = await engine.call('fees.pay', {
        ...{ dossierId: dossier.id, paymentId, way, expected: total },
        reference: way === 'transfer' ? reference.trim() : '',
      });
      keepDossier(queries, after);
      setPaymentId(crypto.randomUUID());
      setReference('');
      announce(t('fees.paid', { amount: intl.formatNumber(total) }));
      focusSoon('[data-receipt-print]');
    });

  return (
    <Dialog open onOpenChange={(_, data) => !data.open && !working && props.onClose()}>
      <DialogSurface className={styles.surface} data-fees="">
        <DialogBody>
          <DialogTitle>{t('fees.title')}</DialogTitle>
          <DialogContent className={styles.content}>
            {proposals.error && <Fault fault={shapeOf(proposals.error)} />}
            {fault && !noBook && <Fault fault={fault} onDismiss={() => setFault(null)} />}
            {noBook && (
              <MessageBar intent="info" layout="multiline" data-no-book="">
                <MessageBarBody>{t('fees.noBook')}</MessageBarBody>
              </MessageBar>
            )}
            {(proposals.data?.needsQuantity || pages !== '' || copies !== '') && (
              <div className={styles.row} data-fees-scale="">
                <Field label={t('fees.pages')}>
                  <Input
                    size="small"
                    inputMode="numeric"
                    value={pages}
                    maxLength={5}
                    data-fees-pages=""
                    onChange={(_, data) => setPages(data.value)}
                  />
                </Field>
                <Field label={t('fees.copies')}>
                  <Input
                    size="small"
                    inputMode="numeric"
                    value={copies}
                    maxLength={4}
                    data-fees-copies=""
                    onChange={(_, data) => setCopies(data.value)}
                  />
                </Field>
              </div>
            )}
            <div className={styles.row}>
              {offered.map((proposal, at) => (
                <Button
                  key={`${proposal.spec.code} ${proposal.spec.name}`}
                  size="small"
                  {...(at === 0 ? { 'data-fees-first': '' } : {})}
                  data-fee-offer={at}
                  onClick={() => {
                    change([...drafts, draftOfProposal(proposal)]);
                    focusSoon(`[data-fee="amount-${drafts.length}"]`);
                  }}
                >
                  {t('fees.offer', {
                    name: proposal.spec.name,
                    amount: proposal.amount === null ? '' : money(proposal.amount),
                  })}
                </Button>
              ))}
              <Button
                size="small"
                appearance="subtle"
                data-fee-other=""
                {...(offered.length === 0 ? { 'data-fees-first': '' } : {})}
                onClick={() => {
                  change([...drafts, OTHER]);
                  focusSoon(`[data-fee="name-${drafts.length}"]`);
                }}
              >
                {t('fees.other')}
              </Button>
            </div>
            {drafts.length > 0 && <FeeLines lines={drafts} asked={asked} onChange={change} />}
            {drafts.length === 0 && paid.length === 0 && <Text>{t('fees.none')}</Text>}
            <div className={styles.row}>
              {received && drafts.length > 0 && (
                <Field label={t('fees.way')}>
                  <RadioGroup
                    layout="horizontal"
                    value={way}
                    onChange={(_, data) => setWay(data.value === 'transfer' ? 'transfer' : 'cash')}
                  >
                    <Radio value="cash" label={t('fees.way.cash')} data-way="cash" />
                    <Radio value="transfer" label={t('fees.way.transfer')} data-way="transfer" />
                  </RadioGroup>
                </Field>
              )}
              {received && way === 'transfer' && drafts.length > 0 && (
                <Field label={t('fees.reference')}>
                  <Input
                    size="small"
                    value={reference}
                    maxLength={100}
                    onChange={(_, data) => setReference(data.value)}
                  />
                </Field>
              )}
              <Text weight="semibold" size={400} className={styles.total} data-fees-total={total}>
                {t('fees.total', { amount: intl.formatNumber(total) })}
              </Text>
            </div>
            {received && way === 'transfer' && typed === null && total > 0 && (
              <TransferFacts dossierId={dossier.id} total={total} />
            )}
            {!received && <Text size={200}>{t('fees.onlyReceived')}</Text>}
            <Receipts dossier={dossier} onPrint={props.onPrint} />
          </DialogContent>
          <DialogActions>
            {received && drafts.length > 0 && (
              <Button
                appearance="primary"
                data-fees-pay=""
                disabledFocusable={working || (sound && total === 0)}
                onClick={() => void pay()}
              >
                {t('fees.pay', { amount: intl.formatNumber(total) })}
              </Button>
            )}
            <Button
              data-fees-save=""
              disabledFocusable={working || typed === null}
              onClick={() => void act(async () => void (await save()))}
            >
              {t('fees.save')}
            </Button>
            <Button disabled={working} data-fees-close="" onClick={props.onClose}>
              {t('action.close')}&nbsp;<Keycap>Esc</Keycap>
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

const OTHER: FeeDraft = {
  ...{ code: '', name: '', kind: 'charge', due: 'reception', amount: '', quantity: '1' },
  ...{ off: '', reason: '', ground: '' },
};
