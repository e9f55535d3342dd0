import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  MessageBar,
  MessageBarBody,
  makeStyles,
  Select,
  SpinButton,
  Spinner,
  Text,
  Textarea,
} from '@fluentui/react-components';
import { type FormEvent, useEffect, useState } from 'react';
import type { ErrorShape } from '../../../../contract/errors.ts';
import type { PrintSides } from '../../../../contract/printing.ts';
import { useEngine } from '../../../app/engine.tsx';
import { shapeOf } from '../../../app/faults.ts';
import { usePrinterCapabilities, usePrinters } from '../../../app/queries.ts';
import { type Texts, useTexts } from '../../../app/texts.tsx';
import { useAnnounce } from '../../../ui/announcer.tsx';
import { Fault } from '../../../ui/Fault.tsx';
import { Keycap } from '../../../ui/Keycap.tsx';
import { useNotify } from '../../../ui/notify.tsx';
import { PRINTER_KEY } from '../copying/CopyDialog.tsx';
import { focusSoon } from '../focus.ts';
import type { Documents, KeptDocument } from './useDocuments.ts';

const useStyles = makeStyles({
  content: { display: 'flex', flexDirection: 'column', rowGap: '10px' },
  name: { overflowWrap: 'anywhere' },
  row: { display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) 110px', columnGap: '12px' },
  halves: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr) minmax(0, 1fr)',
    columnGap: '12px',
    '& select': { minWidth: 0 },
  },
  actions: { justifySelf: 'end', '& > *': { whiteSpace: 'nowrap' } },
});

const MOST_COPIES = 99;

/**
 * Prints a kept document. The engine judges its signatures first: what does not hold is not printed; what is not
 * conclusive only with a person's reason, which goes into the journal. The dialog ends when the job is in the queue.
 */
