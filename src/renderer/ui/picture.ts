import { type QueryClient, queryOptions, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Client } from '../../contract/client.ts';
import type { PageView } from '../../contract/model.ts';
import { bytesOf } from '../app/base64.ts';
import { useEngine } from '../app/engine.tsx';
import { KEYS } from '../app/query-keys.ts';

export type Variant = 'thumbnail' | 'full' | 'original';
export type Picture =
  | { readonly state: 'waiting' | 'failed' }
  | { readonly state: 'there'; readonly url: string; readonly fresh: boolean };

/** Pictures that were on the screen a moment ago are kept; more would fill the memory of a small machine. */
const KEPT_MS = 30_000;

/** An address is given back that long after its last use. */
const GIVEN_BACK_MS = 5_000;

type PageRef = Pick<PageView, 'id' | 'revision'>;

function pictureQuery(engine: Client, page: PageRef, variant: Variant) {
  return queryOptions({
    // The original never changes, whatever is done to the page.
    queryKey: KEYS.picture(page.id, variant === 'original' ? 0 : page.revision, variant),
    queryFn: async () => {
      const { mime, base64 } = await engine.call('pages.image', { pageId: page.id, variant });
      return new Blob([bytesOf(base64)], { type: mime });
    },
    gcTime: KEPT_MS,
  });
}

/** Fetches a picture before it is asked for, so that going on to its page shows it at once. */
export function prefetchPicture(queries: QueryClient, engine: Client, page: PageRef): void {
  void queries.prefetchQuery(pictureQuery(engine, page, 'full'));
}

/**
 * A page's picture as a blob: address, fetched once `wanted`, given back on unmount. While a newer one is made, the
 * older of the same page stays on show and is not `fresh`.
 */
export function usePicture(page: PageRef, variant: Variant, wanted: boolean): Picture {
  const engine = useEngine();
  const query = useQuery({
    ...pictureQuery(engine, page, variant),
    enabled: wanted,
    placeholderData: (previous, from) => (from?.queryKey[1] === page.id ? previous : undefined),
  });
  const [url, setUrl] = useState<string | null>(null);
  const blob = query.data;
  useEffect(() => {
    if (!blob) {
      setUrl(null);
      return;
    }
    const made = URL.createObjectURL(blob);
    setUrl(made);
    // An <img> that goes, or takes the next address, may still be reading this one.
    return () => void setTimeout(() => URL.revokeObjectURL(made), GIVEN_BACK_MS);
  }, [blob]);
  if (query.error) return { state: 'failed' };
  if (!blob || url === null) return { state: 'waiting' };
  return { state: 'there', url, fresh: !query.isPlaceholderData };
}
