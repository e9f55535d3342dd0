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
  ProgressBar,
  Select,
  SpinButton,
  Spinner,
  Text,
} from '@fluentui/react-components';
import { type FormEvent, useEffect, useState } from 'react';
import type { ScanSettings } from '../../../../contract/model.ts';
import { shapeOf } from '../../../app/faults.ts';
import { usePrinters } from '../../../app/queries.ts';
import { useTexts } from '../../../app/texts.tsx';
import { Fault } from '../../../ui/Fault.tsx';
import { Keycap } from '../../../ui/Keycap.tsx';
import { focusSoon } from '../focus.ts';
import { offeredDpis } from '../scanning/scan-choice.ts';
import type { Scanners } from '../scanning/useScanChoice.ts';
import type { Copy } from './useCopy.ts';

const useStyles = makeStyles({
  grid: {
    display: 'grid',
    gridTemplateColumns: 'repeat(6, minmax(0, 1fr))',
    gap: '10px 12px',
    '@media (max-width: 560px)': { gridTemplateColumns: 'minmax(0, 1fr)' },
  },
  half: { gridColumn: 'span 3' },
  third: { gridColumn: 'span 2' },
  whole: { gridColumn: '1 / -1' },
});

/** Which printer was used last, for all that prints from the screen. */
export const PRINTER_KEY = 'counter.printer';
const MOST_COPIES = 99;

/** Scan and print, as a photocopier does. */
export function CopyDialog(props: { scanners: Scanners; copy: Copy; onClose: () => void }) {
  const styles = useStyles();
  const t = useTexts();
  const { scanners, copy } = props;
  const { state } = copy;
  const printers = usePrinters();
  const [wanted, setWanted] = useState(() => localStorage.getItem(PRINTER_KEY) ?? '');
  const [copies, setCopies] = useState(1);
  const [own, setOwn] = useState<Partial<ScanSettings>>({});
  const printer = printers.data?.find((p) => p.uri === wanted) ?? printers.data?.[0];
  const device = scanners.devices.find((d) => d.uri === scanners.choice?.device);
  const settings = scanners.choice && { ...scanners.choice.settings, ...own };
  const running = state.phase === 'running';
  useEffect(() => focusSoon('[data-copies]'), []);

  function start(event: FormEvent): void {
    event.preventDefault();
    if (!device || !settings || !printer || running) return;
    localStorage.setItem(PRINTER_KEY, printer.uri);
    copy.start({ device: device.uri, settings, printer: printer.uri, copies });
  }
  function close(): void {
    copy.dismiss();
    props.onClose();
  }

  return (
    <Dialog open onOpenChange={(_, data) => !data.open && close()}>
      <DialogSurface>
        <form onSubmit={start} noValidate>
          <DialogBody>
            <DialogTitle>{t('copy.title')}</DialogTitle>
            <DialogContent className={styles.grid}>
              <Text className={styles.whole}>{t('copy.text')}</Text>
              <Field className={styles.half} label={t('scan.device')}>
                <Select
                  value={device?.uri ?? ''}
                  disabled={running || !device}
                  onChange={(_, data) => scanners.chooseDevice(data.value)}
                >
                  {!device && <option value="">{t('scan.none')}</option>}
                  {scanners.devices.map((d) => (
                    <option key={d.uri} value={d.uri}>
                      {d.name || d.uri}
                    </option>
                  ))}
                </Select>
              </Field>
              <Field className={styles.half} label={t('copy.printer')}>
                <Select
                  value={printer?.uri ?? ''}
                  disabled={running || !printer}
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
              {device && settings && (
                <>
                  <Field className={styles.third} label={t('scan.source')}>
                    <Select
                      value={settings.source}
                      disabled={running}
                      onChange={(_, data) => setOwn({ ...own, source: data.value as ScanSettings['source'] })}
                    >
                      {device.sources.map((s) => (
                        <option key={s} value={s}>
                          {t(`scan.source.${s}`)}
                        </option>
                      ))}
                    </Select>
                  </Field>
                  <Field className={styles.third} label={t('scan.dpi')}>
                    <Select
                      value={String(settings.dpi)}
                      disabled={running}
                      onChange={(_, data) => setOwn({ ...own, dpi: Number(data.value) })}
                    >
                      {offeredDpis(device).map((d) => (
                        <option key={d} value={d}>
                          {t('scan.dpi.value', { dpi: d })}
                        </option>
                      ))}
                    </Select>
                  </Field>
                  <Field className={styles.third} label={t('scan.mode')}>
                    <Select
                      value={settings.mode}
                      disabled={running}
                      onChange={(_, data) => setOwn({ ...own, mode: data.value as ScanSettings['mode'] })}
                    >
                      {device.modes.map((m) => (
                        <option key={m} value={m}>
                          {t(`scan.mode.${m}`)}
                        </option>
                      ))}
                    </Select>
                  </Field>
                </>
              )}
              <Field className={styles.third} label={t('copy.copies')}>
                <SpinButton
                  data-copies=""
                  min={1}
                  max={MOST_COPIES}
                  value={copies}
                  disabled={running}
                  onChange={(_, data) => {
                    const typed = data.value ?? Number.parseInt(data.displayValue ?? '', 10);
                    if (Number.isInteger(typed)) setCopies(Math.max(1, Math.min(MOST_COPIES, typed)));
                  }}
                />
              </Field>
              <div className={styles.whole}>
                {printers.isPending && <Spinner size="tiny" label={t('copy.loading')} />}
                {printers.error && <Fault fault={shapeOf(printers.error)} />}
                {state.phase === 'failed' && <Fault fault={state.fault} onDismiss={copy.dismiss} />}
                {state.phase === 'finished' && (
                  <MessageBar intent="success" role="status">
                    <MessageBarBody>
                      {t('copy.done', { pages: state.pages, copies: state.copies })}
                    </MessageBarBody>
                  </MessageBar>
                )}
                {running && (
                  <div role="status" data-copy-stage={state.stage}>
                    <Text>
                      {state.stopping ? t('copy.stopping') : t(`copy.${state.stage}`, { pages: state.pages })}
                    </Text>
                    <ProgressBar aria-label={t('copy.title')} />
                  </div>
                )}
              </div>
            </DialogContent>
            <DialogActions>
              {running ? (
                <Button
                  disabled={state.stopping || state.copyId === null}
                  data-copy-stop=""
                  onClick={copy.stop}
                >
                  {t('copy.stop')}
                </Button>
              ) : (
                <Button appearance="primary" type="submit" disabled={!device || !printer}>
                  {t('copy.start')}&nbsp;<Keycap onBrand>Enter</Keycap>
                </Button>
              )}
              <Button onClick={close}>
                {t('action.close')}&nbsp;<Keycap>Esc</Keycap>
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
