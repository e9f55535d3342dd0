import { makeStyles, Text, tokens } from '@fluentui/react-components';
import type { DossierView } from '../../../../contract/model.ts';
import { useFormats } from '../../../app/formats.ts';
import { useTexts } from '../../../app/texts.tsx';

const useStyles = makeStyles({
  facts: {
    display: 'flex',
    flexDirection: 'column',
    rowGap: '2px',
    padding: '10px 12px',
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground2,
    border: `1px solid ${tokens.colorNeutralStroke3}`,
  },
});

/** What a clerk must know of where the dossier stands, beside its state. */
export function Standing(props: { dossier: DossierView }) {
  const styles = useStyles();
  const t = useTexts();
  const formats = useFormats();
  const { dossier } = props;
  const lines: string[] = [];
  if (dossier.refusalProposed)
    lines.push(t('course.refusalPending', { why: dossier.refusalProposed.reason }));
  if (dossier.state === 'supplement-asked')
    for (const [at, item] of (dossier.supplements.at(-1)?.items ?? []).entries())
      lines.push(t('course.item', { n: at + 1, item }));
  const to = dossier.forwarded.at(-1);
  if (to && dossier.state === 'processing')
    lines.push(t('course.forwardedTo', { agency: to.agency, person: to.person }));
  for (const result of dossier.results)
    lines.push(t('course.result', { name: result.name, number: result.number }));
  if (dossier.handedOut)
    lines.push(
      t('course.handedOut', {
        to: dossier.handedOut.to,
        time: formats.time(dossier.handedOut.at),
        date: formats.date(dossier.handedOut.at),
      }),
    );
  if (dossier.ended) lines.push(t('course.why', { why: dossier.ended.reason }));
  if (lines.length === 0) return null;
  return (
    <div className={styles.facts} data-standing="">
      {lines.map((line, at) => (
        // The lines have no names of their own and come in a set order.
        // biome-ignore lint/suspicious/noArrayIndexKey: two items of a supplement may read the same
        <Text key={at} size={200}>
          {line}
        </Text>
      ))}
    </div>
  );
}
