import { setTimeout as wait } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { faultyProxy } from '../support/faulty-proxy.ts';
import { closedConversation, testGladly } from '../support/gladly.ts';
import { run, runJson } from '../support/run.ts';
import { serve, webhookPassword } from '../support/serving.ts';

test('a reminder leaves with a tick, is told everywhere, and is counted once it is answered', async () => {
  const gladly = await testGladly({ size: 0 });
  const { env } = gladly;
  const id = await closedConversation(gladly, 'kim@example.org');
  expect((await run(['configure', 'set', 'reminderAfter=1s'], { env })).code).toBe(0);
  expect((await runJson(['replay', '--', id], { env })).document).toMatchObject({ outcome: 'sent' });
  await wait(1100);

  const dry = await runJson(['sync', '--dry-run'], { env });
  expect(dry.document.reminders).toEqual({ sent: 1, leftOut: 0, uncertain: 0, failed: 0 });
  expect(gladly.sandbox.mailbox()).toHaveLength(1);
  const tick = await run(['sync'], { env });
  expect([tick.code, tick.stdout]).toEqual([0, expect.stringMatching(/^Reminders +1 sent$/m)]);
  expect(gladly.sandbox.mailbox().map(({ subject }) => subject)).toEqual([
    expect.not.stringContaining('Reminder'),
    expect.stringMatching(/^Reminder: /),
  ]);
  expect((await runJson(['sync'], { env })).document.reminders.sent).toBe(0);

  const shown = await run(['surveys', 'show', '--', id], { env });
  expect(shown.stdout).toMatch(/^Reminder +\S+ \S+ .*gladly-email to kim@example\.org: sent$/m);
  const listed = await runJson(['surveys', 'list', '--reminder', 'sent'], { env });
  expect(listed.document).toMatchObject([
    { state: 'sent', reminderState: 'sent', remindedAt: expect.any(String) },
  ]);
  expect((await runJson(['surveys', 'list', '--reminder', 'due,failed'], { env })).document).toEqual([]);
  expect((await run(['surveys', 'list'], { env })).stdout).toContain('reminded 20');
  const unknown = await run(['surveys', 'list', '--reminder', 'late'], { env });
  expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining("no state 'late'")]);
  const exported = await runJson(['export', '--since', '1d'], { env });
  expect(exported.document[0].survey.remindedAt).toBe(listed.document[0].remindedAt);

  const report = async () => (await runJson(['report', '--since', '1d'], { env })).document.overall;
  expect((await report()).reminded).toMatchObject({ of: 1, count: 0, value: 0 });
  expect((await runJson(['post', '--rating', '5', '--', id], { env })).code).toBe(0);
  expect(await report()).toMatchObject({ answered: 1, reminded: { of: 1, count: 1, value: 1 } });
  expect((await run(['report', '--since', '1d'], { env })).stdout).toMatch(
    /^Reminded +100% .*1 of 1 reminded answered$/m,
  );
  const [head, line] = (await run(['report', '--since', '1d', '--csv'], { env })).stdout.split('\r\n');
  const column = head!.split(',').indexOf('reminded.count');
  expect(line!.split(',')[column]).toBe('1');
});

