import { makeStyles, Spinner, Text } from '@fluentui/react-components';
import { useEffect, useState } from 'react';
import type { ErrorShape } from '../../contract/errors.ts';
import { bytesOf } from '../app/base64.ts';
import { shapeOf } from '../app/faults.ts';
import { useTexts } from '../app/texts.tsx';
import { Fault } from './Fault.tsx';

const useStyles = makeStyles({
  frame: { width: '100%', height: '100%', border: 'none' },
  noViewer: { padding: '24px', textAlign: 'center' },
});

export type Paper =
  | { readonly state: 'waiting' }
  | { readonly state: 'failed'; readonly fault: ErrorShape }
  | { readonly state: 'there'; readonly url: string; readonly name: string };

interface PaperFile {
  readonly mime: string;
  readonly base64: string;
  readonly name: string;
}

/** A PDF as a blob: address, given back on unmount. `read` must be stable; null = there is none to read. */
export function usePaper(read: (() => Promise<PaperFile>) | null): Paper {
  const [paper, setPaper] = useState<Paper>({ state: 'waiting' });
  useEffect(() => {
    if (read === null) return;
    let url: string | null = null;
    let left = false;
    read().then(
      ({ mime, base64, name }) => {
        if (left) return;
        url = URL.createObjectURL(new Blob([bytesOf(base64)], { type: mime }));
        setPaper({ state: 'there', url, name });
      },
      (error: unknown) => {
        if (!left) setPaper({ state: 'failed', fault: shapeOf(error) });
      },
    );
    return () => {
      left = true;
      if (url) URL.revokeObjectURL(url);
    };
  }, [read]);
  return paper;
}

/** The paper in the browser's own viewer where it has one; it can be saved in any case. */
export function PaperView(props: { paper: Paper; title: string }) {
  const styles = useStyles();
  const t = useTexts();
  const { paper } = props;
  if (paper.state === 'waiting') return <Spinner label={t('slip.loading')} />;
  if (paper.state === 'failed') return <Fault fault={paper.fault} />;
  if (!navigator.pdfViewerEnabled) return <Text className={styles.noViewer}>{t('slip.noViewer')}</Text>;
  return <iframe className={styles.frame} src={`${paper.url}#navpanes=0&view=Fit`} title={props.title} />;
}
