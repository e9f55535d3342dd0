import { CounterError } from '../../contract/errors.ts';
import { labelsOf, type SlipForm } from './form.ts';
import type { Align, Column } from './table.ts';

export interface FormColumn<K extends string> {
  readonly key: K;
  readonly column: Column;
}

/**
 * The columns of a form's table, as its data have them. Labels: `columns`, such as `order:9 code:34`, each key with its
 * width in mm, in order; a title `column.KEY` for each; where columns stand under a common title, `group` and their keys
 * in `grouped`. Throws CONFIG_INVALID where a title is missing or a key has no meaning here.
 */
export function columnsOf<K extends string>(
  form: SlipForm,
  aligns: Readonly<Record<K, Align>>,
): readonly FormColumn<K>[] {
  const { columns } = labelsOf(form, ['columns']);
  const grouped = new Set((form.labels.grouped ?? '').split(' ').filter((k) => k !== ''));
  const group = grouped.size > 0 ? labelsOf(form, ['group']).group : '';
  return columns.split(' ').map((entry) => {
    const [key = '', width = ''] = entry.split(':');
    const share = Number(width);
    if (!isKey(key, aligns) || !(share > 0)) {
      throw new CounterError('CONFIG_INVALID', {
        file: 'slip-form',
        problem: `${form.kind}: columns: ${entry}`,
      });
    }
    const titleKey = `column.${key}` as const;
    const column: Column = {
      title: labelsOf(form, [titleKey])[titleKey] ?? '',
      width: share,
      align: aligns[key],
      ...(grouped.has(key) ? { group } : {}),
    };
    return { key, column };
  });
}

function isKey<K extends string>(key: string, aligns: Readonly<Record<K, Align>>): key is K {
  return Object.hasOwn(aligns, key);
}
