import { expect, test } from 'vitest';
import { sendReportMail } from '../../src/delivery/report-mail.ts';
import { mailServer } from '../support/mail-server.ts';

test('a report that did not reach everyone names what became of each address', async () => {
  let taken = 0;
  let cut = (): void => undefined;
  const server = await mailServer({
    onConnect(_, callback) {
      const { connections } = this as unknown as { connections: Set<{ close(): void }> };
      cut = () => connections.forEach((connection) => connection.close());
      callback();
    },
    onRcptTo({ address }, _, callback) {
      callback(address.startsWith('gone') ? new Error('no such user') : null);
    },
    onData(stream, _, callback) {
      stream.resume();
      stream.on('end', () => {
        taken += 1;
        if (taken === 1) callback(null, 'taken');
        // All of the second message has arrived, but its reply is lost.
        else cut();
      });
    },
  });
  const mail = {
    subject: 'Report',
    text: 'text',
    html: '<p>text</p>',
    attachment: { name: 'a.html', html: '' },
  };
  const to = ['first', 'gone', 'lost', 'last'].map((name) => `${name}@acme.example`);
  const sent = sendReportMail(mail, to, {
    url: `${server.url}?tls=off`,
    from: 'csat@acme.example',
    publicUrl: null,
    organization: null,
    clock: () => Date.now(),
    signal: new AbortController().signal,
  });
  await expect(sent).rejects.toMatchObject({
    kind: 'partial',
    code: 'report_mail_partial',
    message: expect.stringContaining(
      'the report did not reach everyone: sent to first@acme.example; refused for gone@acme.example; ' +
        'may or may not have reached lost@acme.example; not tried, because the session had ended, for last@acme.example',
    ) as string,
  });
});
