import { Badge, Button, makeStyles, Text, Tooltip, tokens } from '@fluentui/react-components';
import { CloudCheckmarkRegular } from '@fluentui/react-icons/svg/cloud-checkmark';
import { CloudOffRegular } from '@fluentui/react-icons/svg/cloud-off';
import { LocalLanguageRegular } from '@fluentui/react-icons/svg/local-language';
import { PersonRegular } from '@fluentui/react-icons/svg/person';
import type { ReactNode } from 'react';
import type { Output } from '../../contract/operations.ts';
import { useOutbox } from './queries.ts';
import { type Language, useTexts } from './texts.tsx';

const useStyles = makeStyles({
  bar: {
    display: 'flex',
    alignItems: 'center',
    columnGap: '12px',
    minHeight: '44px',
    '@media (max-width: 760px)': { flexWrap: 'wrap', paddingBlock: '6px' },
    paddingInline: '16px',
    backgroundColor: tokens.colorNeutralBackground1,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  mark: {
    width: '24px',
    height: '24px',
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorBrandBackground,
    color: tokens.colorNeutralForegroundOnBrand,
    display: 'grid',
    placeItems: 'center',
    fontWeight: tokens.fontWeightBold,
    fontSize: '13px',
    flexShrink: 0,
  },
  unit: {
    color: tokens.colorNeutralForeground2,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
  },
  name: { whiteSpace: 'nowrap' },
  push: { flexGrow: 1 },
  item: { display: 'flex', alignItems: 'center', columnGap: '6px', whiteSpace: 'nowrap' },
  online: { color: tokens.colorPaletteGreenForeground1, fontSize: '18px' },
  offline: { color: tokens.colorPaletteDarkOrangeForeground1, fontSize: '18px' },
});

export function TopBar(props: {
  session: Output<'session.info'>;
  language: Language;
  onLanguage: (language: Language) => void;
  /** Work that goes on behind what is on the screen. */
  children?: ReactNode;
}) {
  const styles = useStyles();
  const t = useTexts();
  const outbox = useOutbox();
  const { session } = props;
  const other: Language = props.language === 'vi' ? 'en' : 'vi';
  const online = outbox.data?.online ?? true;
  return (
    <header className={styles.bar}>
      <span className={styles.mark} aria-hidden="true">
        1
      </span>
      <Text weight="semibold" as="h1" size={300} className={styles.name}>
        {t('app.name')}
      </Text>
      <span className={styles.unit}>{session.unit.name}</span>
      {session.training && (
        <Badge appearance="filled" color="warning">
          {t('app.training')}
        </Badge>
      )}
      <span className={styles.push} />
      {props.children}
      <span className={styles.item} role="status">
        {online ? (
          <CloudCheckmarkRegular className={styles.online} />
        ) : (
          <CloudOffRegular className={styles.offline} />
        )}
        {online ? t('app.online') : t('app.offline')}
      </span>
      <span className={styles.item}>
        <PersonRegular fontSize={18} />
        {t('app.user', { user: session.user, counter: session.counter })}
      </span>
      <Tooltip content={t('app.language.switch')} relationship="description">
        <Button
          size="small"
          appearance="subtle"
          icon={<LocalLanguageRegular />}
          lang={other}
          onClick={() => props.onLanguage(other)}
        >
          {t('app.language.other')}
        </Button>
      </Tooltip>
    </header>
  );
}
