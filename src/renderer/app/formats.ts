import { useMemo } from 'react';
import { useIntl } from 'react-intl';
import type { DueDate } from '../../contract/model.ts';
import type { Duration } from '../../contract/procedures.ts';
import { textIfAny, useTexts } from './texts.tsx';

/** Dates and times as the counter shows them: dd/MM/yyyy and 24 hours, at the zone given to the texts provider. */
export function useFormats() {
  const intl = useIntl();
  const t = useTexts();
  return useMemo(() => {
    const time = (instant: string) =>
      intl.formatDate(instant, { hour: '2-digit', minute: '2-digit', hour12: false });
    const date = (instant: string) =>
      intl.formatDate(instant, { day: '2-digit', month: '2-digit', year: 'numeric' });
    const shortDate = (instant: string) => date(instant).slice(0, 'dd/MM'.length);
    const weekday = (instant: string) => intl.formatDate(instant, { weekday: 'long' });
    const duration = (d: Duration | null) =>
      d ? t(`duration.${d.unit}`, { value: d.value }) : t('duration.none');
    const reason = (r: DueDate['reasons'][number]) =>
      textIfAny(intl, r.key, r.values) ?? t('due.reason.unknown', { key: r.key });
    return { time, date, shortDate, weekday, duration, reason };
  }, [intl, t]);
}
