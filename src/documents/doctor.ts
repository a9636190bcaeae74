/**
 * What `doctor` prints. `detail` says why it matters and what else is known; `fix` is the next command, or what to do.
 */
export interface DoctorDocument {
  ok: boolean;
  /** Requests to Gladly. */
  requests: number;
  checks: DoctorCheck[];
  /** Only with `--support`. */
  support?: SupportDocument;
}

export interface DoctorCheck {
  id: string;
  status: 'ok' | 'warning' | 'error' | 'skipped' | 'broken';
  summary: string;
  detail: string | null;
  fix: string | null;
  code: string | null;
}

/** For somebody else to read: no secret, no name, no address, no path. */
export interface SupportDocument {
  versions: { gcsat: string; node: string; platform: string };
  /** For a setting whose value is private: only whether it is set. */
  settings: Record<string, { value: string; origin: string }>;
  counts: Record<string, number> | null;
  checks: { id: string; status: DoctorCheck['status']; code: string | null }[];
}
