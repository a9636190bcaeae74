import { logContext } from '../ports/log-context.ts';
import type { Log } from '../ports/log.ts';
import type { LogLevel } from './output.ts';
import { redact } from './redact.ts';
import { clean, escapeControls } from './text.ts';

declare const GCSAT_VERSION: string;

interface LogSink {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
}

/** Fields that must never reach a log, even if a caller passes one. */
const secretFields = ['authorization', 'password', 'token', 'comment', 'address', 'email', 'phone'];

const linkTokens = /(\/[su]\/)[A-Za-z0-9_-]{20,}/g;
/** A closing's id also has an @, but a time follows it. */
const mailAddresses = /[^\s"'<>@:=,]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}/g;

/**
 * The log of this process, on stderr: lines of JSON (`time`, `level`, `version`, `msg`, fields), or short plain lines
 * on a terminal. Both leave out known secrets, the tokens in links, and mail addresses.
 */
export async function openLog(level: LogLevel, stderr: LogSink = process.stderr): Promise<Log> {
  // The only export that is the same in the package and in the bundle.
  const { default: pino } = await import('pino');
  const human = stderr.isTTY === true;
  const write = (line: string): void => {
    const safe = redact(line).replace(linkTokens, '$1[redacted]').replace(mailAddresses, '[redacted]');
    stderr.write(human ? plainLine(safe) : escapeControls(safe));
  };
  const logger = pino(
    {
      level,
      base: { version: GCSAT_VERSION },
      mixin: () => ({ ...logContext.getStore() }),
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: secretFields.flatMap((name) => [name, `*.${name}`]),
        censor: '[redacted]',
      },
    },
    { write },
  );
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
  };
}

/** Fields that are useless to a person at a terminal. */
const forPrograms = ['version', 'requestId'];

function plainLine(line: string): string {
  const { time, level, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const shown = Object.entries(fields).filter(([name]) => !forPrograms.includes(name));
  const more = shown.map(([name, value]) => `${name}=${plainValue(value)}`);
  const head = `${textOf(time).slice(11, 19)} ${textOf(level).padEnd(5)} ${textOf(msg)}`;
  return `${clean([head, ...more].join('  '))}\n`;
}

function plainValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
