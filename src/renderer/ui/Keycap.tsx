import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';

const useStyles = makeStyles({
  key: {
    fontFamily: tokens.fontFamilyBase,
    fontSize: tokens.fontSizeBase200,
    lineHeight: '16px',
    paddingInline: '5px',
    borderRadius: tokens.borderRadiusSmall,
    border: `1px solid ${tokens.colorNeutralStroke1}`,
    color: tokens.colorNeutralForeground2,
    backgroundColor: tokens.colorNeutralBackground1,
    whiteSpace: 'nowrap',
    fontWeight: tokens.fontWeightRegular,
  },
  onBrand: {
    color: 'inherit',
    backgroundColor: 'transparent',
    border: '1px solid currentColor',
  },
});

/** A key of the keyboard, shown beside what it does. */
export function Keycap(props: { children: string; onBrand?: boolean }) {
  const styles = useStyles();
  return (
    <span className={mergeClasses(styles.key, props.onBrand && styles.onBrand)} aria-hidden="true">
      {props.children}
    </span>
  );
}
