import {
  Dialog,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Input,
  makeStyles,
  mergeClasses,
  Text,
  tokens,
} from '@fluentui/react-components';
import { type KeyboardEvent, useEffect, useId, useState } from 'react';
import type { DossierView } from '../../../../contract/model.ts';
import { useTexts } from '../../../app/texts.tsx';
import { Keycap } from '../../../ui/Keycap.tsx';
import { focusSoon } from '../focus.ts';
import { activePages, isScannable } from '../progress.ts';

const useStyles = makeStyles({
  content: { display: 'flex', flexDirection: 'column', rowGap: '8px' },
  list: { maxHeight: '50vh', overflowY: 'auto', padding: '2px' },
  option: {
    display: 'flex',
    columnGap: '12px',
    alignItems: 'center',
    minHeight: '36px',
    padding: '4px 10px',
    borderRadius: tokens.borderRadiusMedium,
    cursor: 'pointer',
    border: '1px solid transparent',
    ':hover': { backgroundColor: tokens.colorNeutralBackground1Hover },
  },
  active: {
    backgroundColor: tokens.colorBrandBackground2,
    boxShadow: `inset 3px 0 0 ${tokens.colorBrandForeground1}`,
    '@media (forced-colors: active)': { border: '1px solid Highlight' },
  },
  name: { flexGrow: 1 },
  quiet: { color: tokens.colorNeutralForeground3, whiteSpace: 'nowrap' },
});

/** Letters without marks, for typing ahead. */
function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/\u0111/gi, 'd')
    .toLowerCase();
}

/** Which paper the pages belong to: type a few letters, or walk with the arrows. */
export function MoveDialog(props: {
  dossier: DossierView;
  pageIds: readonly string[];
  onMove: (componentId: string) => void;
  onClose: () => void;
}) {
  const styles = useStyles();
  const t = useTexts();
  const listId = useId();
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const { dossier, pageIds } = props;
  // The paper that all of them are in already is no place to go to.
  const source = dossier.components.filter((c) => c.pages.some((p) => pageIds.includes(p.id)));
  const papers = dossier.components.filter((c) => isScannable(c) && (source.length !== 1 || c !== source[0]));
  const hits = papers.filter((c) => fold(c.spec.name).includes(fold(text.trim())));
  const at = Math.min(active, Math.max(0, hits.length - 1));
  useEffect(() => focusSoon('[data-move-search]'), []);

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const by = event.key === 'ArrowDown' ? 1 : -1;
      setActive(Math.max(0, Math.min(hits.length - 1, at + by)));
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      const hit = hits[at];
      if (hit) props.onMove(hit.spec.id);
    }
  }

  return (
    <Dialog open onOpenChange={(_, data) => !data.open && props.onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t('move.title', { n: pageIds.length })}</DialogTitle>
          <DialogContent className={styles.content}>
            <Input
              value={text}
              data-move-search=""
              role="combobox"
              aria-expanded="true"
              aria-autocomplete="list"
              aria-controls={listId}
              aria-activedescendant={hits.length > 0 ? `${listId}-${at}` : undefined}
              aria-label={t('move.search')}
              placeholder={t('move.search')}
              maxLength={100}
              onChange={(_, data) => {
                setText(data.value);
                setActive(0);
              }}
              onKeyDown={onKeyDown}
            />
            {hits.length === 0 && <Text>{t('move.none')}</Text>}
            <div id={listId} role="listbox" aria-label={t('move.list')} className={styles.list}>
              {hits.map((c, index) => (
                // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the combobox
                <div
                  key={c.spec.id}
                  id={`${listId}-${index}`}
                  role="option"
                  tabIndex={-1}
                  aria-selected={index === at}
                  data-move-to={c.spec.id}
                  className={mergeClasses(styles.option, index === at && styles.active)}
                  onMouseDown={(event) => event.preventDefault()}
                  onClick={() => props.onMove(c.spec.id)}
                >
                  <span className={styles.name}>{c.spec.name}</span>
                  <Text size={200} className={styles.quiet}>
                    {t('move.pages', { pages: activePages(c).length })}
                  </Text>
                </div>
              ))}
            </div>
            <Text size={200} className={styles.quiet}>
              <Keycap>↑</Keycap> <Keycap>↓</Keycap> <Keycap>Enter</Keycap> <Keycap>Esc</Keycap>
            </Text>
          </DialogContent>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
