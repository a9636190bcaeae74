import type { Closing } from '../../domain/closing/closing.ts';
import { lanes } from '../../domain/values/lanes.ts';
import { linkKeyOf, makeToken, readToken, type TokenPurpose } from '../../domain/survey/token.ts';
import { boundOrganization } from '../../store/organization.ts';
import type { Services } from '../context/services.ts';

/** What a token names, according to its signature. */
interface ReadToken {
  surveyId: string;
  /** Whether it is the link that this ledger made for the closing. */
  isOf(closing: Pick<Closing, 'lane' | 'surveyUrl'>): boolean;
}

export interface SurveyTokens {
  /** Null: gcsat did not sign it for this purpose. */
  read(purpose: TokenPurpose, token: string): Promise<ReadToken | null>;
  unsubscribe(closing: Pick<Closing, 'lane'>, surveyId: string): Promise<string>;
}

interface Signer {
  key: Uint8Array;
  isOf: ReadToken['isOf'];
}

/** The tokens of the links that this ledger has sent, including links signed in an earlier way. */
export function surveyTokens({ ledger, settings }: Pick<Services, 'ledger' | 'settings'>): SurveyTokens {
  const load = async () => {
    const origin = (await boundOrganization(ledger))?.origin ?? settings.origin;
    const signersOf = (signingKey: Uint8Array): Signer[] => [
      ...lanes.map((lane) => ({
        key: linkKeyOf(signingKey, origin, lane),
        isOf: (closing: Pick<Closing, 'lane'>) => closing.lane === lane,
      })),
      // A link signed the earlier way names no ledger, but the ledger keeps the link that it sent.
      {
        key: signingKey,
        isOf: ({ surveyUrl }) => {
          // For an uncertain message that is to be sent again, only the survey is known.
          if (surveyUrl === null) return true;
          const [, sent = ''] = /\/s\/([^/?#]+)$/.exec(surveyUrl) ?? [];
          return readToken(signingKey, 'survey', sent) !== null;
        },
      },
    ];
    const current = await settings.surveySecret();
    const own = signersOf(current);
    const earlier = (await settings.previousSurveySecrets()).flatMap(signersOf);
    return { origin, current, signers: { survey: own, unsubscribe: [...own, ...earlier] } };
  };
  let loaded: ReturnType<typeof load> | null = null;
  const keys = (): ReturnType<typeof load> =>
    (loaded ??= load().catch((error: unknown) => {
      loaded = null;
      throw error;
    }));

  return {
    async read(purpose, token) {
      for (const { key, isOf } of (await keys()).signers[purpose]) {
        const surveyId = readToken(key, purpose, token);
        if (surveyId !== null) return { surveyId, isOf };
      }
      return null;
    },
    async unsubscribe({ lane }, surveyId) {
      const { current, origin } = await keys();
      return makeToken(linkKeyOf(current, origin, lane), 'unsubscribe', surveyId);
    },
  };
}
