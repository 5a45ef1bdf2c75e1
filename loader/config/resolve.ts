// Merges the settings of all places: the later place takes precedence, and each value is validated once.
import type { Assignment } from './assignment.ts';
import { configKeys, type ConfigKey } from './keys.ts';
import { configSchema, type Config } from './schema.ts';

export interface ResolvedConfig {
  /** Absent when there are problems. */
  readonly config?: Config;
  /** Origin of each key's value; a key that is absent has its default. */
  readonly origins: ReadonlyMap<string, string>;
  /** Whole sentences. */
  readonly problems: readonly string[];
}

/** `assignments` in rising precedence; `hostname` is the default of `nodeName`. */
export function resolveConfig(assignments: readonly Assignment[], hostname: string): ResolvedConfig {
  const effective = new Map(assignments.map(assignment => [assignment.key, assignment]));
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const key of configKeys) {
    const assignment = effective.get(key.key);
    if (assignment === undefined) continue;
    const result = key.schema.safeParse(readValue(key, assignment));
    if (result.success) place(values, key.key, result.data);
    else problems.push(wrongValue(key, assignment));
  }
  const origins = new Map([...effective].map(([key, { origin }]) => [key, origin]));
  const config = problems.length === 0 ? complete(values, hostname, problems) : undefined;
  if (config !== undefined) problems.push(...contradictions(config, origins));
  return { ...(config !== undefined && problems.length === 0 && { config }), origins, problems };
}

/** Text is kept as a string where that is valid (a node may be named 123), else converted to a number or boolean. */
function readValue(key: ConfigKey, { value, isText }: Assignment): unknown {
  if (!isText || key.schema.safeParse(value).success) return value;
  if (value === 'true' || value === 'false') return value === 'true';
  return typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
}

function place(values: Record<string, unknown>, key: string, value: unknown): void {
  const dot = key.indexOf('.');
  if (dot < 0) {
    values[key] = value;
    return;
  }
  const section = { ...(values[key.slice(0, dot)] as Record<string, unknown> | undefined) };
  place(section, key.slice(dot + 1), value);
  values[key.slice(0, dot)] = section;
}

function complete(values: Record<string, unknown>, hostname: string, problems: string[]): Config | undefined {
  const runDir = typeof values['runDir'] === 'string' ? values['runDir'] : '/run/heddle';
  const socket = `${runDir === '/' ? '' : runDir}/heddled.sock`;
  const result = configSchema.safeParse({ nodeName: hostname.toLowerCase(), socket, ...values });
  if (result.success) return freeze(result.data);
  for (const { path } of result.error.issues) {
    const key = configKeys.find(candidate => candidate.key === path.join('.'));
    const computed = path[0] === 'socket' ? `'${socket}' (from runDir)` : `'${hostname}' (the hostname)`;
    problems.push(`${path.join('.')} cannot be ${computed}: set it to ${key?.expects ?? 'something else'}`);
  }
  return undefined;
}

function wrongValue(key: ConfigKey, assignment: Assignment): string {
  const { value } = assignment;
  const shown = typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
  const isQuoted = key.schema.safeParse(readValue(key, { ...assignment, isText: true })).success;
  const quotes = isQuoted ? ', without quotes' : '';
  return `${key.key} cannot be ${shown} (${assignment.origin}): write ${key.expects}${quotes}`;
}

function contradictions(config: Config, origins: ReadonlyMap<string, string>): string[] {
  const shown = (key: string, value: string | number): string =>
    `${key} ${value} (${origins.get(key) ?? 'the default'})`;
  const { tunnel, overlayDevice, uplink } = config;
  const min = shown('tunnel.sourcePortMin', tunnel.sourcePortMin);
  const max = shown('tunnel.sourcePortMax', tunnel.sourcePortMax);
  const overlay = shown('overlayDevice', overlayDevice);
  return [
    ...(tunnel.sourcePortMin > tunnel.sourcePortMax
      ? [`${min} is above ${max}: write the lower one first`]
      : []),
    ...(overlayDevice === uplink
      ? [
          `${overlay} is also ${shown('uplink', uplink)}: the overlay device is one that Heddle makes, name another`,
        ]
      : []),
    ...(overlayDevice === 'lo' ? [`${overlay} is the loopback device: name another`] : []),
  ];
}

function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value))
    if (typeof part === 'object' && part !== null) freeze(part as object);
  return Object.freeze(value);
}