test('a reminder in doubt is settled by a person, and what cannot be reminded is said', async () => {
  const gladly = await testGladly({ size: 0 });
  // The answer to the reminder is lost on its way.
  const proxy = await faultyProxy(gladly.sandbox.origin, (request, count) =>
    request === 'POST /api/v1/communications/email' && count === 2 ? 'reset after' : 'pass',
  );
  const env = { ...gladly.env, GCSAT_DOMAIN: proxy.origin };
  const id = await closedConversation(gladly, 'kim@example.org');
  await run(['configure', 'set', 'reminderAfter=1s'], { env });
  await runJson(['replay', '--', id], { env });
  await wait(1100);
  const ticked = await runJson(['sync'], { env });
  expect(ticked.document.reminders).toMatchObject({ sent: 0, uncertain: 1 });
  expect(ticked.code).toBe(0);
  expect(ticked.stderr).toContain('warning: 1 reminder may or may not have left, and is not sent again');

  const checked = await runJson(['doctor', 'reminders.settled'], { env });
  expect(
    checked.document.checks.find((check: { id: string }) => check.id === 'reminders.settled'),
  ).toMatchObject({
    status: 'warning',
    code: 'reminders_uncertain',
    summary: '1 reminder may or may not have left',
    fix: 'gcsat surveys list --reminder uncertain',
  });
  const list = await run(['surveys', 'list', '--reminder', 'uncertain'], { env });
  expect(list.stdout).not.toContain('gcsat');
  expect(list.stderr).toContain('gcsat surveys retry ID --was-sent');
  const [{ surveyId }] = (await runJson(['surveys', 'list'], { env })).document;
  expect(await runJson(['surveys', 'retry', '--', surveyId], { env })).toMatchObject({
    code: 2,
    document: { error: { code: 'reminder_uncertain' } },
  });
  const unasked = await runJson(['surveys', 'retry', '--not-sent', '--', surveyId], { env });
  expect(unasked).toMatchObject({ code: 2, document: { error: { code: 'confirmation_needed' } } });
  const again = await runJson(['surveys', 'retry', '--not-sent', '--yes', '--', surveyId], { env });
  expect(again).toMatchObject({ code: 0, document: { state: 'sent', reminder: { state: 'sent' } } });
  expect(gladly.sandbox.mailbox().filter(({ subject }) => subject?.startsWith('Reminder'))).not.toEqual([]);

  // The environment takes precedence over the profile.
  const rest = Object.fromEntries(Object.entries(env).filter(([name]) => name !== 'GCSAT_DELIVERY'));
  const set = await run(['configure', 'set', 'delivery=medallia'], { env: rest });
  expect(set.stderr).toMatch(/^warning: reminderAfter: medallia has its own survey page/m);
  expect(
    (await run(['configure', 'set', 'delivery=gladly-email', 'surveyExpires=1s'], { env: rest })).stderr,
  ).toContain('a survey expires before its reminder is due');
  expect((await run(['configure', 'set', 'reminderAfter=soon'], { env })).code).toBe(2);
});

test('a server reminds only customers who have not answered, begun to answer, unsubscribed, or been forgotten', async () => {
  const gladly = await testGladly({ size: 0 });
  const env = { ...gladly.env, GCSAT_WEBHOOK_USER: 'gcsat', GCSAT_WEBHOOK_PASSWORD: webhookPassword };
  const { sandbox } = gladly;
  const names = ['answers', 'begins', 'leaves', 'forgotten', 'waits'] as const;
  const ids: string[] = [];
  for (const name of names) ids.push(await closedConversation(gladly, `${name}@example.org`));
  expect((await run(['configure', 'set', 'reminderAfter=1s'], { env })).code).toBe(0);
  expect((await runJson(['replay', '--', ...ids], { env })).code).toBe(0);
  await run(['pause'], { env });
  const linkOf = (name: (typeof names)[number], page: 's' | 'u'): string => {
    const text = sandbox.mailbox().find(({ to }) => to === `${name}@example.org`)?.text ?? '';
    return new RegExp(`https://csat\\.example\\.com(/${page}/[\\w-]+)`).exec(text)?.[1] ?? '';
  };
  const server = await serve(env);
  const ask = async (path: string, init: RequestInit = {}): Promise<number> => {
    const headers = { 'user-agent': 'Mozilla/5.0 Firefox/150.0' };
    const answer = await fetch(`${server.origin}${path}`, { headers, ...init });
    await answer.text();
    return answer.status;
  };
  const form = (fields: Record<string, string>) => ({ method: 'POST', body: new URLSearchParams(fields) });
  expect(await ask(linkOf('answers', 's'), form({ rating: '4' }))).toBe(200);
  expect(await ask(`${linkOf('begins', 's')}?rating=2`)).toBe(200);
  expect(await ask(linkOf('leaves', 'u'), form({ 'List-Unsubscribe': 'One-Click' }))).toBe(200);
  expect(await ask(linkOf('waits', 's'))).toBe(200);
  const forgotten = ['surveys', 'forget', '--yes', '--', 'forgotten@example.org'];
  expect((await run(forgotten, { env })).code).toBe(0);
  expect(sandbox.mailbox()).toHaveLength(names.length);
  await run(['resume'], { env });
  const statesOf = async () => {
    const { document } = await runJson(['surveys', 'list', '--limit', '10'], { env });
    const rows = document as { conversationId: string; reminderState: string | null }[];
    return ids.map((id) => rows.find(({ conversationId }) => conversationId === id)?.reminderState);
  };
  await vi.waitFor(
    async () => expect(await statesOf()).toEqual([null, 'left_out', 'left_out', null, 'sent']),
    { timeout: 60_000, interval: 100 },
  );
  expect(await server.stop()).toBe(143);
  expect(
    sandbox
      .mailbox()
      .map(({ to }) => to)
      .slice(names.length),
  ).toEqual(['waits@example.org']);
  const story = await runJson(['surveys', 'show', '--', ids[1]!], { env });
  expect(story.document.reminder).toMatchObject({ state: 'left_out', reasons: [{ code: 'begun' }] });
});
