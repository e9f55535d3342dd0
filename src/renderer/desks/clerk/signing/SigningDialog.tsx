import { Dialog, DialogSurface, makeStyles } from '@fluentui/react-components';
import { useState } from 'react';
import { BatchView } from './BatchView.tsx';
import { type Previewed, PreviewView } from './PreviewView.tsx';
import { Review } from './Review.tsx';
import type { Signing } from './useSigning.ts';

const useStyles = makeStyles({
  surface: { width: 'min(940px, calc(100vw - 32px))', maxWidth: 'none' },
  batch: { width: 'min(640px, calc(100vw - 32px))', maxWidth: 'none' },
});

/** Signing from the review to the result, whatever stands in between. */
export function SigningDialog(props: {
  signing: Signing;
  /** The clerk wants to look at the doubtful pages of a dossier first. */
  onLook: (dossierId: string) => void;
  onClosed: () => void;
}) {
  const styles = useStyles();
  const { signing } = props;
  const { view, batch } = signing;
  const [previewed, setPreviewed] = useState<Previewed | null>(null);
  if (view.at === 'closed' || (view.at === 'batch' && batch === null)) return null;

  function close(): void {
    if (previewed !== null) setPreviewed(null);
    else if (!signing.asking) {
      signing.close();
      props.onClosed();
    }
  }
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && close()}>
      <DialogSurface
        className={view.at === 'batch' ? styles.batch : styles.surface}
        data-signing={view.at}
        onKeyDown={(event) => {
          const look = event.currentTarget.querySelector<HTMLElement>('[data-look]');
          if (event.key !== 'F7' || signing.asking || !look) return;
          event.preventDefault();
          look.click();
        }}
      >
        {view.at === 'batch' && batch !== null && <BatchView signing={{ ...signing, close }} batch={batch} />}
        {view.at === 'review' && previewed !== null && (
          <PreviewView previewed={previewed} onBack={() => setPreviewed(null)} />
        )}
        {view.at === 'review' && previewed === null && (
          <Review
            signing={{ ...signing, close }}
            dossierIds={view.dossierIds}
            onLook={(dossierId) => {
              signing.close();
              props.onLook(dossierId);
            }}
            onPreview={(dossierId, { componentId, name }, key) =>
              setPreviewed({ dossierId, componentId, name, key })
            }
          />
        )}
      </DialogSurface>
    </Dialog>
  );
}
