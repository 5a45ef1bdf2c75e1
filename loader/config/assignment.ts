// A value that somebody gave to a key, and who: what the file, the environment and the flags all come down to.

export interface Assignment {
  readonly key: string;
  /** Text from flags and environment, which is read as the key's type wants; anything YAML has from a file. */
  readonly value: unknown;
  /** '--tunnel-port', 'HEDDLE_TUNNEL_PORT' or '/etc/heddle/heddled.yaml:7'. */
  readonly origin: string;
  /** Came as bare text, where a number cannot be told from a string. */
  readonly isText: boolean;
}

/** What one place gave; `problems` are whole sentences. */
export interface Assignments {
  readonly assignments: readonly Assignment[];
  readonly problems: readonly string[];
}
