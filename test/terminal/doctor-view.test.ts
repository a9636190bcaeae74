import { expect, test } from 'vitest';
import type { DoctorCheck } from '../../src/documents/doctor.ts';
import { doctorView } from '../../src/terminal/doctor-view.ts';
import { screen } from './screen.ts';

const shared = { detail: null, fix: null, code: null };

function skipped(id: string, summary: string): DoctorCheck {
  return { id, status: 'skipped', summary, ...shared };
}

test('checks that are skipped because of others are one line, and those with a reason of their own are not', () => {
  const because = ['queue.due', 'queue.failed', 'sync.last'].map((id) =>
    skipped(id, 'not checked, because of ledger.open'),
  );
  const checks: DoctorCheck[] = [
    { id: 'node', status: 'ok', summary: 'gcsat 1', ...shared },
    skipped('ledger.open', 'no ledger is selected'),
    ...because,
    skipped('gladly.reach', 'not checked with --offline'),
  ];
  const view = doctorView({ ok: true, requests: {} as never, checks }, screen({ columns: 80 }));
  expect(view).toBe(
    [
      '✔ ok       node          gcsat 1',
      '– skipped  ledger.open   no ledger is selected',
      '– skipped  3 because of ledger.open, 1 not checked with --offline',
      '',
      '6 checks: 5 skipped, 1 ok',
    ].join('\n'),
  );
  // Scripts that read a pipe still get one line for each check.
  expect(doctorView({ ok: true, requests: {} as never, checks }, screen())).toContain(
    '– skipped  queue.failed  not checked, because of ledger.open\n',
  );
  // A few skipped checks get a line each, which names them.
  expect(
    doctorView({ ok: true, requests: {} as never, checks: checks.slice(0, 4) }, screen({ columns: 80 })),
  ).toContain('queue.failed  not checked, because of ledger.open');
});
