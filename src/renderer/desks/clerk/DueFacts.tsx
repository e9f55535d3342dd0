import { makeStyles, Spinner, Text, tokens } from '@fluentui/react-components';
import { CalendarClockRegular } from '@fluentui/react-icons/svg/calendar-clock';
import type { DueDate } from '../../../contract/model.ts';
import { useFormats } from '../../app/formats.ts';
import { useTexts } from '../../app/texts.tsx';

const useStyles = makeStyles({
  box: {
    display: 'grid',
    gridTemplateColumns: '24px minmax(0, 1fr)',
    columnGap: '8px',
    padding: '10px 12px',
    backgroundColor: tokens.colorNeutralBackground2,
    borderRadius: tokens.borderRadiusMedium,
    border: `1px solid ${tokens.colorNeutralStroke3}`,
  },
  icon: { fontSize: '22px', color: tokens.colorBrandForeground1, lineHeight: 0, paddingTop: '2px' },
  at: { display: 'block' },
  reasons: {
    margin: '4px 0 0',
    paddingLeft: '16px',
    color: tokens.colorNeutralForeground2,
    fontSize: tokens.fontSizeBase200,
    lineHeight: '17px',
  },
});

/** The day and hour that the citizen is promised, and why, in words. */
export function DueFacts(props: { due: DueDate | null; loading: boolean; label?: string }) {
  const styles = useStyles();
  const t = useTexts();
  const formats = useFormats();
  if (props.loading) return <Spinner size="tiny" label={t('due.loading')} />;
  const { due } = props;
  return (
    <div className={styles.box}>
      <span className={styles.icon} aria-hidden="true">
        <CalendarClockRegular />
      </span>
      <div>
        <Text size={200}>{props.label ?? t('due.label')}</Text>
        <Text weight="semibold" className={styles.at} data-due="">
          {due
            ? t('due.at', {
                time: formats.time(due.at),
                weekday: formats.weekday(due.at),
                date: formats.date(due.at),
              })
            : t('due.none')}
        </Text>
        {due && due.reasons.length > 0 && (
          <ul className={styles.reasons}>
            {due.reasons.map((reason, at) => (
              // The same rule may speak twice, in a set order.
              // biome-ignore lint/suspicious/noArrayIndexKey: reasons have no names of their own
              <li key={at}>{formats.reason(reason)}</li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
