// Time limits of a lab: at least ten times what an idle machine needs.

/** Milliseconds. Times `MAX_PATIENCE`, `podObject` and `plugin` are the most that the daemon and the plugin take. */
const LIMITS = {
  /** From the start of a daemon until it says that it is ready; about a second. */
  daemonReady: 60_000,
  /** One answer about a daemon's status. */
  daemonAnswer: 10_000,
  /** From SIGTERM until a daemon has ended; SIGKILL follows. */
  daemonStop: 30_000,
  /** From SIGKILL until the process is gone. */
  killed: 30_000,
  /** Until the pod's manifest has reached the daemon that an ADD asks for it. */
  podObject: 60_000,
  /** One run of the CNI plugin. */
  plugin: 60_000,
  /** Until every node has every pod's addresses in its hd_endpoint. */
  podsKnown: 60_000,
  /** A command inside a namespace. */
  command: 60_000,
};
const MAX_PATIENCE = 10;

export type LabLimits = Readonly<typeof LIMITS>;
type Environment = Readonly<Record<string, string | undefined>>;

/** The limits times the patience. Throws a `RangeError` as `patience` does. */
export function labLimits(environment: Environment = process.env): LabLimits {
  const factor = patience(environment);
  const limits = { ...LIMITS };
  for (const name of Object.keys(limits) as (keyof LabLimits)[])
    limits[name] = Math.round(limits[name] * factor);
  return limits;
}

/** The factor in `HEDDLE_LAB_PATIENCE`, 1 without: an emulated machine is slower than ten times. Throws a `RangeError`. */
export function patience(environment: Environment = process.env): number {
  const text = environment['HEDDLE_LAB_PATIENCE'] ?? '';
  const factor = text === '' ? 1 : Number(text);
  if (factor >= 1 && factor <= MAX_PATIENCE) return factor;
  throw new RangeError(`HEDDLE_LAB_PATIENCE cannot be '${text}': use a number from 1 to ${MAX_PATIENCE}`);
}
