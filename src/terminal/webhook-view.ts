import type { Screen } from './narrow.ts';
import { table } from './table.ts';
import { clean } from './text.ts';
import { localTime } from '../domain/values/local-time.ts';

interface Summary {
  id: string;
  name: string | null;
  url: string;
  events: readonly string[];
  enabled: boolean;
}

interface Installed {
  dryRun: boolean;
  action: 'created' | 'updated';
  id: string | null;
  url: string;
  events: readonly string[];
  credentials: 'environment' | 'profile';
  header: string | null;
}

/** The result of `webhook install`. */
export function installedView(installed: Installed, { paint }: Screen): string {
  const { dryRun, action, url, events, credentials, header } = installed;
  const how = `${header === null ? 'the credentials' : `the header ${clean(header)}`} of the ${credentials}`;
  const what = `${events.join(' and ')} to ${clean(url)}, with ${how}`;
  if (dryRun) {
    const change =
      action === 'created'
        ? 'A webhook would be created'
        : `Webhook ${clean(installed.id ?? '')} would be changed`;
    return `${change} that sends ${what}.`;
  }
  return `${paint.green('✔')} Webhook ${clean(installed.id ?? '')} was ${action} and enabled: Gladly sends ${what}.`;
}

interface Status {
  webhook:
    | (Summary & { deactivatedAt: string | null; hasCredentials: boolean; headerKeys: readonly string[] })
    | null;
  credentialsKnown: boolean;
}

/** The state of our webhook. The warnings say what to do about it. */
export function statusView({ webhook, credentialsKnown }: Status, { columns, paint }: Screen): string {
  if (webhook === null) return 'No webhook is installed; create one with `gcsat webhook install`.';
  const { id, name, url, events, enabled, deactivatedAt, hasCredentials, headerKeys } = webhook;
  const state = enabled ? 'enabled' : deactivatedAt === null ? 'disabled' : 'deactivated by Gladly';
  const sent = [
    ...(hasCredentials ? ['Basic credentials'] : []),
    ...headerKeys.map((key) => `header ${key}`),
  ];
  const rows = [
    ['Webhook', name === null ? id : `${id} (${name})`],
    ['State', state],
    ...(deactivatedAt === null ? [] : [['Deactivated', localTime(deactivatedAt, null)]]),
    ['URL', url],
    ['Events', events.join(', ')],
    ['Gladly sends', sent.length === 0 ? 'no credentials' : sent.join(', ')],
    ['Known here', credentialsKnown ? 'credentials' : 'no credentials'],
  ];
  return table(
    rows,
    [
      { title: 'WHAT', value: ([what = '']) => what, overflow: 'keep' },
      {
        title: 'VALUE',
        value: ([, value = '']) => value,
        overflow: 'wrap',
        paint: (text, [what]) => (what === 'State' ? (enabled ? paint.green : paint.red)(text) : text),
      },
    ],
    { width: columns, heading: paint.bold },
  );
}

interface Sent {
  url: string;
  event: Record<string, unknown>;
  answers: readonly { status: number | null; error: string | null; milliseconds: number }[];
}

/** The response to each post. */
export function sentView({ url, event, answers }: Sent, { paint }: Screen): string {
  const name = clean(String(event['type']));
  return answers
    .map(({ status, error, milliseconds }) => {
      const accepted = status !== null && status >= 200 && status < 300;
      const mark = accepted ? paint.green('✔') : paint.red('✘');
      return `${mark} ${name} to ${clean(url)}: ${status ?? clean(error ?? '')} in ${milliseconds} ms`;
    })
    .join('\n');
}

interface Planned {
  method: string;
  url: string;
  headers: Readonly<Record<string, string>>;
  event: Record<string, unknown>;
  times: number;
}

/** A request as it would be sent. */
export function plannedView({ method, url, headers, event, times }: Planned): string {
  return [
    `${method} ${clean(url)}`,
    ...Object.entries(headers).map(([name, value]) => clean(`${name}: ${value}`)),
    '',
    JSON.stringify(event, null, 2),
    '',
    `A dry run: nothing was sent${times > 1 ? `; it would be sent ${times} times` : ''}.`,
  ].join('\n');
}
