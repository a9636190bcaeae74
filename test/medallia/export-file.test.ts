import { describe, expect, test } from 'vitest';
import { openExport, type FileRow } from '../../src/medallia/exports/export-file.ts';

/** The bytes in small pieces, as a stream may bring them. */
async function* inPieces(bytes: Buffer, size = 5): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function rowsOf(text: string | Buffer): Promise<{ format: string; rows: FileRow[] }> {
  const { format, rows } = await openExport(inPieces(Buffer.from(text)), 'the file');
  const read: FileRow[] = [];
  for await (const row of rows) read.push(row);
  return { format, rows: read };
}

const newer =
  'ext_interaction_id,Request Sent At (UTC),request_sent_to,request_delivery_status,star_rating,comments,response_received_at,employee_email,inbox';
const answered =
  'conv1,2026-11-28 10:00:00 UTC,kim@example.org,Sent,5,"Quick,\nand ""kind""",2026-11-28T11:00:00Z,amara@acme.com,Support';

describe('CSV', () => {
  test('has the columns of the newer export, with quoted commas and line breaks', async () => {
    const { format, rows } = await rowsOf(
      `${newer}\r\n${answered}\r\nconv2,,,Not sent: suppression period,,,,,\r\n`,
    );
    expect(format).toBe('csv');
    expect(rows).toMatchObject([
      {
        line: 2,
        row: {
          interactionId: 'conv1',
          sentAt: '2026-11-28T10:00:00.000Z',
          answeredAt: '2026-11-28T11:00:00.000Z',
          rating: 5,
          comment: 'Quick,\nand "kind"',
          customer: { email: 'kim@example.org' },
          employee: { email: 'amara@acme.com' },
        },
      },
      { line: 4, row: { interactionId: 'conv2', sentAt: null, rating: null } },
    ]);
  });

  test('has the columns of the older export', async () => {
    const { rows } = await rowsOf(
      'request_id,ext_interaction_id,external_url,star_rating,request_created_at,request_sent_at,response_received_at,' +
        'employee_custom_id,employee_email_address,employee_first_name,employee_last_name,customer_email_address,' +
        'additional_question_text,additional_question_response_multiple_choice\n' +
        'r1,,https://acme.gladly.com/customer/cu%201/conversation/co1,4.0,,2020-01-02T03:04:05-05:00,2020-01-02T04:04:05-05:00,' +
        '77,paul@acme.com,Paul,Agent,jane@example.org,Was your issue resolved?,No\n',
    );
    expect(rows).toMatchObject([
      {
        row: {
          uuid: 'r1',
          conversationId: 'co1',
          customerId: 'cu 1',
          rating: 4,
          resolved: false,
          sentAt: '2020-01-02T08:04:05.000Z',
          employee: { email: 'paul@acme.com', customId: '77' },
          employeeName: 'Paul Agent',
          customer: { email: 'jane@example.org' },
        },
      },
    ]);
  });

  test('may be saved by a spreadsheet: semicolons, UTF-16, a byte order mark', async () => {
    const text = `\uFEFFext_interaction_id;star_rating;response_received_at\nc1;3;2026-11-28 10:00:00\n`;
    for (const bytes of [Buffer.from(text, 'utf8'), Buffer.from(text, 'utf16le')]) {
      expect((await rowsOf(bytes)).rows).toMatchObject([
        { line: 2, row: { interactionId: 'c1', rating: 3 } },
      ]);
    }
  });

  test('a broken row is told with its line, and takes no other with it', async () => {
    const short = 'ext_interaction_id,comments,star_rating';
    const { rows } = await rowsOf(
      `${short}\na,"one"x,1\nb,5" screen,2\nc,"never ends,3\nd,"quoted, and whole",4\ne,5\nf,,six\n,,5\ng,fine,5`,
    );
    expect(rows.map((one) => [one.line, 'row' in one ? one.row.interactionId : one.unreadable])).toEqual([
      [2, 'a'],
      [3, 'b'],
      [4, 'its quotation marks are broken'],
      [5, 'd'],
      [6, 'it has 2 columns'],
      [7, 'star_rating is not 1 to 5'],
      [8, 'it names no interaction'],
      [9, 'g'],
    ]);
  });
});

const nested = (uuid: string, more: object = {}): object => ({
  uuid,
  ext_interaction_id: 'c1@2026-11-28T10:00:00.000Z',
  request_created_at: '2026-11-28T10:00:01Z',
  response_received_at: '2026-11-28T11:00:00Z',
  employee: { email: 'paul@acme.com', first_name: 'Paul' },
  answers: {
    agent_star_rating: { comment: 'a ] and a }', selected_options: { '9': { integer_value: 4 } } },
  },
  ...more,
});

describe('rows of Data Return', () => {
  test('come as a JSON array, whatever its spacing', async () => {
    for (const space of [0, 2]) {
      const { format, rows } = await rowsOf(JSON.stringify([nested('u1'), nested('u2')], null, space));
      expect(format).toBe('json');
      expect(rows).toMatchObject([
        { row: { uuid: 'u1', rating: 4, comment: 'a ] and a }', employeeName: 'Paul' } },
        { row: { uuid: 'u2', sequence: 0 } },
      ]);
    }
  });

  test('come as JSON lines', async () => {
    const { format, rows } = await rowsOf(
      `${JSON.stringify(nested('u1'))}\n{"uuid": \n\n${JSON.stringify(nested('u2', { request_sent_at: 'late' }))}\n7\n`,
    );
    expect(format).toBe('jsonl');
    expect(rows).toMatchObject([
      { line: 1, row: { uuid: 'u1' } },
      { line: 2, unreadable: 'it is not JSON' },
      { line: 4, unreadable: 'request_sent_at is not a time' },
      { line: 5, unreadable: 'it is not a row of names and values' },
    ]);
  });

  test('come as the list of the older one, which is flat', async () => {
    const old = {
      responses: [{ request_id: 'r1', star_rating: 5, response_received_at: '2020-01-01T00:00:00Z' }],
    };
    expect(await rowsOf(JSON.stringify(old, null, 1))).toMatchObject({
      format: 'json',
      rows: [{ row: { uuid: 'r1', rating: 5 } }],
    });
  });

  test.each([
    ['[{"uuid": "u1"}, {"uuid": "u2"', [1, 2]],
    ['[{"uuid": "u1"}, nonsense, {"uuid": "u2"}] more', [1, 2, 3, 4]],
    ['[', [1]],
    ['[]', []],
  ])('%s', async (text, lines) => {
    const { rows } = await rowsOf(text.replaceAll(', ', ',\n').replaceAll('] ', ']\n'));
    expect(rows.map(({ line }) => line)).toEqual(lines);
  });
});

test('another file is refused', async () => {
  for (const text of ['', 'name,phone\nKim,1\n', '{"a": [', 'PK\u0003\u0004']) {
    await expect(rowsOf(text)).rejects.toMatchObject({ kind: 'usage', code: 'not_an_export' });
  }
});

test('one interaction has the same id in every export', async () => {
  const one = async (text: string) => (await rowsOf(`${newer}\n${text}`)).rows[0];
  expect(await one(answered)).toEqual(await one(answered));
  expect(await one(answered)).not.toMatchObject((await one(answered.replace('conv1', 'conv2'))) as object);
});
