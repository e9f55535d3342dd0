import { Button, makeStyles, ProgressBar, Text } from '@fluentui/react-components';
import { DocumentArrowUpRegular } from '@fluentui/react-icons/svg/document-arrow-up';
import { useTexts } from '../../../app/texts.tsx';
import { Fault } from '../../../ui/Fault.tsx';
import type { Imports, ShownImport } from './useImports.ts';

const useStyles = makeStyles({
  line: { display: 'flex', alignItems: 'center', columnGap: '10px', marginLeft: '30px' },
  name: { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', minWidth: 0 },
  state: { whiteSpace: 'nowrap', flexShrink: 0 },
  bar: { flexGrow: 1, flexBasis: 0, minWidth: '40px' },
  still: { flexShrink: 0 },
});

/** The files on their way into a component, each with where it stands or what is wrong with it. */
export function ImportLines(props: {
  imports: readonly ShownImport[];
  onImports: Pick<Imports, 'dismiss' | 'again'>;
}) {
  const styles = useStyles();
  const t = useTexts();
  return props.imports.map(({ item, state }) => {
    if (state.phase === 'failed') {
      return (
        <Fault
          key={item.key}
          fault={state.fault}
          extra={<strong>{t('import.file', { name: item.name })}</strong>}
          next={state.fault.code === 'IMAGE_UNREADABLE' ? t('import.help') : undefined}
          actions={<Button onClick={() => props.onImports.again(item.key)}>{t('import.again')}</Button>}
          onDismiss={() => props.onImports.dismiss(item.key)}
        />
      );
    }
    return (
      <div key={item.key} className={styles.line} data-import={state.phase}>
        <DocumentArrowUpRegular fontSize={18} aria-hidden="true" />
        <Text size={200} className={styles.name} title={item.name}>
          {item.name}
        </Text>
        <Text size={200} className={styles.state}>
          {state.phase === 'reading'
            ? t('import.reading', { pages: state.pages })
            : state.phase === 'sending'
              ? t('import.sending', { percent: Math.round(state.share * 100) })
              : t('import.waiting')}
        </Text>
        <ProgressBar
          className={styles.bar}
          aria-label={t('import.progress', { name: item.name })}
          {...(state.phase === 'sending' ? { value: state.share } : {})}
        />
        <Button
          size="small"
          appearance="subtle"
          className={styles.still}
          aria-label={t('import.stopFile', { name: item.name })}
          onClick={() => props.onImports.dismiss(item.key)}
        >
          {t('import.stop')}
        </Button>
      </div>
    );
  });
}
