import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { parse as parseYaml } from 'yaml';
import type { Exchange } from './contract-validator.ts';

type Json = any; // eslint-disable-line @typescript-eslint/no-explicit-any -- a parsed document of any shape

const contract: Json = parseYaml(
  readFileSync(join(import.meta.dirname, '../../contract/medallia.openapi.yaml'), 'utf8'),
);

const ajv = new Ajv({
  strict: false,
  allErrors: true,
  formats: {
    'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/,
    email: /^[^@\s]+@[^@\s]+$/,
    uri: /^[a-z][a-z0-9+.-]*:\S+$/i,
    int64: true,
  },
});
ajv.addSchema(contract, 'medallia');

const escaped = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1');

function schemaErrors(pointer: readonly string[], value: unknown): string[] {
  const validate = ajv.compile({ $ref: `medallia#/${pointer.map(escaped).join('/')}` });
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** Whether a path is one of Agent Connect's. */
export function isMedalliaPath(path: string): boolean {
  return /^\/v[12]\//.test(path);
}

function templateOf(path: string): string | undefined {
  return Object.keys(contract.paths).find((template) =>
    new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`).test(path),
  );
}

/** Everything in an exchange that breaks the contract of Agent Connect, on either side; empty if nothing does. */
export function medalliaViolations(exchange: Exchange): string[] {
  const template = templateOf(exchange.path);
  const method = exchange.method.toLowerCase();
  const operation = template === undefined ? undefined : contract.paths[template][method];
  if (template === undefined || operation === undefined)
    return [`there is no ${exchange.method} ${exchange.path}`];
  const found: string[] = [];
  const schemes: string[] = operation.security.flatMap((needed: Json) => Object.keys(needed));
  if (schemes.includes('ApiKeyInHeader') && typeof exchange.requestHeaders['x-api-key'] !== 'string')
    found.push('request: no x-api-key');
  const token = String(exchange.requestHeaders['authorization'] ?? '');
  if (schemes.includes('JwtAuth') && !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token))
    found.push('request: no bare token');
  if (!schemes.includes('JwtAuth') && token !== '') found.push('request: a token where none belongs');
  const parameters: Json[] = operation.parameters ?? [];
  for (const [name, value] of exchange.query) {
    const at = parameters.findIndex((one) => one.in === 'query' && one.name === name);
    if (at < 0) found.push(`request: unknown parameter ${name}`);
    else {
      const read = parameters[at].schema.type === 'integer' ? Number(value) : value;
      const pointer = ['paths', template, method, 'parameters', String(at), 'schema'];
      found.push(...schemaErrors(pointer, read).map((error) => `request: ${name}${error}`));
    }
  }
  if (operation.requestBody !== undefined) {
    const pointer = ['paths', template, method, 'requestBody', 'content', 'application/json', 'schema'];
    const body: unknown = JSON.parse(exchange.requestBody.toString('utf8'));
    found.push(...schemaErrors(pointer, body).map((error) => `request: ${error}`));
  }
  const response = operation.responses[String(exchange.status)];
  // 429 is documented for Data Return alone, but may happen anywhere.
  if (response === undefined && exchange.status !== 429)
    return [...found, `response: ${exchange.status} is not documented`];
  if (exchange.status === 200) {
    const pointer = ['paths', template, method, 'responses', '200', 'content', 'application/json', 'schema'];
    const body: unknown = JSON.parse(exchange.responseBody.toString('utf8'));
    found.push(...schemaErrors(pointer, body).map((error) => `response: ${error}`));
  }
  return found;
}
