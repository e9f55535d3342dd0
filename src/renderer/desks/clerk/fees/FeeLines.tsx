import { Button, Input, makeStyles, Text, tokens } from '@fluentui/react-components';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import { useIntl } from 'react-intl';
import { useTexts } from '../../../app/texts.tsx';
import { type FeeDraft, lineOf, netOf } from './fees.ts';

const useStyles = makeStyles({
  table: { borderCollapse: 'collapse', width: '100%' },
  head: {
    textAlign: 'left',
    fontSize: tokens.fontSizeBase200,
    fontWeight: tokens.fontWeightRegular,
    color: tokens.colorNeutralForeground3,
    padding: '2px 4px',
  },
  cell: { padding: '2px 4px', verticalAlign: 'top' },
  money: { width: '112px' },
  count: { width: '64px' },
  sum: { textAlign: 'right', whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums', paddingTop: '8px' },
  full: { width: '100%', minWidth: 0 },
  problem: { color: tokens.colorPaletteRedForeground1 },
});

/** Lines of what the dossier costs, to be typed into. */
export function FeeLines(props: {
  lines: readonly FeeDraft[];
  /** Problems are named once the person wants to go on. */
  asked: boolean;
  onChange: (lines: readonly FeeDraft[]) => void;
}) {
  const styles = useStyles();
  const t = useTexts();
  const intl = useIntl();
  const { lines, onChange } = props;
  const set = (at: number, change: Partial<FeeDraft>) =>
    onChange(lines.map((line, i) => (i === at ? { ...line, ...change } : line)));
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          {(['name', 'amount', 'quantity', 'off', 'reason', 'net'] as const).map((column) => (
            <th key={column} scope="col" className={styles.head}>
              {t(`fees.column.${column}`)}
            </th>
          ))}
          <td />
        </tr>
      </thead>
      <tbody>
        {lines.map((draft, at) => {
          const line = lineOf(draft);
          const problem = typeof line === 'string' ? line : null;
          const input = (field: 'name' | 'amount' | 'quantity' | 'off' | 'reason', most: number) => (
            <Input
              className={styles.full}
              input={{ className: styles.full }}
              size="small"
              value={draft[field]}
              maxLength={most}
              aria-label={t(`fees.column.${field}`)}
              aria-invalid={props.asked && problem === field}
              data-fee={`${field}-${at}`}
              onChange={(_, data) => set(at, { [field]: data.value })}
            />
          );
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: two lines may be alike, and stay in their places
            <tr key={at}>
              <td className={styles.cell}>
                {input('name', 500)}
                {props.asked && problem && (
                  <Text size={200} className={styles.problem} role="alert" data-fee-problem={problem}>
                    {t(`fees.problem.${problem}`)}
                  </Text>
                )}
              </td>
              <td className={styles.cell}>
                <div className={styles.money}>{input('amount', 20)}</div>
              </td>
              <td className={styles.cell}>
                <div className={styles.count}>{input('quantity', 5)}</div>
              </td>
              <td className={styles.cell}>
                <div className={styles.money}>{input('off', 20)}</div>
              </td>
              <td className={styles.cell}>{input('reason', 500)}</td>
              <td className={styles.cell}>
                <div className={styles.sum}>
                  {typeof line === 'string' ? '–' : intl.formatNumber(netOf(line))}
                </div>
              </td>
              <td className={styles.cell}>
                <Button
                  size="small"
                  appearance="subtle"
                  icon={<DeleteRegular />}
                  aria-label={t('fees.remove', { name: draft.name })}
                  onClick={() => onChange(lines.filter((_, i) => i !== at))}
                />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
