import { Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { PersonClockRegular } from '@fluentui/react-icons/svg/person-clock';
import { useFormats } from '../../app/formats.ts';
import { useHotkeys } from '../../app/hotkeys.ts';
import { useKnownPerson } from '../../app/queries.ts';
import { useTexts } from '../../app/texts.tsx';
import { Keycap } from '../../ui/Keycap.tsx';
import type { ApplicantFields } from './applicant-form.ts';
import { type Remembered, remembered } from './known.ts';

const useStyles = makeStyles({
  box: {
    display: 'flex',
    alignItems: 'center',
    columnGap: '10px',
    padding: '8px 12px',
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground2,
    border: `1px solid ${tokens.colorNeutralStroke3}`,
  },
  icon: { fontSize: '20px', lineHeight: 0, color: tokens.colorBrandForeground1 },
  take: { flexShrink: 0, whiteSpace: 'nowrap' },
  words: { flexGrow: 1, minWidth: 0, display: 'flex', flexDirection: 'column', overflowWrap: 'anywhere' },
});

/** Says that a person was here before and what was written then; nothing is taken before the clerk says so. */
export function KnownOffer(props: { now: ApplicantFields; onTake: (fields: Remembered['takes']) => void }) {
  const styles = useStyles();
  const t = useTexts();
  const formats = useFormats();
  const { now, onTake } = props;
  const found = useKnownPerson(now.identityNumber.replace(/\s/g, ''));
  const person = found.data?.find((p) => p.by === 'number');
  const memory = person ? remembered(person, now) : null;
  const takes = Object.entries(memory?.takes ?? {});
  const differs = Object.entries(memory?.differs ?? {});
  const take = () => memory && takes.length > 0 && onTake(memory.takes);
  useHotkeys([['Ctrl+Enter', take]]);
  if (!person || takes.length + differs.length === 0) return null;
  const words = (entries: [string, string][]) =>
    entries
      .map(([field, value]) =>
        field === 'gender' && (value === 'male' || value === 'female' || value === 'other')
          ? t(`applicant.gender.${value}`)
          : value,
      )
      .join(' · ');
  return (
    <div className={styles.box} data-known={person.dossierId} role="status">
      <span className={styles.icon} aria-hidden="true">
        <PersonClockRegular />
      </span>
      <span className={styles.words}>
        <Text weight="semibold">
          {t('known.seen', { date: formats.date(person.lastSeenAt), n: person.dossiers })}
        </Text>
        {takes.length > 0 && <Text size={200}>{t('known.takes', { what: words(takes) })}</Text>}
        {differs.length > 0 && <Text size={200}>{t('known.differs', { what: words(differs) })}</Text>}
      </span>
      {takes.length > 0 && (
        <Button size="small" className={styles.take} data-known-take="" onClick={take}>
          {t('known.take')}&nbsp;<Keycap>Ctrl Enter</Keycap>
        </Button>
      )}
    </div>
  );
}
