/** What `doctor` prints. `detail` says why it matters and what else is known; `fix` is the next command, or what to do. */
export interface DoctorDocument {
  ok: boolean;
  /** To Gladly. */
  requests: number;
  checks: DoctorCheck[];
  /** With `--support`. */
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

/** For somebody else's eyes: no secret, no name, no address, no path. */
export interface SupportDocument {
  versions: { gcsat: string; node: string; platform: string };
  /** Of a setting whose value is nobody's business: whether it is set. */
  settings: Record<string, { value: string; origin: string }>;
  counts: Record<string, number> | null;
  checks: { id: string; status: DoctorCheck['status']; code: string | null }[];
}
