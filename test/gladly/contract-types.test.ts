import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

test.each(['gladly', 'medallia'])(
  'the types are those of the contract of %s; `npm run generate` makes them',
  async (name) => {
    const committed = join(root, `src/${name}/contract.ts`);
    const contract = pathToFileURL(join(root, `contract/${name}.openapi.yaml`));
    const generated = `${COMMENT_HEADER}${astToString(await openapiTS(contract))}`;
    const formatted = await format(generated, {
      ...(await resolveConfig(committed)),
      parser: 'typescript',
    });
    expect(formatted === (await readFile(committed, 'utf8'))).toBe(true);
  },
);
