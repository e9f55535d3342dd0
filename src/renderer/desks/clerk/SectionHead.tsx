import { makeStyles, mergeClasses, Text, tokens } from '@fluentui/react-components';
import { CheckmarkRegular } from '@fluentui/react-icons/svg/checkmark';
import type { ReactNode } from 'react';

const useStyles = makeStyles({
  head: { display: 'flex', alignItems: 'center', columnGap: '8px', minHeight: '28px' },
  number: {
    width: '22px',
    height: '22px',
    borderRadius: '50%',
    display: 'grid',
    placeItems: 'center',
    fontSize: tokens.fontSizeBase200,
    fontWeight: tokens.fontWeightSemibold,
    border: `1px solid ${tokens.colorBrandStroke1}`,
    color: tokens.colorBrandForeground1,
    flexShrink: 0,
  },
  done: {
    backgroundColor: tokens.colorPaletteGreenBackground3,
    color: tokens.colorNeutralForegroundOnBrand,
    border: `1px solid ${tokens.colorPaletteGreenBackground3}`,
  },
  push: { marginLeft: 'auto' },
});

/** The numbered head of a part of the intake; a tick replaces the number once the part is done. */
export function SectionHead(props: {
  id: string;
  number: number;
  done: boolean;
  title: string;
  children?: ReactNode;
}) {
  const styles = useStyles();
  return (
    <div className={styles.head}>
      <span className={mergeClasses(styles.number, props.done && styles.done)} aria-hidden="true">
        {props.done ? <CheckmarkRegular /> : props.number}
      </span>
      <Text as="h3" weight="semibold" size={400} id={props.id}>
        {props.title}
      </Text>
      <span className={styles.push}>{props.children}</span>
    </div>
  );
}
