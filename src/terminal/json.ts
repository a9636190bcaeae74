import { redact } from './redact.ts';
import { escapeControls } from './text.ts';

/** JSON without secrets; control and direction characters are escaped, so that the text is harmless on a terminal. */
export function serialize(document: unknown, indent?: number): string {
  const withoutSecrets = (_key: string, value: unknown): unknown =>
    typeof value === 'string' ? redact(value) : value;
  return escapeControls(JSON.stringify(document, withoutSecrets, indent));
}
