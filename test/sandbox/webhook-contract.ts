import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'yaml';

const file = join(import.meta.dirname, '../../contract/gladly.openapi.yaml');
const ajv = new Ajv({ strict: false, validateFormats: false, validateSchema: false });
ajv.addSchema(
  JSON.parse(JSON.stringify(parse(readFileSync(file, 'utf8'))).replaceAll('"oneOf"', '"anyOf"')),
  'contract',
);

/** How the body of a webhook request departs from the contract. */
export function webhookProblems(body: unknown): string[] {
  const validate = ajv.compile({ $ref: 'contract#/components/schemas/WebhookEvent' });
  return validate(body) ? [] : (validate.errors ?? []).map(({ message }) => message ?? '');
}
