import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/failure.ts';
import type { UsableJob } from '../../src/sources/export-jobs.ts';
import { exportNames } from '../../src/sources/export-names.ts';

const job = (day: string, files = ['agents.jsonl', 'topics.jsonl']): UsableJob => ({
  id: day,
  range: { since: `2026-11-${day}T06:00:00.000Z`, until: `2026-11-${Number(day) + 1}T06:00:00.000Z` },
  files: new Set(files),
});

/** Reads names from files. Each file is given by the day of its job and its own name. */
function namesOf(files: Record<string, object[] | Failure>, jobs = [job('19'), job('20'), job('21')]) {
  const asked: string[] = [];
  const client = {
    async *exportFile({ jobId, name }: { jobId: string; name: string }) {
      asked.push(`${jobId} ${name}`);
      const found = files[`${jobId} ${name.split('.')[0]}`] ?? [];
      if (found instanceof Failure) throw found;
      for (const line of found) yield await Promise.resolve(line as Record<string, unknown>);
    },
  };
  return { ...exportNames(client, () => jobs), asked };
}

const amy = (name: string) => ({ id: 'a1', name, emailAddress: 'amy@acme.example' });

describe('the names in export files', () => {
  test('are read when one is asked for, the newest file first, and each once', async () => {
    const names = namesOf({
      '19 agents': [amy('Amy'), { id: 'a2', name: 'Bo', emailAddress: null }],
      '20 agents': [amy('Amy Agent')],
    });
    expect(names.asked).toEqual([]);
    expect(await names.agent('a1')).toEqual({ id: 'a1', name: 'Amy Agent', email: 'amy@acme.example' });
    expect(names.asked).toEqual(['21 agents.jsonl', '20 agents.jsonl']);
    expect(await Promise.all([names.agent('a2'), names.agent('a3'), names.agent('a1')])).toEqual([
      { id: 'a2', name: 'Bo', email: null },
      null,
      { id: 'a1', name: 'Amy Agent', email: 'amy@acme.example' },
    ]);
    expect(names.asked).toEqual(['21 agents.jsonl', '20 agents.jsonl', '19 agents.jsonl']);
  });

  test('of topics say whose child one is', async () => {
    const names = namesOf({ '21 topics': [{ id: 't1', name: 'do_not_send_stella', parentId: 't0' }] });
    expect(await names.topic('t1')).toMatchObject({ name: 'do_not_send_stella', parentId: 't0' });
  });

  test('are those of the files that can be read, and of the entries that have an id', async () => {
    const gone = new Failure('not_found', 'not_found', 'no such file', { hint: '' });
    const entries = [{ name: 'Nobody' }, { id: null }, { id: 7, name: ['x'] }, amy('Amy')];
    const names = namesOf({ '21 agents': gone, '19 agents': entries }, [job('19'), job('20', []), job('21')]);
    expect((await names.agent('a1'))?.name).toBe('Amy');
    expect(await names.agent('7')).toEqual({ id: '7', name: null, email: null });
    expect(names.asked).toEqual(['21 agents.jsonl', '19 agents.jsonl']);
  });

  test.each(['credentials', 'temporary'] as const)(
    'are not missing where Gladly gives none (%s)',
    async (kind) => {
      const files = { '20 agents': new Failure(kind, 'none', 'none', { hint: '' }) };
      const names = namesOf(files);
      await expect(names.agent('a1')).rejects.toMatchObject({ kind });
      Object.assign(files, { '20 agents': [amy('Amy')] });
      expect((await names.agent('a1'))?.name).toBe('Amy');
      expect(names.asked).toEqual(['21 agents.jsonl', '20 agents.jsonl', '20 agents.jsonl']);
    },
  );
});
