// Runs an installed gcsat as a newcomer would: node scripts/try-installed.mjs PROGRAM [ARGUMENT...]
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const [program, ...first] = process.argv.slice(2);
const { stdout } = await promisify(execFile)(program, [...first, 'replay', '--sandbox', '--json']);
const { outcome } = JSON.parse(stdout);
if (outcome !== 'sent') throw new Error(`replay --sandbox: ${outcome}`);

const server = spawn(program, [...first, 'serve', '--sandbox', '--port', '0', '--json'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = once(server, 'exit');
const [line] = await Promise.race([
  once(createInterface(server.stdout), 'line'),
  ended.then(([code]) => Promise.reject(new Error(`serve --sandbox ended with ${code}`))),
]);
const { status } = await globalThis.fetch(`${JSON.parse(line).listening}/readyz`);
if (status !== 200) throw new Error(`/readyz answered ${status}`);
server.kill('SIGTERM');
const [code] = await ended;
if (code !== 143) throw new Error(`serve --sandbox ended with ${code}`);
console.log(`${process.version}: replay and serve work`);
