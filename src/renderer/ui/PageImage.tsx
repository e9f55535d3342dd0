import { makeStyles, mergeClasses, Spinner, tokens } from '@fluentui/react-components';
import { ImageOffRegular } from '@fluentui/react-icons/svg/image-off';
import { useEffect, useRef, useState } from 'react';
import { bytesOf } from '../app/base64.ts';
import { useEngine } from '../app/engine.tsx';
import { useTexts } from '../app/texts.tsx';

const useStyles = makeStyles({
  frame: {
    display: 'grid',
    gridTemplate: 'minmax(0, 1fr) / minmax(0, 1fr)',
    placeItems: 'center',
    width: '100%',
    height: '100%',
    overflow: 'hidden',
  },
  wide: { display: 'block', overflow: 'auto' },
  wideImage: { width: '100%', display: 'block' },
  image: {
    maxWidth: '100%',
    maxHeight: '100%',
    objectFit: 'contain',
    display: 'block',
    backgroundColor: '#fff',
  },
  missing: { color: tokens.colorNeutralForeground3, fontSize: '24px' },
});

type Picture = { readonly state: 'waiting' | 'failed' } | { readonly state: 'there'; readonly url: string };

/** Fetches a page's picture once it comes into view, as a blob: address that is given back on unmount. */
function usePicture(pageId: string, variant: 'thumbnail' | 'full', visible: boolean): Picture {
  const engine = useEngine();
  const [picture, setPicture] = useState<Picture>({ state: 'waiting' });
  useEffect(() => {
    if (!visible) return;
    let url: string | null = null;
    let left = false;
    setPicture({ state: 'waiting' });
    engine.call('pages.image', { pageId, variant }).then(
      ({ mime, base64 }) => {
        if (left) return;
        url = URL.createObjectURL(new Blob([bytesOf(base64)], { type: mime }));
        setPicture({ state: 'there', url });
      },
      (error: unknown) => {
        console.warn('page picture', pageId, error);
        if (!left) setPicture({ state: 'failed' });
      },
    );
    return () => {
      left = true;
      if (url) URL.revokeObjectURL(url);
    };
  }, [engine, pageId, variant, visible]);
  return picture;
}

function useSeen(): [React.RefObject<HTMLDivElement | null>, boolean] {
  const ref = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (!ref.current || seen) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((e) => e.isIntersecting)) setSeen(true);
    });
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [seen]);
  return [ref, seen];
}

export function PageImage(props: {
  pageId: string;
  variant: 'thumbnail' | 'full';
  label: string;
  /** As wide as its frame and scrolled, instead of whole. */
  wide?: boolean;
}) {
  const styles = useStyles();
  const t = useTexts();
  const [ref, seen] = useSeen();
  const picture = usePicture(props.pageId, props.variant, seen);
  return (
    <div ref={ref} className={mergeClasses(styles.frame, props.wide && styles.wide)}>
      {picture.state === 'there' && (
        <img className={props.wide ? styles.wideImage : styles.image} src={picture.url} alt={props.label} />
      )}
      {picture.state === 'waiting' && <Spinner size="tiny" aria-label={t('page.loading')} />}
      {picture.state === 'failed' && (
        <ImageOffRegular className={styles.missing} aria-label={t('page.unreadable')} />
      )}
    </div>
  );
}