export function PrintDialog(props: {
  document: KeptDocument;
  onReport: Documents['verify'];
  onClose: () => void;
}) {
  const styles = useStyles();
  const t = useTexts();
  const engine = useEngine();
  const notify = useNotify();
  const announce = useAnnounce();
  const printers = usePrinters();
  const [wanted, setWanted] = useState(() => localStorage.getItem(PRINTER_KEY) ?? '');
  const [copies, setCopies] = useState(1);
  const [accept, setAccept] = useState('');
  const [reason, setReason] = useState('');
  const [sides, setSides] = useState<PrintSides>('one-sided');
  const [tray, setTray] = useState('');
  const [lacking, setLacking] = useState(false);
  const [working, setWorking] = useState(false);
  const [fault, setFault] = useState<ErrorShape | null>(null);
  const { documentId, name } = props.document;
  const printer = printers.data?.find((p) => p.uri === wanted) ?? printers.data?.[0];
  const untrusted = fault?.code === 'DOCUMENT_UNTRUSTED';
  const asks = untrusted && fault.details.indication === 'INDETERMINATE';
  const refused = untrusted && !asks;
  const again = fault?.code === 'PRINT_REASON_MISSING';
  const can = usePrinterCapabilities(printer?.uri ?? '').data;
  const there = printer !== undefined;
  const none = printers.data?.length === 0;
  useEffect(() => {
    if (there) focusSoon('[data-print]');
    else if (none) focusSoon('[data-print-close]');
  }, [there, none]);
  useEffect(() => {
    if (asks) focusSoon('[data-accept-reason]');
    else if (refused) focusSoon('[data-see-report]');
    else if (again) focusSoon('[data-print-reason]');
  }, [asks, refused, again]);

  async function print(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!printer || working || refused) return;
    const lacks = (asks && accept.trim() === '') || (again && reason.trim() === '');
    setLacking(lacks);
    if (lacks) return;
    localStorage.setItem(PRINTER_KEY, printer.uri);
    setWorking(true);
    try {
      await engine.call('prints.start', {
        ...{ documentId, copies },
        printer: printer.uri,
        // What another printer cannot do is not asked of it.
        sides: can?.sides.includes(sides) ? sides : 'one-sided',
        tray: can?.trays.includes(tray) ? tray : '',
        reason: reason.trim(),
        accept: accept.trim(),
      });
      const words = t('print.done', { printer: printer.name, copies, name });
      notify({ intent: 'success', title: words });
      announce(words);
      props.onClose();
    } catch (error) {
      setFault(shapeOf(error));
    } finally {
      setWorking(false);
    }
  }

  return (
    <Dialog open onOpenChange={(_, data) => !data.open && !working && props.onClose()}>
      <DialogSurface data-printing={documentId}>
        <form onSubmit={(event) => void print(event)} noValidate>
          <DialogBody>
            <DialogTitle>{t('print.title')}</DialogTitle>
            <DialogContent className={styles.content}>
              <Text weight="semibold" className={styles.name}>
                {name}
              </Text>
              {printers.isPending && <Spinner size="tiny" label={t('copy.loading')} />}
              {printers.error && <Fault fault={shapeOf(printers.error)} />}
              {none && (
                <MessageBar intent="warning" layout="multiline" data-no-printer="">
                  <MessageBarBody>{t('print.noPrinter')}</MessageBarBody>
                </MessageBar>
              )}
              {fault && (
                <Fault
                  fault={untrusted ? inWords(fault, t) : fault}
                  next={asks ? t('print.acceptHint') : undefined}
                  actions={
                    untrusted && (
                      <Button data-see-report="" onClick={() => props.onReport(props.document)}>
                        {t('print.report')}
                      </Button>
                    )
                  }
                />
              )}
              <div className={styles.row}>
                <Field label={t('copy.printer')}>
                  <Select
                    value={printer?.uri ?? ''}
                    disabled={working || !printer || refused}
                    onChange={(_, data) => setWanted(data.value)}
                  >
                    {!printer && <option value="">{t('copy.noPrinter')}</option>}
                    {printers.data?.map((p) => (
                      <option key={p.uri} value={p.uri}>
                        {p.state === 'idle' ? p.name : t(`copy.printer.${p.state}`, { name: p.name })}
                      </option>
                    ))}
                  </Select>
                </Field>
                <Field label={t('copy.copies')}>
                  <SpinButton
                    value={copies}
                    min={1}
                    max={MOST_COPIES}
                    disabled={working || refused}
                    onChange={(_, data) => {
                      const typed = data.value ?? Number(data.displayValue);
                      if (Number.isInteger(typed)) setCopies(Math.max(1, Math.min(MOST_COPIES, typed)));
                    }}
                  />
                </Field>
              </div>
              {can && (can.sides.length > 1 || can.trays.length > 0) && (
                <div className={styles.halves}>
                  <Field label={t('print.sides')}>
                    <Select
                      value={can.sides.includes(sides) ? sides : 'one-sided'}
                      disabled={working || refused}
                      onChange={(_, data) => setSides(data.value as PrintSides)}
                      data-print-sides=""
                    >
                      {can.sides.map((side) => (
                        <option key={side} value={side}>
                          {t(`print.sides.${side}`)}
                        </option>
                      ))}
                    </Select>
                  </Field>
                  {can.trays.length > 0 && (
                    <Field label={t('print.tray')}>
                      <Select
                        value={can.trays.includes(tray) ? tray : ''}
                        disabled={working || refused}
                        onChange={(_, data) => setTray(data.value)}
                        data-print-tray=""
                      >
                        <option value="">{t('print.tray.auto')}</option>
                        {can.trays.map((name) => (
                          <option key={name} value={name}>
                            {name}
                          </option>
                        ))}
                      </Select>
                    </Field>
                  )}
                </div>
              )}
              {again && (
                <Field
                  label={t('print.reason')}
                  required
                  {...(lacking ? { validationMessage: t('print.reasonEmpty') } : {})}
                >
                  <Textarea
                    value={reason}
                    onChange={(_, data) => setReason(data.value)}
                    maxLength={500}
                    data-print-reason=""
                  />
                </Field>
              )}
              {asks && (
                <Field
                  label={t('print.accept')}
                  required
                  {...(lacking ? { validationMessage: t('print.acceptEmpty') } : {})}
                >
                  <Textarea
                    value={accept}
                    onChange={(_, data) => setAccept(data.value)}
                    maxLength={500}
                    data-accept-reason=""
                  />
                </Field>
              )}
              {working && <Spinner size="tiny" label={t('print.working')} />}
            </DialogContent>
            <DialogActions fluid className={styles.actions}>
              {!refused && (
                <Button appearance="primary" type="submit" data-print="" disabled={!printer || working}>
                  {asks ? (
                    t('print.anyway')
                  ) : (
                    <>
                      {t('print.confirm')}&nbsp;<Keycap onBrand>Enter</Keycap>
                    </>
                  )}
                </Button>
              )}
              <Button disabled={working} data-print-close="" onClick={props.onClose}>
                {t('action.close')}&nbsp;<Keycap>Esc</Keycap>
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}

/** The same failure with its verdict as the screen says it. */
function inWords(fault: ErrorShape, t: Texts): ErrorShape {
  const { indication } = fault.details;
  if (indication !== 'INDETERMINATE' && indication !== 'TOTAL-FAILED') return fault;
  return { ...fault, details: { ...fault.details, indication: t(`print.verdict.${indication}`) } };
}
