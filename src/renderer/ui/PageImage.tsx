import { makeStyles, mergeClasses, Spinner, tokens } from '@fluentui/react-components';
import { ImageOffRegular } from '@fluentui/react-icons/svg/image-off';
import { useEffect, useRef, useState } from 'react';
import type { PageView } from '../../contract/model.ts';
import { useTexts } from '../app/texts.tsx';
import { usePicture, type Variant } from './picture.ts';

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

/** A page's picture, fetched once it comes into view. */
export function PageImage(props: {
  page: Pick<PageView, 'id' | 'revision'>;
  variant: Variant;
  label: string;
  /** As wide as its frame and scrolled, instead of whole. */
  wide?: boolean;
}) {
  const styles = useStyles();
  const t = useTexts();
  const [ref, seen] = useSeen();
  const picture = usePicture(props.page, props.variant, seen);
  return (
    <div ref={ref} className={mergeClasses(styles.frame, props.wide && styles.wide)}>
      {picture.state === 'there' && (
        <img
          className={props.wide ? styles.wideImage : styles.image}
          src={picture.url}
          alt={props.label}
          draggable={false}
        />
      )}
      {picture.state === 'waiting' && props.variant !== 'thumbnail' && (
        <Spinner size="tiny" aria-label={t('page.loading')} />
      )}
      {picture.state === 'failed' && (
        <ImageOffRegular className={styles.missing} aria-label={t('page.unreadable')} />
      )}
    </div>
  );
}
