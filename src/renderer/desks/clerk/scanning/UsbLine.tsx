import { Text } from '@fluentui/react-components';
import { UsbPlugRegular } from '@fluentui/react-icons/svg/usb-plug';
import type { UsbPresence } from '../../../../contract/model.ts';
import { useUsb } from '../../../app/queries.ts';
import { type Texts, useTexts } from '../../../app/texts.tsx';

/** Reasons of the USB host that pass by themselves. */
const PASSING: readonly string[] = ['host-crashed', 'host-silent'];

type Device = UsbPresence['devices'][number];
/** Keyboards, hubs and the like are nobody's business here. */
const TOLD = ['scanner', 'printer', 'token', 'reader'] as const;

function words(t: Texts, device: Device): string {
  const kind = TOLD.find((k) => device.kinds.includes(k)) ?? 'reader';
  const name = device.product || device.manufacturer;
  return name === '' ? t(`usb.kind.${kind}`) : t('usb.device', { kind: t(`usb.kind.${kind}`), name });
}

/** What of the counter's devices is plugged in by USB; nothing where there is nothing to say. */
export function UsbLine(props: { className?: string | undefined }) {
  const t = useTexts();
  const usb = useUsb();
  const told = usb.data?.devices.filter((d) => d.kinds.some((k) => k !== 'other')) ?? [];
  if (!usb.data || (usb.data.state === 'ok' && told.length === 0)) return null;
  // That a machine has no USB at all, or the program no module for it, is the admin's business.
  if (usb.data.state === 'unavailable' && !PASSING.includes(usb.data.reason)) return null;
  return (
    <Text size={200} className={props.className ?? ''} role="status" data-usb={told.length}>
      <UsbPlugRegular aria-hidden="true" />{' '}
      {usb.data.state === 'ok'
        ? t('usb.plugged', { devices: told.map((d) => words(t, d)).join(', ') })
        : t('usb.unavailable')}
    </Text>
  );
}
