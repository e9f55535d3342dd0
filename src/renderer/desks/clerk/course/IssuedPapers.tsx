import { Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { DocumentRegular } from '@fluentui/react-icons/svg/document';
import { PrintRegular } from '@fluentui/react-icons/svg/print';
import type { DossierView } from '../../../../contract/model.ts';
import { useFormats } from '../../../app/formats.ts';
import { useTexts } from '../../../app/texts.tsx';
import { paperName } from './course.ts';
import type { Course } from './useCourse.ts';

const useStyles = makeStyles({
  list: { margin: 0, padding: 0, listStyleType: 'none', display: 'flex', flexDirection: 'column' },
  line: { display: 'flex', alignItems: 'center', columnGap: '4px' },
  view: { flexGrow: 1, minWidth: 0, justifyContent: 'flex-start', paddingInline: '6px', textAlign: 'left' },
  words: { display: 'flex', flexDirection: 'column', minWidth: 0, fontWeight: tokens.fontWeightRegular },
  quiet: { color: tokens.colorNeutralForeground3 },
});

/** Papers that the counter issued about the dossier, and results that are kept here, each to be seen and printed. */
export function IssuedPapers(props: { dossier: DossierView; course: Course }) {
  const styles = useStyles();
  const t = useTexts();
  const formats = useFormats();
  const { dossier, course } = props;
  const papers = dossier.papers.map((paper) => ({
    documentId: paper.documentId,
    name: paperName(t, paper),
    at: paper.at,
  }));
  const results = dossier.results.flatMap(({ documentId, name }) =>
    documentId === null ? [] : [{ documentId, name, at: null }],
  );
  const all = [...papers, ...results];
  if (all.length === 0) return null;
  return (
    <section aria-labelledby="issued-title">
      <Text as="h3" size={200} weight="semibold" id="issued-title">
        {t('course.papers')}
      </Text>
      <ul className={styles.list}>
        {all.map(({ documentId, name, at }) => (
          <li key={documentId} className={styles.line}>
            <Button
              size="small"
              appearance="subtle"
              className={styles.view}
              icon={<DocumentRegular />}
              data-issued={documentId}
              onClick={() => course.show({ at: 'paper', document: { documentId, name } })}
            >
              <span className={styles.words}>
                {name}
                {at !== null && (
                  <Text size={100} className={styles.quiet}>
                    {formats.time(at)} {formats.date(at)}
                  </Text>
                )}
              </span>
            </Button>
            <Button
              size="small"
              appearance="subtle"
              icon={<PrintRegular />}
              aria-label={t('print.document', { name })}
              title={t('print.document', { name })}
              data-issued-print={documentId}
              onClick={() => course.print({ documentId, name })}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
