import { Button, makeStyles, Select, Spinner, Text, tokens } from '@fluentui/react-components';
import { ArrowSyncRegular } from '@fluentui/react-icons/svg/arrow-sync';
import { useId } from 'react';
import type { ScanSettings } from '../../../contract/model.ts';
import { useTexts } from '../../app/texts.tsx';
import { Fault } from '../../ui/Fault.tsx';
import { offeredDpis } from './scan-choice.ts';
import type { Scanners } from './useScanChoice.ts';

const useStyles = makeStyles({
  bar: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    columnGap: '10px',
    rowGap: '6px',
    padding: '6px 10px',
    margin: 0,
    minWidth: 0,
    backgroundColor: tokens.colorNeutralBackground2,
    borderRadius: tokens.borderRadiusMedium,
    border: `1px solid ${tokens.colorNeutralStroke3}`,
  },
  field: { display: 'flex', alignItems: 'center', columnGap: '6px' },
  grow: { flexGrow: 1, flexBasis: '180px', minWidth: 0, '& > .fui-Select': { flexGrow: 1, minWidth: 0 } },
  quiet: { color: tokens.colorNeutralForeground3, whiteSpace: 'nowrap' },
  note: { color: tokens.colorNeutralForeground3 },
});

/** Scanner, source, resolution and colour for the next scans; remembered on this machine. */
export function ScanBar(props: { scanners: Scanners; disabled: boolean }) {
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
          <>
            <Choice
              label={t('scan.source')}
              value={choice.settings.source}
              disabled={props.disabled}
              options={device.sources.map((s) => [s, t(`scan.source.${s}`)])}
              onChange={(source) => scanners.chooseSettings({ source: source as ScanSettings['source'] })}
            />
            <Choice
              label={t('scan.dpi')}
              value={String(choice.settings.dpi)}
              disabled={props.disabled}
              options={offeredDpis(device).map((d) => [String(d), t('scan.dpi.value', { dpi: d })])}
              onChange={(dpi) => scanners.chooseSettings({ dpi: Number(dpi) })}
            />
            <Choice
              label={t('scan.mode')}
              value={choice.settings.mode}
              disabled={props.disabled}
              options={device.modes.map((m) => [m, t(`scan.mode.${m}`)])}
              onChange={(mode) => scanners.chooseSettings({ mode: mode as ScanSettings['mode'] })}
            />
          </>
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
      </fieldset>
      {scanners.fault && <Fault fault={scanners.fault} />}
      <Text size={200} className={styles.note}>
        {t('scan.confidential')}
      </Text>
    </>
  );
}

function Choice(props: {
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
