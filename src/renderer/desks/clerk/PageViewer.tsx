import {
  Button,
  Dialog,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
  Select,
  Text,
  tokens,
} from '@fluentui/react-components';
import { ArrowLeftRegular } from '@fluentui/react-icons/svg/arrow-left';
import { ArrowRightRegular } from '@fluentui/react-icons/svg/arrow-right';
import { ArrowUndoRegular } from '@fluentui/react-icons/svg/arrow-undo';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import { useEffect, useId, useRef, useState } from 'react';
import type { DossierView } from '../../../contract/model.ts';
import { comboOf, type Hotkeys } from '../../app/hotkeys.ts';
import { useTexts } from '../../app/texts.tsx';
import { Keycap } from '../../ui/Keycap.tsx';
import { PageImage } from '../../ui/PageImage.tsx';
import { activePages, isScannable } from './progress.ts';
import type { PageActions } from './usePageActions.ts';

const useStyles = makeStyles({
  surface: {
    width: 'min(1180px, calc(100vw - 32px))',
    maxWidth: 'none',
    height: 'calc(100vh - 32px)',
    maxHeight: 'none',
    padding: '16px 20px',
  },
  body: { height: '100%', gridTemplateRows: 'auto minmax(0, 1fr)', rowGap: '10px', maxHeight: 'none' },
  content: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr) 280px',
    columnGap: '16px',
    minHeight: 0,
    overflow: 'hidden',
    '@media (max-width: 760px)': { gridTemplateColumns: 'minmax(0, 1fr)', overflowY: 'auto' },
  },
  picture: {
    minHeight: 0,
    backgroundColor: tokens.colorNeutralBackground4,
    borderRadius: tokens.borderRadiusMedium,
    padding: '8px',
    overflow: 'hidden',
  },
  side: {
    display: 'flex',
    flexDirection: 'column',
    rowGap: '10px',
    minHeight: 0,
    overflowY: 'auto',
    padding: '2px',
  },
  row: { display: 'flex', columnGap: '8px', '& > button': { flexGrow: 1 } },
  quiet: { color: tokens.colorNeutralForeground3 },
  wide: { justifyContent: 'flex-start' },
  key: { marginLeft: 'auto' },
  undo: {
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'space-between',
    padding: '6px 10px',
    backgroundColor: tokens.colorNeutralBackground3,
    borderRadius: tokens.borderRadiusMedium,
  },
});

/** Keys work wherever the focus is, for a button that goes away takes the focus with it. */
function useViewerKeys(keys: Hotkeys): void {
  const current = useRef(keys);
  useEffect(() => {
    current.current = keys;
  });
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      if (event.target instanceof HTMLSelectElement) return;
      const combo = comboOf(event);
      const action = current.current.find(([name]) => name === combo)?.[1];
      if (!action) return;
      event.preventDefault();
      event.stopPropagation();
      action();
    }
    window.addEventListener('keydown', onKeyDown, true);
    return () => window.removeEventListener('keydown', onKeyDown, true);
  }, []);
}

interface ViewerProps {
  readonly dossier: DossierView;
  readonly pageId: string;
  readonly editable: boolean;
  readonly actions: PageActions;
  readonly onPage: (pageId: string) => void;
  readonly onClose: () => void;
}

