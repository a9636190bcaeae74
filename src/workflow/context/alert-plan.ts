import type { Settings } from '../../config/settings.ts';
import type { AlertPlan } from '../../domain/survey/alert.ts';

/** Which answers raise an alert, and by which of the configured ways. */
export function alertPlan({ alerts, policy }: Pick<Settings, 'alerts' | 'policy'>): AlertPlan {
  return {
    rating: policy.alertRating ?? policy.lowRating,
    ways: [
      ...(alerts.url === null ? [] : (['webhook'] as const)),
      ...(policy.alertMail === null ? [] : (['mail'] as const)),
      ...(policy.followUpTask ? (['task'] as const) : []),
    ],
  };
}
