import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { openExport, type FileRow } from '../../src/medallia/exports/export-file.ts';
import { proofTimeoutMs } from './extent.ts';
import { holdsLater } from './property.ts';

/** The bytes as a stream may bring them: cut anywhere, even within a character. */
async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function rowsOf(bytes: Buffer, size: number): Promise<FileRow[]> {
  const read: FileRow[] = [];
  for await (const row of (await openExport(inPieces(bytes, size), 'the file')).rows) read.push(row);
  return read;
}

const words = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.array(fc.constantFrom(',', ';', '"', '""', '\n', '\r\n', "'", '=1+1', 'é', '😀', ' '), {
      maxLength: 8,
    }),
  )
  .map((text) => (Array.isArray(text) ? text.join('') : text))
  // Leaves out what a spreadsheet cannot hold; a file that begins with it would be of another kind.
  .map((text) => text.replaceAll(/[\0\uFEFF]|\p{Cs}/gu, ''));

const second = fc.integer({ min: 1_500_000_000, max: 1_764_000_000 });

/** What one row says. */
const interaction = fc.record({
  id: fc.stringMatching(/^[A-Za-z0-9_-]{1,30}$/),
  rating: fc.option(fc.integer({ min: 1, max: 5 })),
  comment: words,
  answeredAt: second,
  email: fc.emailAddress(),
});
type Interaction = typeof interaction extends fc.Arbitrary<infer One> ? One : never;

const timeOf = (seconds: number): string => new Date(seconds * 1000).toISOString();

const fieldsOf = ({ id, rating, comment, answeredAt, email }: Interaction) => ({
  ext_interaction_id: id,
  star_rating: rating === null ? '' : String(rating),
  comments: comment,
  response_received_at: rating === null ? '' : timeOf(answeredAt),
  request_sent_to: email,
});

/** A spreadsheet may write either kind of line break into a cell; both are read as one. */
const withPlainBreaks = (text: string): string => text.replaceAll('\r\n', '\n');

const readingOf = ({ id, rating, comment, answeredAt, email }: Interaction) => ({
  interactionId: id,
  rating,
  comment: comment.trim() === '' ? null : withPlainBreaks(comment).trim(),
  answeredAt: rating === null ? null : timeOf(answeredAt),
  customer: { email },
});

const interactions = fc.array(interaction, { minLength: 1, maxLength: 8 });
const pieceSize = fc.integer({ min: 1, max: 400 });

const writers = {
  CSV: (rows) =>
    stringify(rows.map(fieldsOf), { header: true, record_delimiter: '\r\n', quoted_match: /^\s|\s$|[\r\n]/ }),
  'CSV with semicolons': (rows) =>
    stringify(rows.map(fieldsOf), { header: true, delimiter: ';', quoted: true }),
  'a JSON array': (rows) => JSON.stringify(rows.map(fieldsOf)),
  'a JSON array over several lines': (rows) => JSON.stringify(rows.map(fieldsOf), null, 2),
  'JSON lines': (rows) => rows.map((row) => `${JSON.stringify(fieldsOf(row))}\n`).join(''),
} satisfies Record<string, (rows: Interaction[]) => string>;

describe('a file to import', () => {
  test.each(Object.entries(writers))(
    'that is %s is read as it was written',
    async (_, write) => {
      await holdsLater(
        fc.asyncProperty(interactions, pieceSize, async (rows, size) => {
          const read = await rowsOf(Buffer.from(write(rows)), size);
          const found = read.map((one) =>
            'row' in one ? { ...one.row, comment: one.row.comment && withPlainBreaks(one.row.comment) } : one,
          );
          expect(found).toMatchObject(rows.map(readingOf));
        }),
      );
    },
    proofTimeoutMs,
  );

  test.each(Object.entries(writers))(
    'that is %s is told of or read, whatever is done to it',
    async (_, write) => {
      const damage = fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        remove: fc.integer({ min: 0, max: 20 }),
        insert: fc.oneof(
          fc.uint8Array({ maxLength: 6 }),
          fc.constantFrom(...['"', '\n', '{', ']', ',', '\\'].map((text) => Buffer.from(text))),
        ),
      });
      await holdsLater(
        fc.asyncProperty(
          interactions,
          pieceSize,
          fc.array(damage, { maxLength: 4 }),
          async (rows, size, damages) => {
            let bytes = Buffer.from(write(rows));
            for (const { at, remove, insert } of damages) {
              const place = Math.floor(at * bytes.length);
              bytes = Buffer.concat([bytes.subarray(0, place), insert, bytes.subarray(place + remove)]);
            }
            let read: FileRow[];
            try {
              read = await rowsOf(bytes, size);
            } catch (error) {
              expect(error).toBeInstanceOf(Failure);
              expect(error).toMatchObject({ kind: 'usage', code: 'not_an_export' });
              return;
            }
            for (const one of read) {
              expect(one.line).toBeGreaterThan(0);
              if ('unreadable' in one) expect(one.unreadable).toMatch(/^\P{Cc}{3,200}$/u);
              else expect(one.row.rating === null || [1, 2, 3, 4, 5].includes(one.row.rating)).toBe(true);
            }
          },
        ),
      );
    },
    proofTimeoutMs,
  );
});
