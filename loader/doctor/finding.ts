// What a check has found: one sentence, how bad it is, and the command that mends it.

export type Severity = 'ok' | 'warning' | 'error';

export interface Finding {
  /** The check's name. */
  readonly check: string;
  readonly severity: Severity;
  /** What, where, and its value. */
  readonly text: string;
  /** Mends it, typed as it is by root in the node's network namespace; absent where nothing is to be mended. */
  readonly command?: string;
}

/** The findings of one check, made under its name. */
export interface Findings {
  readonly ok: (text: string) => Finding;
  readonly warning: (text: string, command?: string) => Finding;
  readonly error: (text: string, command?: string) => Finding;
}

export function findingsOf(check: string): Findings {
  const make = (severity: Severity, text: string, command?: string): Finding => ({
    ...{ check, severity, text },
    ...(command !== undefined && { command }),
  });
  return {
    ok: text => make('ok', text),
    warning: (text, command) => make('warning', text, command),
    error: (text, command) => make('error', text, command),
  };
}

/** The troubles, or else that all is well. */
export function orWell(troubles: readonly Finding[], well: Finding): Finding[] {
  return troubles.length > 0 ? [...troubles] : [well];
}
