import { Button, Checkbox, makeStyles, Select, Spinner, Text, tokens } from '@fluentui/react-components';
import { ArrowSyncRegular } from '@fluentui/react-icons/svg/arrow-sync';
import { useId } from 'react';
import type { ScannerDevice, ScanSettings } from '../../../../contract/model.ts';
import { useTexts } from '../../../app/texts.tsx';
import { Fault } from '../../../ui/Fault.tsx';
import { offeredDpis } from './scan-choice.ts';
import { UsbLine } from './UsbLine.tsx';
import type { Choice as ScanChoice, Scanners } from './useScanChoice.ts';

const useStyles = makeStyles({
  bar: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    columnGap: '10px',
    rowGap: '4px',
    padding: '6px 10px',
    margin: 0,
    minWidth: 0,
    backgroundColor: tokens.colorNeutralBackground2,
    borderRadius: tokens.borderRadiusMedium,
    border: `1px solid ${tokens.colorNeutralStroke3}`,
  },
  field: { display: 'flex', alignItems: 'center', columnGap: '6px' },
  grow: { flexGrow: 1, flexBasis: '200px', minWidth: 0, '& > .fui-Select': { flexGrow: 1, minWidth: 0 } },
  quiet: { color: tokens.colorNeutralForeground3, whiteSpace: 'nowrap' },
  line: {
    flexBasis: '100%',
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    columnGap: '14px',
    color: tokens.colorNeutralForeground3,
  },
  check: {
    minHeight: '24px',
    '& .fui-Checkbox__indicator': { marginBlock: '4px', marginInline: '0 6px' },
    '& .fui-Checkbox__label': { padding: 0, fontSize: tokens.fontSizeBase200, lineHeight: '24px' },
  },
});

type Source = ScanSettings['source'] | 'by-hand';

/** A feeder that reads one side can still read both: fronts first, then the backs. */
function offeredSources(device: ScannerDevice): Source[] {
  const byHand = device.sources.includes('adf') && !device.sources.includes('adf-duplex');
  return byHand ? [...device.sources, 'by-hand'] : [...device.sources];
}

/** How the next scan is done: device, source, resolution, colour, and where these settings come from. */
export function ScanBar(props: { scanners: Scanners; disabled: boolean; children?: React.ReactNode }) {
  const styles = useStyles();
  const t = useTexts();
  const id = useId();
  const { scanners } = props;
  const { choice } = scanners;
  const device = scanners.devices.find((d) => d.uri === choice?.device);
  return (
    <>
      <fieldset className={styles.bar} aria-label={t('scan.bar')}>
        <span className={`${styles.field} ${styles.grow}`}>
          <label className={styles.quiet} htmlFor={`${id}-device`}>
            {t('scan.device')}
          </label>
          <Select
            id={`${id}-device`}
            size="small"
            disabled={props.disabled || !device}
            value={choice?.device ?? ''}
            onChange={(_, data) => scanners.chooseDevice(data.value)}
          >
            {!device && <option value="">{scanners.loading ? t('scan.loading') : t('scan.none')}</option>}
            {scanners.devices.map((d) => (
              <option key={d.uri} value={d.uri}>
                {d.name || d.uri}
              </option>
            ))}
          </Select>
        </span>
        {choice && device && (
          <Settings
            choice={choice}
            device={device}
            disabled={props.disabled}
            onChange={(source) => {
              if (source === 'by-hand') scanners.change({ source: 'adf', byHand: true });
              else scanners.change({ source, byHand: false });
            }}
            scanners={scanners}
          />
        )}
        <Button
          size="small"
          appearance="subtle"
          icon={scanners.searching ? <Spinner size="extra-tiny" /> : <ArrowSyncRegular />}
          disabled={props.disabled || scanners.searching}
          onClick={scanners.search}
        >
          {scanners.searching ? t('scan.searching') : t('scan.search')}
        </Button>
        {choice && (
          <div className={styles.line}>
            <Text size={200} data-profile={choice.from}>
              {t(`scan.from.${choice.from}`)}
            </Text>
            <Checkbox
              className={styles.check}
              checked={choice.separate}
              disabled={props.disabled}
              label={t('scan.separate')}
              title={t('scan.separate.note')}
              onChange={(_, data) => scanners.setSeparate(data.checked === true)}
            />
            <Checkbox
              className={styles.check}
              checked={choice.autoColour}
              disabled={props.disabled}
              label={t('scan.autoColour')}
              title={t('scan.autoColour.note')}
              onChange={(_, data) => scanners.change({ autoColour: data.checked === true })}
            />
          </div>
        )}
        {choice?.autoColour && (
          <Text size={200} className={styles.line}>
            {t('scan.autoColour.note')}
          </Text>
        )}
        <UsbLine className={styles.line} />
        {props.children}
      </fieldset>
      {scanners.fault && <Fault fault={scanners.fault} />}
    </>
  );
}

function Settings(props: {
  choice: ScanChoice;
  device: ScannerDevice;
  disabled: boolean;
  scanners: Scanners;
  onChange: (source: Source) => void;
}) {
  const t = useTexts();
  const { choice, device, disabled, scanners } = props;
  return (
    <>
      <Pick
        label={t('scan.source')}
        value={choice.byHand ? 'by-hand' : choice.settings.source}
        disabled={disabled}
        options={offeredSources(device).map((s) => [s, t(`scan.source.${s}`)])}
        onChange={(source) => props.onChange(source as Source)}
      />
      <Pick
        label={t('scan.dpi')}
        value={String(choice.settings.dpi)}
        disabled={disabled}
        options={offeredDpis(device).map((d) => [String(d), t('scan.dpi.value', { dpi: d })])}
        onChange={(dpi) => scanners.change({ dpi: Number(dpi) })}
      />
      <Pick
        label={t('scan.mode')}
        value={choice.settings.mode}
        disabled={disabled}
        options={device.modes.map((m) => [m, t(`scan.mode.${m}`)])}
        onChange={(mode) => scanners.change({ mode: mode as ScanSettings['mode'] })}
      />
    </>
  );
}

function Pick(props: {
  label: string;
  value: string;
  disabled: boolean;
  options: readonly (readonly [string, string])[];
  onChange: (value: string) => void;
}) {
  return (
    <Select
      size="small"
      aria-label={props.label}
      title={props.label}
      value={props.value}
      disabled={props.disabled}
      onChange={(_, data) => props.onChange(data.value)}
    >
      {props.options.map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </Select>
  );
}
