import { Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { WarningFilled } from '@fluentui/react-icons/svg/warning';
import type { PageView } from '../../../../contract/model.ts';
import { useTexts } from '../../../app/texts.tsx';
import { Keycap } from '../../../ui/Keycap.tsx';

const useStyles = makeStyles({
  box: {
    display: 'flex',
    flexDirection: 'column',
    rowGap: '6px',
    padding: '8px 10px',
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorPaletteDarkOrangeBackground1,
    border: `1px solid ${tokens.colorPaletteDarkOrangeBorder2}`,
  },
  head: {
    display: 'flex',
    alignItems: 'center',
    columnGap: '6px',
    color: tokens.colorPaletteDarkOrangeForeground1,
  },
  reasons: { margin: 0, paddingLeft: '18px', color: tokens.colorNeutralForeground1 },
  help: { color: tokens.colorNeutralForeground2 },
  wide: { justifyContent: 'flex-start' },
  key: { marginLeft: 'auto' },
  left: { marginLeft: 'auto', whiteSpace: 'nowrap' },
});

/** Why a page deserves a second look, what helps, and the keys for it. */
export function DoubtBox(props: {
  page: PageView;
  /** Doubtful pages of the dossier, this one among them. */
  left: number;
  onStand: () => void;
  onReplace: () => void;
  onRemove: () => void;
}) {
  const styles = useStyles();
  const t = useTexts();
  const { flags } = props.page.findings;
  const blank = flags.includes('blank');
  return (
    <section className={styles.box} aria-label={t('doubt.label')} data-doubt={flags.join(' ')}>
      <span className={styles.head}>
        <WarningFilled aria-hidden="true" />
        <Text weight="semibold">{t('doubt.heading')}</Text>
        <Text size={200} className={styles.left}>
          {t('doubt.left', { n: props.left })}
        </Text>
      </span>
      <ul className={styles.reasons}>
        {flags.map((flag) => (
          <li key={flag}>
            {t(`flag.${flag}`)}. <span className={styles.help}>{t(`flag.${flag}.help`)}</span>
          </li>
        ))}
      </ul>
      <Button className={styles.wide} appearance={blank ? 'secondary' : 'primary'} onClick={props.onStand}>
        {t('doubt.stand')}
        <span className={styles.key}>
          <Keycap onBrand={!blank}>Enter</Keycap>
        </span>
      </Button>
      <Button className={styles.wide} appearance={blank ? 'primary' : 'secondary'} onClick={props.onRemove}>
        {t('viewer.remove')}
        <span className={styles.key}>
          <Keycap onBrand={blank}>Delete</Keycap>
        </span>
      </Button>
      {!blank && (
        <Button className={styles.wide} onClick={props.onReplace}>
          {t('page.replace')}
          <span className={styles.key}>
            <Keycap>R</Keycap>
          </span>
        </Button>
      )}
    </section>
  );
}
