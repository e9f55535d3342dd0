import type { Client } from '../contract/client.ts';
import { CounterError, ERROR_CODES, fromErrorShape } from '../contract/errors.ts';
import type { EventPayload } from '../contract/events.ts';
import type { ComponentView, DossierView } from '../contract/model.ts';
import { signBatch } from './batch.ts';
import type { Scenario } from './scenario.ts';
import type { Values } from './texts.ts';

export interface IntakeHooks {
  readonly pin: () => Promise<string>;
  /** Called before a feeder is started: so many sheets of this component are still to come. */
  readonly beforeScan?: (
    component: ComponentView,
    scan: Scenario['scans'][number],
    missing: number,
  ) => Promise<void>;
  /** A page that is durable. */
  readonly onPage?: (page: EventPayload<'scan.page'>) => void;
  readonly progress: (key: string, values?: Values) => void;
  readonly signal: AbortSignal;
}

/**
 * The clerk's work from the first click to the slip. Every step asks what is already done, so that a scenario that
 * was killed at any point is simply run again.
 */
export async function runIntake(
  client: Client,
  scenario: Scenario,
  hooks: IntakeHooks,
): Promise<DossierView> {
  const { dossierId } = scenario;
  let dossier = await client.call('dossiers.open', { procedureCode: scenario.procedure, dossierId });
  hooks.progress('cli.intake.opened', { procedure: dossier.procedure.name });
  if (dossier.state !== 'draft') return dossier;

  if (!dossier.applicant) {
    const applicant =
      scenario.applicant ?? (await client.call('citizens.readCard', { line: scenario.card! })).applicant;
    dossier = await client.call('dossiers.setApplicant', { dossierId, applicant });
    hooks.progress('cli.intake.applicant', { name: applicant.name });
  }
  for (const scan of scenario.scans) dossier = await scanComponent(client, dossier, scan, hooks);
  if (dossier.components.some((c) => !c.signature && livePages(c) > 0)) {
    dossier = await signAll(client, dossierId, scenario.key, hooks);
  }
  dossier = await client.call('dossiers.receive', { dossierId });
  hooks.progress('cli.intake.received', { code: dossier.code!.value, due: dossier.due?.at ?? '' });
  return dossier;
}

const livePages = (component: ComponentView) => component.pages.filter((p) => !p.removed).length;

function findComponent(dossier: DossierView, wanted: string | number): ComponentView {
  const found =
    typeof wanted === 'number'
      ? dossier.components[wanted - 1]
      : dossier.components.find((c) => c.spec.id === wanted);
  if (!found) throw new CounterError('COMPONENT_UNKNOWN', { componentId: String(wanted) });
  return found;
}

async function scanComponent(
  client: Client,
  dossier: DossierView,
  scan: Scenario['scans'][number],
  hooks: IntakeHooks,
): Promise<DossierView> {
  const component = findComponent(dossier, scan.component);
  const missing = scan.pages - livePages(component);
  if (missing <= 0) return dossier;
  await hooks.beforeScan?.(component, scan, missing);
  hooks.progress('cli.intake.scanning', { component: component.spec.name });
  await scanOnce(client, dossier.id, component, scan, hooks);
  return client.call('dossiers.get', { dossierId: dossier.id });
}

async function scanOnce(
  client: Client,
  dossierId: string,
  component: ComponentView,
  scan: Scenario['scans'][number],
  hooks: IntakeHooks,
): Promise<void> {
  const offs: (() => void)[] = [];
  let scanId = '';
  const ended = new Promise<void>((resolve, reject) => {
    offs.push(
      client.on('scan.page', (event) => {
        hooks.onPage?.(event);
        hooks.progress('cli.intake.page', { component: component.spec.name });
      }),
      client.on('scan.finished', (event) => event.scanId === scanId && resolve()),
      client.on('scan.failed', (event) => event.scanId === scanId && reject(fromErrorShape(event.error))),
    );
  });
  const stop = () => void client.call('scans.cancel', { scanId });
  hooks.signal.addEventListener('abort', stop, { once: true });
  try {
    const { device, settings } = scan;
    const started = await client.call('scans.start', {
      dossierId,
      componentId: component.spec.id,
      device,
      settings,
    });
    scanId = started.scanId;
    await ended;
  } finally {
    hooks.signal.removeEventListener('abort', stop);
    for (const off of offs) off();
  }
}

async function signAll(
  client: Client,
  dossierId: string,
  key: string,
  hooks: IntakeHooks,
): Promise<DossierView> {
  let told = -1;
  await signBatch(client, { dossierIds: [dossierId], key, pin: await hooks.pin() }, ({ done, total }) => {
    if (done === told) return;
    told = done;
    hooks.progress('cli.intake.signing', { done, total });
  });
  return client.call('dossiers.get', { dossierId });
}

/** Resolves once the province's receipt was read back; rejects where a person is needed or the signal aborts. */
export async function awaitSent(
  client: Client,
  dossierId: string,
  signal: AbortSignal,
): Promise<DossierView> {
  const offs: (() => void)[] = [];
  try {
    return await new Promise<DossierView>((resolve, reject) => {
      const stuck = (code: string | undefined) => {
        const known = ERROR_CODES.find((c) => c === code);
        reject(new CounterError(known ?? 'PROVINCE_REFUSED'));
      };
      offs.push(
        client.on('dossier.changed', ({ dossier }) => {
          if (dossier.id === dossierId && dossier.delivery === 'sent') resolve(dossier);
        }),
        client.on('outbox.changed', (s) => s.needsPerson > 0 && stuck(s.lastFault?.code)),
      );
      signal.addEventListener('abort', () => reject(new CounterError('CANCELLED')), { once: true });
      // It may have been sent before anybody listened.
      client.call('dossiers.get', { dossierId }).then((d) => d.delivery === 'sent' && resolve(d), reject);
    });
  } finally {
    for (const off of offs) off();
  }
}
