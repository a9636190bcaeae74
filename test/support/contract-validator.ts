import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { parse as parseCsv } from 'csv-parse/sync';
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';

/** One request and its answer as sent over the wire. Header names are in lower case. */
export interface Exchange {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  requestHeaders: Readonly<Record<string, string | string[] | undefined>>;
  requestBody: Buffer;
  status: number;
  responseHeaders: Readonly<Record<string, string | string[] | undefined>>;
  responseBody: Buffer;
}

export interface ValidationOptions {
  /** Also reports statuses that the contract does not state, and unknown query parameters. */
  strict?: boolean;
  /** Ignores the request, which is wrong on purpose. */
  responseOnly?: boolean;
}

type Json = any; // eslint-disable-line @typescript-eslint/no-explicit-any -- a parsed document of any shape

const contract: Json = parseYaml(
  readFileSync(join(import.meta.dirname, '../../contract/gladly.openapi.yaml'), 'utf8'),
);

/** Operations for which the contract states only 200, which leaves open how an unknown id is answered. */
const openAbout404 = [
  '/api/v1/agents/{agentId}',
  '/api/v1/inboxes/{inboxId}',
  '/api/v1/teams/{teamId}',
  '/api/v1/customers/{customerId}/conversations',
];

/**
 * The contract as JSON Schema: nullable becomes a type, overlapping oneOf becomes anyOf, and properties that only the
 * other side may send are forbidden.
 */
function asJsonSchema(node: Json, forbidden: 'readOnly' | 'writeOnly'): Json {
  if (Array.isArray(node)) return node.map((one) => asJsonSchema(one, forbidden));
  if (typeof node !== 'object' || node === null) return node;
  const result: Json = {};
  for (const [key, value] of Object.entries<Json>(node)) {
    if (key === 'example' || key === 'examples') continue;
    const target = key === 'oneOf' ? 'anyOf' : key;
    result[target] =
      key === 'properties'
        ? Object.fromEntries(
            Object.entries<Json>(value).map(([name, schema]) => [
              name,
              schema[forbidden] === true ? false : asJsonSchema(schema, forbidden),
            ]),
          )
        : asJsonSchema(value, forbidden);
  }
  if (result.nullable === true && typeof result.type === 'string') result.type = [result.type, 'null'];
  return result;
}

function compiler(forbidden: 'readOnly' | 'writeOnly'): (pointer: string) => ValidateFunction {
  const ajv = new Ajv({ strict: false, validateFormats: false, validateSchema: false, allErrors: true });
  ajv.addSchema(asJsonSchema(contract, forbidden), 'contract');
  const compiled = new Map<string, ValidateFunction>();
  return (pointer) => {
    const known = compiled.get(pointer);
    if (known !== undefined) return known;
    const made = ajv.compile({ $ref: `contract#${pointer}` });
    compiled.set(pointer, made);
    return made;
  };
}

const forRequests = compiler('readOnly');
const forResponses = compiler('writeOnly');

const escapePointer = (part: string): string => encodeURI(part.replaceAll('~', '~0').replaceAll('/', '~1'));
const pointerTo = (...parts: string[]): string => parts.map((part) => `/${escapePointer(part)}`).join('');

/** A node of the contract and the pointer to it, after following references. */
function resolve(...parts: string[]): { node: Json; at: string[] } | undefined {
  let node: Json = contract;
  let at: string[] = [];
  for (const part of parts) {
    node = node?.[part];
    at = [...at, part];
    if (node === undefined) return undefined;
    if (typeof node.$ref === 'string') {
      at = node.$ref.slice(2).split('/');
      node = at.reduce((inside, name) => inside?.[name], contract);
    }
  }
  return { node, at };
}

const templates = Object.keys(contract.paths)
  .filter((template) => template.startsWith('/api/'))
  .map((template) => ({
    template,
    pattern: new RegExp(`^${template.replace(/\{[^}]+\}/g, '[^/]+')}$`),
    parameters: template.split('{').length,
  }))
  .sort((one, other) => one.parameters - other.parameters);

