import { makeStyles, mergeClasses, tokens, useArrowNavigationGroup } from '@fluentui/react-components';
import { memo, useRef } from 'react';
import type { PageView } from '../../../contract/model.ts';
import { useTexts } from '../../app/texts.tsx';
import { PageImage } from '../../ui/PageImage.tsx';

const useStyles = makeStyles({
  strip: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: '8px',
    margin: 0,
    padding: '0 0 0 30px',
    listStyleType: 'none',
  },
  thumb: {
    position: 'relative',
    width: '64px',
    height: '88px',
    padding: '3px',
    backgroundColor: tokens.colorNeutralBackground4,
    border: `1px solid ${tokens.colorNeutralStroke1}`,
    borderRadius: tokens.borderRadiusMedium,
    cursor: 'pointer',
    scrollMarginBlock: '16px',
    ':hover': { border: `1px solid ${tokens.colorBrandStroke1}` },
  },
  number: {
    position: 'absolute',
    insetBlockEnd: '2px',
    insetInlineEnd: '2px',
    minWidth: '18px',
    paddingInline: '4px',
    borderRadius: tokens.borderRadiusSmall,
    fontSize: '11px',
    lineHeight: '16px',
    fontFamily: tokens.fontFamilyBase,
    color: tokens.colorNeutralForegroundInverted,
    backgroundColor: tokens.colorNeutralBackgroundInverted,
  },
});

/** Pages of one component; arrows walk, Enter looks closer, Delete sets aside. */
export const Thumbnails = memo(function Thumbnails(props: {
  pages: readonly PageView[];
  name: string;
  editable: boolean;
  onView: (pageId: string) => void;
  onRemove: (pageId: string) => void;
}) {
  const styles = useStyles();
  const t = useTexts();
  const strip = useRef<HTMLUListElement>(null);
  const arrows = useArrowNavigationGroup({ axis: 'grid-linear', memorizeCurrent: true });

  function remove(pageId: string, index: number): void {
    // The focus would fall to the page's body with the button; it goes to the neighbour instead.
    const buttons = strip.current?.querySelectorAll('button');
    (buttons?.[index + 1] ?? buttons?.[index - 1])?.focus();
    props.onRemove(pageId);
  }

  return (
    <ul {...arrows} ref={strip} className={styles.strip} aria-label={t('page.strip', { name: props.name })}>
      {props.pages.map((page, index) => (
        <li key={page.id}>
          <button
            type="button"
            className={mergeClasses('own-focus', styles.thumb)}
            aria-label={t('page.open', { n: index + 1, of: props.pages.length })}
            data-page={page.id}
            onClick={() => props.onView(page.id)}
            onKeyDown={(event) => {
              if (event.key !== 'Delete' || !props.editable) return;
              event.preventDefault();
              remove(page.id, index);
            }}
          >
            <PageImage pageId={page.id} variant="thumbnail" label="" />
            <span className={styles.number} aria-hidden="true">
              {index + 1}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
});
