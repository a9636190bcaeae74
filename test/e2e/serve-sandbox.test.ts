import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { runJson, start, temporaryFolder } from '../support/run.ts';

interface Trial {
  sandbox: string;
  printed: string;
  /** Types the command that is printed below the line that begins with `heading`. */
  type(heading: string): void;
  asked(path: string): Promise<ReturnType<typeof JSON.parse>>;
  /** The closings in the ledger, newest first. */
  surveys(): Promise<ReturnType<typeof JSON.parse>>;
}

/** `gcsat serve --sandbox`, as somebody who wants to see one thing types it. */
async function tried(more: Record<string, string>): Promise<Trial> {
  const folder = temporaryFolder();
  const folders = { GCSAT_CONFIG_DIR: join(folder, 'config'), GCSAT_DATA_DIR: join(folder, 'data') };
  const env = { ...folders, ...more, GCSAT_SANDBOX: '1' };
  const database = ['--database', join(folder, 'try.db')];
  const child = start(['serve', '--port', '0', ...database], { env });
  const ended = once(child, 'close');
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  child.stderr.resume();
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  await vi.waitFor(() => expect(printed).toContain('Press Ctrl-C'), { timeout: 60_000, interval: 20 });
  const sandbox = /http:\S+(?=\/_sandbox\/conversations)/.exec(printed)?.[0] ?? '';
  return {
    sandbox,
    printed,
    type(heading) {
      const [, below = ''] = printed.split(heading);
      const [, command = ''] = /\n( {2}curl[^]*?)\n\n/.exec(below) ?? [];
      execFileSync('bash', ['-c', command.replace('curl', 'curl -sf')]);
    },
    asked: async (path) => (await fetch(`${sandbox}${path}`)).json(),
    surveys: async () => (await runJson(['surveys', 'list', ...database], { env })).document,
  };
}

interface Sent {
  to: string;
  subject: string;
  text: string;
}

test('what it prints shows a reminder, a closing by a rule, an alert, and a note, each by itself', async () => {
  const trial = await tried({ GCSAT_SANDBOX_SET: 'reminderAfter=2s; excludeClosedByRule=on' });
  expect(trial.printed).toContain('its reminder is in the mailbox after 2s.');
  trial.type('One closed by a rule');
  trial.type('Close a conversation of the sandbox:');
  const mails = async (): Promise<Sent[]> => (await trial.asked('/_sandbox/mailbox')) as Sent[];
  await vi.waitFor(
    async () =>
      expect((await mails()).map(({ to, subject }) => [to, subject.startsWith('Reminder: ')])).toEqual([
        ['you@example.org', false],
        ['you@example.org', true],
      ]),
    { timeout: 60_000, interval: 50 },
  );
  const link = /http:\S+\/s\/[\w-]+/.exec((await mails())[0]!.text)?.[0] ?? '';
  const headers = { 'user-agent': 'Mozilla/5.0 Firefox/150.0' };
  const body = new URLSearchParams({ rating: '1', reason: 'Slow reply', answer: '2' });
  expect((await fetch(link, { method: 'POST', headers, body })).status).toBe(200);
  await vi.waitFor(
    async () => {
      const alerts = (await trial.asked('/_sandbox/alerts')) as { body: string }[];
      expect(alerts.map((alert) => (JSON.parse(alert.body) as { data: object }).data)).toMatchObject([
        { rating: 1, reason: 'Slow reply', question: { kind: 'scale', answer: 2 } },
      ]);
      const requests = (await trial.asked('/_sandbox/requests')) as { path: string; status: number }[];
      expect(requests.filter(({ path }) => path.endsWith('/notes'))).toMatchObject([{ status: 201 }]);
    },
    { timeout: 60_000, interval: 50 },
  );
  expect(await trial.surveys()).toMatchObject([
    { state: 'answered', reminderState: 'sent', answer: { reason: 'Slow reply' } },
    { state: 'suppressed', reasons: [{ code: 'closed_by_rule' }] },
  ]);
});

test('what it prints shows each brand, and how many leave within an hour', async () => {
  const trial = await tried({ GCSAT_SANDBOX_BRANDS: '1', GCSAT_SANDBOX_SET: 'maxPerHour=3' });
  trial.type('One for the brand atelier:');
  trial.type('One for the brand workshop:');
  const senders = async (): Promise<string[]> =>
    ((await trial.asked('/_sandbox/mailbox')) as { from: string }[]).map(({ from }) => from).toSorted();
  await vi.waitFor(
    async () =>
      expect(await senders()).toEqual([
        ...['atelier@haldenrook.example.com', 'workshop@haldenrook.example.com'],
      ]),
    { timeout: 60_000, interval: 50 },
  );
  trial.type('Two more than the ');
  const states = async (): Promise<string[]> =>
    ((await trial.surveys()) as { state: string }[]).map(({ state }) => state).toSorted();
  await vi.waitFor(
    async () =>
      expect(await states()).toEqual([
        ...Array<string>(4).fill('scheduled'),
        ...Array<string>(3).fill('sent'),
      ]),
    { timeout: 60_000, interval: 100 },
  );
  expect(await senders()).toHaveLength(3);
});

test.each([
  ['remindAfter=3d', "GCSAT_SANDBOX_SET: 'remindAfter=3d' is not a policy setting"],
  ['smtpUrl=smtp://mail.example', "GCSAT_SANDBOX_SET: 'smtpUrl=smtp://mail.example' is not a policy setting"],
  ['delay=0; reminderAfter=soon', "GCSAT_SANDBOX_SET, reminderAfter: 'soon' is not a duration"],
])('with %s it does not start', async (given, message) => {
  const env = { GCSAT_SANDBOX_SET: given, GCSAT_SANDBOX: '1' };
  expect(await runJson(['serve', '--port', '0'], { env })).toMatchObject({
    ...{
      code: 3,
      document: { error: { code: 'bad_configuration', message: expect.stringContaining(message) } },
    },
  });
});
