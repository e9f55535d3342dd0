import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useMemo, useRef, useState } from 'react';
import type { PageView } from '../../../../contract/model.ts';
import { comboOf } from '../../../app/hotkeys.ts';
import { useTexts } from '../../../app/texts.tsx';
import { arrowTo, CELL, useColumns } from './columns.ts';
import { indexAmongOthers, isPages, putPages, takePages } from './drag.ts';
import { PAGE_KEYS, type PageCommands } from './page-commands.ts';
import { chosen, pick, pickAll, type Selection } from './selection.ts';
import { Thumb } from './Thumb.tsx';

/** More pages than this scroll in a frame of their own, of which only what is in view is drawn. */
const MOST_UNSCROLLED = 60;

const useStyles = makeStyles({
  frame: { marginLeft: '23px', padding: '3px 7px' },
  scroll: {
    maxHeight: `${CELL.height * 3 + 30}px`,
    overflowY: 'auto',
    border: `1px solid ${tokens.colorNeutralStroke3}`,
    borderRadius: tokens.borderRadiusMedium,
  },
  strip: { position: 'relative', margin: 0, padding: 0, listStyleType: 'none' },
  row: {
    display: 'grid',
    gridAutoFlow: 'column',
    justifyContent: 'start',
    columnGap: '8px',
    height: `${CELL.height}px`,
    paddingBlock: '4px',
  },
  placed: { position: 'absolute', insetInline: 0, insetBlockStart: 0 },
});

interface ThumbnailsProps {
  readonly componentId: string;
  /** Live ones. */
  readonly pages: readonly PageView[];
  readonly name: string;
  readonly editable: boolean;
  /** Null where no page of this component is chosen. */
  readonly selection: Selection | null;
  readonly commands: PageCommands;
}

