import { Failure } from '../failure.ts';
import { colorLevel, keepPackagesPlain } from './color.ts';
import { createOutput, type LogLevel, type Output } from './output.ts';

/** The global options that determine what is printed and how. */
export interface TerminalFlags {
  json?: boolean | undefined;
  jsonl?: boolean | undefined;
  quiet?: boolean | undefined;
  verbose?: boolean | undefined;
  /** False: `--no-color`. */
  color?: boolean | undefined;
  /** False: `--no-input`. */
  input?: boolean | undefined;
}

const levels: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];

/**
 * The output of this process. If colors are off, this also sets the environment to say so.
 *
 * @param givenLevel GCSAT_LOG_LEVEL
 * @throws Failure kind usage if two options contradict each other, kind configuration for a bad GCSAT_LOG_LEVEL.
 */
export function openOutput(
  flags: TerminalFlags,
  env: NodeJS.ProcessEnv,
  givenLevel: () => string | null,
): Output {
  refuseBoth(flags.json, '--json', flags.jsonl, '--jsonl');
  refuseBoth(flags.quiet, '--quiet', flags.verbose, '--verbose');
  keepPackagesPlain(flags.color, env);
  const { stdout, stderr } = process;
  return createOutput({
    json: flags.json === true,
    jsonl: flags.jsonl === true,
    level: logLevel(flags, givenLevel),
    color: {
      stdout: colorLevel(flags.color, env, stdout.isTTY),
      stderr: colorLevel(flags.color, env, stderr.isTTY),
    },
    stdout,
    stderr,
    env,
  });
}

function refuseBoth(
  left: boolean | undefined,
  leftName: string,
  right: boolean | undefined,
  rightName: string,
): void {
  if (left !== true || right !== true) return;
  throw new Failure('usage', 'contradicting_options', `${leftName} and ${rightName} contradict each other`, {
    hint: 'Give one of them.',
  });
}

function logLevel(flags: TerminalFlags, givenLevel: () => string | null): LogLevel {
  if (flags.verbose === true) return 'debug';
  if (flags.quiet === true) return 'warn';
  const given = givenLevel();
  if (given === null) return 'info';
  const level = levels.find((name) => name === given.toLowerCase());
  if (level !== undefined) return level;
  throw new Failure('configuration', 'bad_configuration', `GCSAT_LOG_LEVEL: '${given}' is not a level`, {
    hint: `Use one of ${levels.join(', ')}.`,
  });
}