function problemsOf(validate: ValidateFunction, value: unknown, where: string): string[] {
  if (validate(value)) return [];
  const seen = new Set(
    (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`),
  );
  return [`${where}: ${[...seen].slice(0, 12).join('; ')}`];
}

function jsonOf(body: Buffer): { value: Json } | undefined {
  try {
    return { value: JSON.parse(body.toString('utf8')) };
  } catch {
    return undefined;
  }
}

const mediaType = (header: string | string[] | undefined): string =>
  String(header ?? '')
    .split(';')[0]!
    .trim()
    .toLowerCase();

function queryProblems(exchange: Exchange, template: string, operation: Json, strict: boolean): string[] {
  const problems: string[] = [];
  const declared = new Map<string, { schema: Json; at: string[] }>();
  (operation.parameters ?? []).forEach((_: unknown, index: number) => {
    const parameter = resolve('paths', template, exchange.method.toLowerCase(), 'parameters', String(index))!;
    const { name, in: place, required, schema } = parameter.node;
    if (place !== 'query') return;
    declared.set(name, { schema, at: [...parameter.at, 'schema'] });
    const values = exchange.query.getAll(name);
    if (values.length === 0) {
      if (required === true) problems.push(`query parameter ${name} is missing`);
      return;
    }
    const value = schema.type === 'array' ? values : values[0];
    if (schema.type !== 'array' && values.length > 1) problems.push(`query parameter ${name} is repeated`);
    problems.push(...problemsOf(forRequests(pointerTo(...parameter.at, 'schema')), value, `query ${name}`));
  });
  if (strict)
    for (const name of new Set(exchange.query.keys()))
      if (!declared.has(name)) problems.push(`query parameter ${name} is unknown`);
  return problems;
}

function requestProblems(exchange: Exchange, template: string): string[] {
  const body = resolve('paths', template, exchange.method.toLowerCase(), 'requestBody');
  if (body === undefined)
    return exchange.requestBody.length > 0 ? ['the request has a body, the operation has none'] : [];
  if (exchange.requestBody.length === 0)
    return body.node.required === true ? ['the request body is missing'] : [];
  const type = mediaType(exchange.requestHeaders['content-type']);
  if (body.node.content[type] === undefined) return [`request content type ${type || '(none)'}`];
  const json = jsonOf(exchange.requestBody);
  if (json === undefined) return ['the request body is not JSON'];
  const validate = forRequests(pointerTo(...body.at, 'content', type, 'schema'));
  return problemsOf(validate, json.value, 'request body');
}

function csvProblems(exchange: Exchange, columnsByReport: Json, strict: boolean): string[] {
  const metricSet: string = jsonOf(exchange.requestBody)?.value?.metricSet ?? '';
  const wanted: string[] | undefined = columnsByReport[metricSet]?.columns;
  if (wanted === undefined) return [];
  const rows: string[][] = parseCsv(exchange.responseBody);
  const headings = rows[0] ?? [];
  const problems = wanted
    .filter((column) => !headings.includes(column))
    .map((column) => `column ${column} is missing`);
  if (strict)
    problems.push(
      ...headings.filter((name) => !wanted.includes(name)).map((name) => `column ${name} is unknown`),
    );
  return problems;
}

function lineProblems(body: Buffer, at: string[], ...schema: string[]): string[] {
  const validate = forResponses(pointerTo(...at, 'schema', ...schema));
  return body
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line, index) => {
      const json = jsonOf(Buffer.from(line));
      if (json === undefined) return [`line ${index + 1} is not JSON`];
      return problemsOf(validate, json.value, `line ${index + 1}`);
    });
}

function responseProblems(exchange: Exchange, template: string, strict: boolean): string[] {
  const { status, method } = exchange;
  const found = resolve('paths', template, method.toLowerCase(), 'responses', String(status));
  if (found === undefined) {
    if (status === 404 && openAbout404.includes(template) && !strict) return [];
    return [`status ${status} is not stated`];
  }
  const { node, at } = found;
  const problems: string[] = [];
  if (node.headers?.Location !== undefined && exchange.responseHeaders.location === undefined)
    problems.push('the Location header is missing');
  const content = node.content ?? {};
  const size = exchange.responseBody.length;
  if (Object.keys(content).length === 0)
    return size > 0 ? [...problems, `status ${status} has a body, none is stated`] : problems;
  const type = mediaType(exchange.responseHeaders['content-type']);
  const media = content[type];
  if (media === undefined) return [...problems, `response content type ${type || '(none)'}`];
  const mediaAt = [...at, 'content', type];
  if (media.schema['x-line-schema'] !== undefined)
    return [...problems, ...lineProblems(exchange.responseBody, mediaAt, 'x-line-schema')];
  const byFile = media.schema['x-line-schema-by-filename'];
  if (byFile !== undefined) {
    const name = exchange.path.split('/').at(-1)!;
    if (byFile[name] === undefined) return [...problems, `file ${name} is unknown`];
    return [...problems, ...lineProblems(exchange.responseBody, mediaAt, 'x-line-schema-by-filename', name)];
  }
  if (media['x-csv-columns'] !== undefined)
    return [...problems, ...csvProblems(exchange, media['x-csv-columns'], strict)];
  if (type !== 'application/json') return size > 0 ? problems : [...problems, 'the response body is empty'];
  const json = jsonOf(exchange.responseBody);
  if (json === undefined) return [...problems, 'the response body is not JSON'];
  // Some examples of the contract have one error where its schema has a list.
  const single = media.example?.errors !== undefined && !Array.isArray(media.example.errors);
  const value =
    single && !Array.isArray(json.value?.errors)
      ? { ...json.value, errors: [json.value.errors] }
      : json.value;
  return [...problems, ...problemsOf(forResponses(pointerTo(...mediaAt, 'schema')), value, 'response body')];
}

/** Everything in an exchange that departs from the contract. */
export function validateExchange(exchange: Exchange, options: ValidationOptions = {}): string[] {
  const strict = options.strict ?? false;
  const found = templates.find(({ pattern }) => pattern.test(exchange.path));
  if (found === undefined) return [`path ${exchange.path} is unknown`];
  const { template } = found;
  const operation = contract.paths[template][exchange.method.toLowerCase()];
  if (operation === undefined) return [`method ${exchange.method} of ${template} is unknown`];
  const problems = responseProblems(exchange, template, strict);
  if (options.responseOnly === true) return problems;
  const authorized = /^Basic /i.test(String(exchange.requestHeaders.authorization ?? ''));
  if (!authorized && exchange.status !== 401) problems.push('the request has no Basic credentials');
  return [
    ...problems,
    ...queryProblems(exchange, template, operation, strict),
    ...requestProblems(exchange, template),
  ];
}