/** Pages of one component; arrows walk, Shift and Ctrl choose several, letters do what the help page says. */
export const Thumbnails = memo(function Thumbnails(props: ThumbnailsProps) {
  const styles = useStyles();
  const t = useTexts();
  const { pages, componentId, commands, editable } = props;
  const frame = useRef<HTMLDivElement>(null);
  const columns = useColumns(frame);
  const order = useMemo(() => pages.map((p) => p.id), [pages]);
  const [cursor, setCursor] = useState(0);
  const at = Math.min(cursor, pages.length - 1);
  const [dropAt, setDropAt] = useState<number | null>(null);
  /** Where the focus goes once the pages have been drawn again. */
  const pending = useRef<number | null>(null);

  const many = pages.length > MOST_UNSCROLLED;
  const rows = Math.ceil(pages.length / columns);
  const virtual = useVirtualizer({
    count: rows,
    getScrollElement: () => frame.current,
    estimateSize: () => CELL.height,
    overscan: 2,
    enabled: many,
  });

  function focus(index: number): void {
    setCursor(index);
    if (many) virtual.scrollToIndex(Math.floor(index / columns));
    requestAnimationFrame(() => {
      frame.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus();
    });
  }
  // A thumbnail that goes takes the focus with it; its neighbour gets it instead.
  useEffect(() => {
    const index = pending.current;
    pending.current = null;
    if (index === null || order.length === 0) return;
    const to = Math.min(index, order.length - 1);
    setCursor(to);
    frame.current?.querySelector<HTMLElement>(`[data-index="${to}"]`)?.focus();
  }, [order]);

  /** What a key or a drag concerns: all that is chosen where this page is among it, else this page. */
  function concerned(id: string): string[] {
    const all = chosen(props.selection, componentId, order);
    return all.includes(id) ? all : [id];
  }

  function onKeyDown(event: React.KeyboardEvent): void {
    const index = indexOf(event.target);
    const id = index === null ? undefined : order[index];
    if (index === null || id === undefined) return;
    const combo = comboOf(event.nativeEvent);
    const to = event.ctrlKey || event.altKey ? null : arrowTo(event.key, index, order.length, columns);
    if (to !== null) {
      event.preventDefault();
      event.stopPropagation();
      const next = order[to]!;
      if (event.shiftKey) {
        const from = props.selection ?? pick(null, componentId, id, order, 'only');
        commands.select(pick(from, componentId, next, order, 'range'));
      }
      focus(to);
      return;
    }
    const ids = concerned(id);
    const keys: Record<string, () => void> = {
      Enter: () => commands.view(id),
      'Ctrl+A': () => commands.select(pickAll(componentId, order)),
      'Ctrl+ ': () => commands.select(pick(props.selection, componentId, id, order, 'toggle')),
    };
    if (props.selection) keys.Escape = () => commands.select(null);
    if (editable) {
      Object.assign(keys, {
        [PAGE_KEYS.remove]: () => leave(index, () => commands.remove(ids)),
        [PAGE_KEYS.blanks]: () => leave(index, () => commands.removeBlanks(componentId)),
        [PAGE_KEYS.move]: () => leave(index, () => commands.moveTo(ids)),
        [PAGE_KEYS.split]: () => leave(index - 1, () => commands.split(id)),
        [PAGE_KEYS.merge]: () => commands.merge(componentId),
        [PAGE_KEYS.left]: () => commands.turn(ids, -90),
        [PAGE_KEYS.right]: () => commands.turn(ids, 90),
        [PAGE_KEYS.replace]: () => commands.scanAt(componentId, id, 'replace'),
        [PAGE_KEYS.before]: () => commands.scanAt(componentId, id, 'before'),
        'Alt+ArrowLeft': () => leave(Math.max(0, index - 1), () => commands.shift(ids, -1)),
        'Alt+ArrowRight': () => leave(index + 1, () => commands.shift(ids, 1)),
      } satisfies Record<string, () => void>);
    }
    const action = keys[combo];
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }
  function leave(index: number, work: () => void): void {
    pending.current = Math.max(0, index);
    work();
  }

  function onClick(event: React.MouseEvent): void {
    const index = indexOf(event.target);
    const id = index === null ? undefined : order[index];
    if (index === null || id === undefined) return;
    setCursor(index);
    if (event.shiftKey || event.ctrlKey) {
      const how = event.shiftKey ? 'range' : 'toggle';
      const from = props.selection ?? pick(null, componentId, order[at] ?? id, order, 'only');
      commands.select(pick(event.shiftKey ? from : props.selection, componentId, id, order, how));
    } else commands.view(id);
  }

  function onDragStart(event: React.DragEvent): void {
    const index = indexOf(event.target);
    const id = index === null ? undefined : order[index];
    if (id === undefined) return;
    putPages(event.dataTransfer, { componentId, pageIds: concerned(id) });
  }
  function onDragOver(event: React.DragEvent): void {
    if (!editable || !isPages(event.dataTransfer)) return;
    event.preventDefault();
    event.stopPropagation();
    const cell = cellOf(event.target);
    if (!cell) return;
    const index = indexOf(cell) ?? 0;
    const box = cell.getBoundingClientRect();
    setDropAt(event.clientX > box.left + box.width / 2 ? index + 1 : index);
  }
  function onDrop(event: React.DragEvent): void {
    const dragged = editable ? takePages(event.dataTransfer) : null;
    setDropAt(null);
    if (!dragged) return;
    event.preventDefault();
    event.stopPropagation();
    const to = indexAmongOthers(order, dragged.pageIds, dropAt ?? order.length);
    commands.drop(dragged.pageIds, componentId, to);
  }

  const shown = many
    ? virtual.getVirtualItems().map((item) => ({ row: item.index, top: item.start }))
    : Array.from({ length: rows }, (_, row) => ({ row, top: null }));
  // Tab must lead in, also when the thumbnail that had the focus last was scrolled out of what is drawn.
  const first = (shown[0]?.row ?? 0) * columns;
  const last = ((shown.at(-1)?.row ?? 0) + 1) * columns - 1;
  const reachable = at < first || at > last ? first : at;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the buttons inside are what is worked; their events meet here
    <div
      ref={frame}
      className={mergeClasses(styles.frame, many && styles.scroll)}
      data-strip={componentId}
      onKeyDown={onKeyDown}
      onClick={onClick}
      onDragStart={onDragStart}
      onDragOver={onDragOver}
      onDragLeave={(event) => {
        if (!frame.current?.contains(event.relatedTarget as Node | null)) setDropAt(null);
      }}
      onDragEnd={() => setDropAt(null)}
      onDrop={onDrop}
    >
      <ul
        className={styles.strip}
        style={many ? { height: virtual.getTotalSize() } : undefined}
        aria-label={t('page.strip', { name: props.name })}
      >
        {shown.map(({ row, top }) => (
          <li
            key={row}
            className={mergeClasses(styles.row, top !== null && styles.placed)}
            style={top === null ? undefined : { transform: `translateY(${top}px)` }}
          >
            {pages.slice(row * columns, (row + 1) * columns).map((page, i) => {
              const index = row * columns + i;
              return (
                <Thumb
                  key={page.id}
                  page={page}
                  index={index}
                  of={pages.length}
                  selected={props.selection?.ids.has(page.id) ?? false}
                  reachable={index === reachable}
                  drop={dropMark(dropAt, index, pages.length)}
                  draggable={editable}
                />
              );
            })}
          </li>
        ))}
      </ul>
    </div>
  );
});

function dropMark(dropAt: number | null, index: number, count: number): 'before' | 'after' | null {
  if (dropAt === index) return 'before';
  return dropAt === count && index === count - 1 ? 'after' : null;
}

function cellOf(target: EventTarget): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>('[data-index]') : null;
}

function indexOf(target: EventTarget): number | null {
  const index = cellOf(target)?.dataset.index;
  return index === undefined ? null : Number(index);
}
