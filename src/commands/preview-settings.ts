import { resolveSettings } from '../config/resolve.ts';
import type { Settings } from '../config/settings.ts';
import { registerSecret } from '../terminal/redact.ts';
import { rememberedOrganization } from '../workflow/checks/remembered-organization.ts';
import type { MessageSettings } from '../workflow/checks/sample-messages.ts';
import type { CommandContext } from './program/context.ts';
import { placeOf } from './program/ledger-place.ts';

/** The name used if nothing says what the company is called. */
const sampleCompany = 'Sample Company';

export interface PreviewSettings {
  settings: MessageSettings & Pick<Settings, 'profile' | 'brands' | 'origins'>;
  /** The company name if the policy gives none. */
  companyName: string;
}

/** The settings that messages and pages depend on; no token is needed. @throws Failure kind usage or configuration */
export async function previewSettings(context: CommandContext): Promise<PreviewSettings> {
  const { flags, env } = context;
  const settings = context.wantsSandbox()
    ? await context.settings({ keepsSigningKey: false })
    : await resolveSettings({
        ...{ flags, env, onSecret: registerSecret },
        overrides: { keepsSigningKey: false },
      });
  const ofSandbox = context.sandbox()?.organizationName;
  const place = settings.database === null ? null : placeOf(settings);
  const known = settings.policy.companyName ?? ofSandbox ?? (await rememberedOrganization(place))?.name;
  return { settings, companyName: known ?? sampleCompany };
}
