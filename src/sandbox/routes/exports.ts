import { problem } from '../errors.ts';
import type { Route } from '../exchange.ts';
import { daysKept, exportFiles, jobDays, jobOf, scheduleId, type ExportJob } from '../exports.ts';
import type { Faults } from '../faults.ts';
import { refuse } from '../reply.ts';
import { day, readTime, withMillis } from '../time.ts';
import type { World } from '../world/world.ts';

const statuses = ['PENDING', 'IN_PROGRESS', 'COMPLETED', 'FAILED'];

const unknown = refuse(404, problem('not_exist', 'entity does not exist'));

/** Export jobs and files of the sandbox's own conversations: one job a day, done in the night after it. */
export function exportRoutes(faults: () => Faults): readonly Route<World>[] {
  const deleted = new Set<string>();

  const jobsOf = (world: World): ExportJob[] =>
    jobDays(world, faults())
      .map((onDay) => jobOf(world, faults(), onDay))
      .filter(({ id }) => !deleted.has(id));

  return [
    {
      method: 'GET',
      pattern: '/api/v1/export/schedules',
      handle: (world) => {
        const nextStartAt = withMillis((Math.floor(world.now() / day) + 1) * day);
        const schedule = { id: scheduleId(world), frequency: 'DAILY', type: 'CONVERSATIONS', nextStartAt };
        return { status: 200, json: [schedule] };
      },
    },
    {
      method: 'GET',
      pattern: '/api/v1/export/jobs',
      handle: (world, { query }) => {
        const now = world.now();
        const status = query.get('status');
        const [from, until] = [query.get('startAt'), query.get('endAt')].map((text, index) =>
          text === null ? [now - daysKept * day, now][index] : readTime(text),
        );
        if (status !== null && !statuses.includes(status))
          return refuse(400, problem('invalid', `status must be one of ${statuses.join(', ')}`, 'status'));
        // One minute of tolerance, because the client's clock may be behind.
        if (from === undefined || from < now - daysKept * day - 60_000)
          return refuse(400, problem('invalid', 'startAt must be within the last 14 days', 'startAt'));
        if (until === undefined || until < from || until > now)
          return refuse(400, problem('invalid', 'endAt must be between startAt and now', 'endAt'));
        const jobs = jobsOf(world).filter(({ updatedAt = '' }) => {
          const at = Date.parse(updatedAt);
          return at >= from && at <= until;
        });
        return { status: 200, json: jobs.filter((job) => status === null || job.status === status) };
      },
    },
    {
      method: 'GET',
      pattern: '/api/v1/export/jobs/:jobId',
      handle: (world, _request, { jobId }) => {
        const job = jobsOf(world).find(({ id }) => id === jobId);
        return job === undefined ? unknown : { status: 200, json: job };
      },
    },
    {
      method: 'DELETE',
      pattern: '/api/v1/export/jobs/:jobId',
      handle: (world, _request, { jobId = '' }) => {
        if (!jobsOf(world).some(({ id }) => id === jobId)) return unknown;
        deleted.add(jobId);
        return { status: 204 };
      },
    },
    {
      method: 'GET',
      pattern: '/api/v1/export/jobs/:jobId/files/:filename',
      handle: (world, _request, { jobId, filename = '' }) => {
        const job = jobsOf(world).find(({ id }) => id === jobId);
        const file = Object.hasOwn(exportFiles, filename) ? exportFiles[filename] : undefined;
        if (job?.files === undefined || file === undefined || !job.files.includes(filename)) return unknown;
        const { startAt = '', endAt = '' } = job.parameters ?? {};
        const lines = file(world, Date.parse(startAt), Date.parse(endAt), faults());
        return { status: 200, headers: { 'Content-Type': 'application/x-ndjson' }, lines };
      },
    },
  ];
}