/** One page as large as the screen allows, and everything that can be done with it, by key or by button. */
export function PageViewer(props: ViewerProps) {
  const styles = useStyles();
  const t = useTexts();
  const id = useId();
  const { dossier, pageId, actions } = props;
  const [wide, setWide] = useState(false);
  const [removed, setRemoved] = useState<string | null>(null);
  const component = dossier.components.find((c) => c.pages.some((p) => p.id === pageId));
  const pages = component ? activePages(component) : [];
  const at = pages.findIndex((p) => p.id === pageId);
  const page = pages[at];

  const show = (index: number) => {
    const to = pages[index];
    if (to) props.onPage(to.id);
  };
  const shift = (by: number) => {
    const to = at + by;
    if (component && props.editable && to >= 0 && to < pages.length)
      void actions.move(pageId, component.spec.id, to);
  };
  const remove = async () => {
    if (!props.editable) return;
    const neighbour = pages[at + 1] ?? pages[at - 1];
    if (!(await actions.remove(pageId, neighbour !== undefined))) return;
    if (neighbour) {
      setRemoved(pageId);
      props.onPage(neighbour.id);
    } else props.onClose();
  };
  const undo = async () => {
    if (removed === null || !(await actions.restore(removed))) return;
    props.onPage(removed);
    setRemoved(null);
  };
  const moveTo = (componentId: string) => {
    const target = dossier.components.find((c) => c.spec.id === componentId);
    if (target) void actions.move(pageId, componentId, activePages(target).length);
  };

  useViewerKeys([
    ['ArrowLeft', () => show(at - 1)],
    ['ArrowRight', () => show(at + 1)],
    ['Alt+ArrowLeft', () => shift(-1)],
    ['Alt+ArrowRight', () => shift(1)],
    ['Z', () => setWide(!wide)],
    ['Delete', () => void remove()],
    ['Ctrl+Z', () => void undo()],
  ]);
  if (!component || !page) return null;

  const papers = dossier.components.filter(isScannable);
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && props.onClose()}>
      <DialogSurface className={styles.surface}>
        <DialogBody className={styles.body}>
          <DialogTitle
            action={
              <Button appearance="subtle" icon={<DismissRegular />} onClick={props.onClose}>
                {t('action.close')}&nbsp;<Keycap>Esc</Keycap>
              </Button>
            }
          >
            {t('viewer.title', { n: at + 1, of: pages.length, name: component.spec.name })}
          </DialogTitle>
          <DialogContent className={styles.content}>
            <div className={styles.picture}>
              <PageImage
                key={pageId}
                pageId={pageId}
                variant="full"
                wide={wide}
                label={t('page.label', { n: at + 1, name: component.spec.name })}
              />
            </div>
            <div className={styles.side}>
              <div className={styles.row}>
                <Button icon={<ArrowLeftRegular />} disabledFocusable={at === 0} onClick={() => show(at - 1)}>
                  {t('viewer.previous')}
                </Button>
                <Button
                  icon={<ArrowRightRegular />}
                  iconPosition="after"
                  disabledFocusable={at === pages.length - 1}
                  onClick={() => show(at + 1)}
                >
                  {t('viewer.next')}
                </Button>
              </div>
              <Button className={styles.wide} aria-pressed={wide} onClick={() => setWide(!wide)}>
                {wide ? t('viewer.whole') : t('viewer.wide')}
                <span className={styles.key}>
                  <Keycap>Z</Keycap>
                </span>
              </Button>
              <Text size={200} className={styles.quiet}>
                {t('viewer.facts', {
                  width: page.width,
                  height: page.height,
                  dpi: page.dpi,
                  angle: Math.round(Math.abs(page.treatment.straightenedBy) * 10) / 10,
                })}
              </Text>
              {props.editable && (
                <>
                  <Button className={styles.wide} disabledFocusable={at === 0} onClick={() => shift(-1)}>
                    {t('viewer.moveLeft')}
                    <span className={styles.key}>
                      <Keycap>Alt ←</Keycap>
                    </span>
                  </Button>
                  <Button
                    className={styles.wide}
                    disabledFocusable={at === pages.length - 1}
                    onClick={() => shift(1)}
                  >
                    {t('viewer.moveRight')}
                    <span className={styles.key}>
                      <Keycap>Alt →</Keycap>
                    </span>
                  </Button>
                  <label htmlFor={`${id}-to`}>{t('viewer.moveTo')}</label>
                  <Select
                    id={`${id}-to`}
                    value={component.spec.id}
                    onChange={(_, data) => moveTo(data.value)}
                  >
                    {papers.map((c) => (
                      <option key={c.spec.id} value={c.spec.id}>
                        {c.spec.name}
                      </option>
                    ))}
                  </Select>
                  <Button className={styles.wide} icon={<DeleteRegular />} onClick={() => void remove()}>
                    {t('viewer.remove')}
                    <span className={styles.key}>
                      <Keycap>Delete</Keycap>
                    </span>
                  </Button>
                </>
              )}
              {removed !== null && (
                <div className={styles.undo} role="status">
                  {t('page.removed')}
                  <Button size="small" icon={<ArrowUndoRegular />} onClick={() => void undo()}>
                    {t('page.undo')}&nbsp;<Keycap>Ctrl Z</Keycap>
                  </Button>
                </div>
              )}
            </div>
          </DialogContent>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
