import { Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { WarningFilled } from '@fluentui/react-icons/svg/warning';
import type { ComponentView, PageView } from '../../../../contract/model.ts';
import { useTexts } from '../../../app/texts.tsx';
import { Keycap } from '../../../ui/Keycap.tsx';
import { blankIn, doubtfulIn } from '../pages/doubt.ts';
import { PAGE_KEYS, type PageCommands } from '../pages/page-commands.ts';
import { chosen, type Selection } from '../pages/selection.ts';

const useStyles = makeStyles({
  bar: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: '4px 8px',
    marginLeft: '30px',
    minHeight: '24px',
  },
  doubtful: {
    display: 'flex',
    alignItems: 'center',
    columnGap: '6px',
    color: tokens.colorPaletteDarkOrangeForeground1,
    fontWeight: tokens.fontWeightSemibold,
  },
});

/** What the pages of a component need: a look at the doubtful ones, blanks set aside, something done to the chosen. */
export function PageBar(props: {
  component: ComponentView;
  pages: readonly PageView[];
  editable: boolean;
  selection: Selection | null;
  commands: PageCommands;
  onDoubtful: (componentId: string) => void;
}) {
  const styles = useStyles();
  const t = useTexts();
  const { component, commands } = props;
  const componentId = component.spec.id;
  const order = props.pages.map((p) => p.id);
  const ids = chosen(props.selection, componentId, order);
  const doubtful = doubtfulIn(component).length;
  const blanks = blankIn(component).length;
  const [only] = ids.length === 1 ? ids : [];
  if (!props.editable || (ids.length === 0 && doubtful === 0)) return null;
  const act = (label: string, key: string, run: () => void) => (
    <Button key={label} size="small" onClick={run}>
      {label}&nbsp;<Keycap>{key}</Keycap>
    </Button>
  );
  return (
    <div className={styles.bar} role="toolbar" aria-label={t('page.bar', { name: component.spec.name })}>
      {ids.length === 0 ? (
        <>
          <span className={styles.doubtful}>
            <WarningFilled aria-hidden="true" />
            <Text size={200} weight="semibold" data-doubtful-count={doubtful}>
              {t('doubt.count', { n: doubtful })}
            </Text>
          </span>
          {act(t('doubt.look'), 'F7', () => props.onDoubtful(componentId))}
          {blanks > 0 &&
            act(t('page.removeBlanks', { n: blanks }), PAGE_KEYS.blanks, () =>
              commands.removeBlanks(componentId),
            )}
        </>
      ) : (
        <>
          <Text size={200} weight="semibold" data-selected={ids.length}>
            {t('page.selected', { n: ids.length })}
          </Text>
          {act(t('page.moveTo'), PAGE_KEYS.move, () => commands.moveTo(ids))}
          {act(t('page.remove'), 'Del', () => commands.remove(ids))}
          {act(t('viewer.turnLeft'), PAGE_KEYS.left, () => commands.turn(ids, -90))}
          {act(t('viewer.turnRight'), PAGE_KEYS.right, () => commands.turn(ids, 90))}
          {only !== undefined && (
            <>
              {act(t('page.split'), PAGE_KEYS.split, () => commands.split(only))}
              {act(t('page.insertBefore'), PAGE_KEYS.before, () =>
                commands.scanAt(componentId, only, 'before'),
              )}
              {act(t('page.replace'), PAGE_KEYS.replace, () => commands.scanAt(componentId, only, 'replace'))}
            </>
          )}
          {ids.length === order.length &&
            act(t('page.merge'), PAGE_KEYS.merge, () => commands.merge(componentId))}
          {act(t('page.unselect'), 'Esc', () => commands.select(null))}
        </>
      )}
    </div>
  );
}
