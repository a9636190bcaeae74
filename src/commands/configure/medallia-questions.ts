import { InvalidValue } from '../../config/invalid-value.ts';
import { parseMedalliaHost, parseMedalliaKey } from '../../config/medallia-values.ts';
import type { ResolvedSettings } from '../../config/resolved-settings.ts';
import type { ProfileKey } from '../../config/setting-keys.ts';
import { registerSecret } from '../../terminal/redact.ts';
import type { Prompts } from '../../terminal/prompts.ts';

type Values = Partial<Record<ProfileKey, string>>;

/** Asks for what Agent Connect needs; keys are hidden. */
export async function askMedallia(
  prompts: Prompts,
  { medallia }: ResolvedSettings,
  given: Values,
): Promise<Values> {
  const key = async (name: 'medalliaApiKey' | 'medalliaApiSecret', what: string, saved: string | null) => {
    if (given[name] !== undefined) return given[name];
    const typed = await prompts.secret({
      message: `${what} of Agent Connect${saved === null ? '' : ' (Enter keeps the saved one)'}`,
      problem: (text) =>
        Promise.resolve(text === '' && saved !== null ? null : problemWith(parseMedalliaKey, text)),
    });
    const value = typed === '' && saved !== null ? saved : typed.trim();
    registerSecret(value);
    return value;
  };
  const parseHost = (text: string): string => parseMedalliaHost(text, false);
  return {
    medalliaUrl:
      given.medalliaUrl ??
      parseHost(
        await prompts.text({
          message: "Subdomain of the company, or the host of Agent Connect's API",
          initial: medallia.origin,
          problem: (text) => Promise.resolve(problemWith(parseHost, text)),
        }),
      ),
    medalliaApiKey: await key('medalliaApiKey', 'API key', medallia.apiKey),
    medalliaApiSecret: await key('medalliaApiSecret', 'API secret', medallia.apiSecret),
  };
}

function problemWith(parse: (text: string) => unknown, text: string): string | null {
  try {
    parse(text);
    return null;
  } catch (error) {
    if (error instanceof InvalidValue) return `${error.message}. ${error.hint}`;
    throw error;
  }
}
