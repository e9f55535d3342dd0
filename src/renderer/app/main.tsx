import './no-eval.ts';
import './base.css';
import { createDOMRenderer, RendererProvider } from '@fluentui/react-components';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createClient } from '../../contract/client.ts';
import { App } from './App.tsx';
import { EngineProvider, followEngine } from './engine.tsx';
import { createQueryClient } from './queries.ts';
import { findTransport } from './transport.ts';

/** Griffel writes style elements at run time; the policy lets in only those that carry this load's nonce. */
function styleRenderer() {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]');
  return createDOMRenderer(document, { styleElementAttributes: { nonce: meta?.content ?? '' } });
}

const transport = findTransport();
const client = createClient(transport);
const queries = createQueryClient();
followEngine(client, queries);

const root = document.getElementById('root');
if (!root) throw new Error('the page has no #root');
createRoot(root).render(
  <StrictMode>
    <RendererProvider renderer={styleRenderer()}>
      <QueryClientProvider client={queries}>
        <EngineProvider client={client}>
          <App transport={transport} />
        </EngineProvider>
      </QueryClientProvider>
    </RendererProvider>
  </StrictMode>,
);
