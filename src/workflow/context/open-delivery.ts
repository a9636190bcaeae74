import { setTimeout as wait } from 'node:timers/promises';
import { settingsOfBrand } from '../../config/brand-settings.ts';
import { namingBrand } from '../../config/failure-of-brand.ts';
import type { Settings } from '../../config/settings.ts';
import { traitsOf, type DeliveryName } from '../../domain/delivery.ts';
import { createGladlyEmail, plainAddress } from '../../delivery/gladly-email.ts';
import { createGladlySms, senderNumber } from '../../delivery/gladly-sms.ts';
import { createMailComposer, type MailComposer } from '../../delivery/mail.ts';
import { createMedallia } from '../../delivery/medallia.ts';
import { readEmployees } from '../../delivery/medallia-employees.ts';
import { createOutbox } from '../../delivery/outbox.ts';
import { senderOf, type BrandSenders } from '../../delivery/sender.ts';
import type { DeliveryProvider } from '../../ports/delivery-provider.ts';
import { mailableSender } from '../../delivery/mail-server.ts';
import { createSmtp } from '../../delivery/smtp.ts';
import { builtInTemplate, loadTemplate } from '../../delivery/template.ts';
import { Failure } from '../../failure.ts';
import type { GladlyClient } from '../../gladly/client.ts';
import { memoryLimiterStore } from '../../gladly/http/pacing.ts';
import type { MedalliaClient } from '../../medallia/client.ts';
import { openMedallia } from './open-medallia.ts';

/**
 * Opens the configured delivery.
 *
 * @param signal once aborted, no session with a mail server is begun
 * @param openClient opens Agent Connect; by default a client with a request limit of its own
 * @throws Failure kind configuration when the template is broken or a setting is missing.
 */
export async function openDelivery(
  settings: Settings,
  client: GladlyClient,
  clock: () => number,
  signal: AbortSignal = new AbortController().signal,
  openClient: () => Promise<MedalliaClient> = () => Promise.resolve(medalliaAlone(settings, clock, signal)),
): Promise<DeliveryProvider> {
  const brandSenders = sendersOfBrands(settings);
  switch (settings.delivery) {
    case 'outbox':
      return createOutbox({
        directory: settings.outboxDir,
        from: settings.from,
        brandSenders,
        composer: await composerOfAll(settings),
        clock,
      });
    case 'gladly-email':
      return createGladlyEmail({
        from: required(settings, settings.from, 'a sender address', 'GCSAT_FROM'),
        brandSenders,
        composer: await composerOfAll(settings),
        sendEmail: (mail, leaving) => client.sendEmail(mail, leaving),
      });
    case 'gladly-sms':
      return createGladlySms({
        from: required(settings, settings.from, 'a sender number', 'GCSAT_FROM'),
        brandSenders,
        sendSms: (sms, leaving) => client.sendSms(sms, leaving),
      });
    case 'smtp':
      return createSmtp({
        url: required(settings, settings.smtpUrl, 'the address of a mail server', 'GCSAT_SMTP_URL'),
        publicUrl: settings.publicUrl,
        from: required(settings, settings.from, 'a sender address', 'GCSAT_FROM'),
        brandSenders,
        composer: await composerOfAll(settings),
        clock,
        signal,
      });
    case 'medallia':
      return openMedalliaDelivery(settings, await openClient());
  }
}

async function openMedalliaDelivery(
  { medallia }: Settings,
  client: MedalliaClient,
): Promise<DeliveryProvider> {
  const { employeesFile, channels, brand, language } = medallia;
  const employees = employeesFile === null ? new Map() : await readEmployees(employeesFile);
  return createMedallia({
    mapping: { employees, channels, brand, language },
    createRequest: (request, leaving) => client.createRequest(request, leaving),
    async check() {
      const { length } = await client.activeEmployees();
      return `${new URL(medallia.origin).host}, ${length} active employees`;
    },
  });
}

/** For a check or a sample, which has no ledger. */
function medalliaAlone(settings: Settings, clock: () => number, signal: AbortSignal): MedalliaClient {
  const sleep = (ms: number): Promise<void> => wait(ms, undefined, { signal });
  const debug = (): void => undefined;
  return openMedallia(settings, {
    store: memoryLimiterStore(),
    clock,
    sleep,
    signal,
    priority: 'interactive',
    debug,
  });
}

/** @throws Failure `bad_from` of kind configuration when the delivery cannot send from that address. */
export function checkSender(delivery: DeliveryName, from: string): void {
  senderChecks[delivery](from);
}

const senderChecks: Record<DeliveryName, (from: string) => unknown> = {
  outbox: senderOf,
  smtp: mailableSender,
  'gladly-email': plainAddress,
  'gladly-sms': senderNumber,
  // Agent Connect sets its own sender.
  medallia: () => undefined,
};

/** Where links in messages lead. @throws Failure delivery_incomplete */
export function publicUrlOf(settings: Settings): string {
  if (settings.publicUrl !== null) return settings.publicUrl;
  if (traitsOf(settings.delivery).publicUrl !== 'required') return 'http://localhost:8080';
  return required(settings, settings.publicUrl, 'the address of the survey page', 'GCSAT_PUBLIC_URL');
}

/** Composes each message in its brand's texts and design. @throws Failure kind configuration for a broken template */
async function composerOfAll(settings: Settings): Promise<MailComposer> {
  const own = await composerOf(settings);
  const composers = new Map<string, MailComposer>();
  for (const brand of settings.brands) {
    const { name } = brand;
    composers.set(name, await namingBrand(name, () => composerOf(settingsOfBrand(settings, brand))));
  }
  return (message) => (composers.get(message.brand ?? '') ?? own)(message);
}

function sendersOfBrands(settings: Settings): BrandSenders {
  return new Map(
    settings.brands.flatMap((brand) => {
      const { from } = settingsOfBrand(settings, brand);
      return from === null ? [] : [[brand.name, from] as const];
    }),
  );
}

/** The composer of one brand or of the profile. @throws Failure of kind configuration when the template is broken */
export async function composerOf(
  settings: Pick<Settings, 'templateFile' | 'brand' | 'policy'>,
): Promise<MailComposer> {
  const template =
    settings.templateFile === null ? builtInTemplate() : await loadTemplate(settings.templateFile);
  const { color, logoFile, texts } = settings.brand;
  const greets = settings.policy.greetCustomer;
  return createMailComposer({ template, brand: { color, hasLogo: logoFile !== null, greets, texts } });
}

function required(settings: Settings, value: string | null, what: string, how: string): string {
  if (value !== null) return value;
  throw new Failure('configuration', 'delivery_incomplete', `delivery ${settings.delivery} needs ${what}`, {
    hint: `Give ${how}, or set it in the profile with \`gcsat configure set\`.`,
  });
}
