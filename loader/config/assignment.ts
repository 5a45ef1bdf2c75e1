// A value given to a setting, with its origin: the common form of file, environment and flags.

export interface Assignment {
  readonly key: string;
  /** Text from flags and the environment, converted to the key's type later; any YAML value from a file. */
  readonly value: unknown;
  /** '--tunnel-port', 'HEDDLE_TUNNEL_PORT' or '/etc/heddle/heddled.yaml:7'. */
  readonly origin: string;
  /** From flags or the environment, where a number cannot be distinguished from a string. */
  readonly isText: boolean;
  /** Present when the setting was given under a former name: one sentence. */
  readonly warning?: string;
}

/** The settings of one place. `problems` are whole sentences. */
export interface Assignments {
  readonly assignments: readonly Assignment[];
  readonly problems: readonly string[];
}
