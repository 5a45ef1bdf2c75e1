// The result of a check: one sentence, its severity, and a command that repairs it.

export type Severity = 'ok' | 'warning' | 'error';

export interface Finding {
  /** Name of the check. */
  readonly check: string;
  readonly severity: Severity;
  /** The object and its value. */
  readonly text: string;
  /** Shell command that repairs it, for root in the node's network namespace; absent if there is nothing to repair. */
  readonly command?: string;
}

/** Constructors of findings with one check's name. */
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

/** The problems, or `fine` if there are none. */
export function orOk(problems: readonly Finding[], fine: Finding): Finding[] {
  return problems.length > 0 ? [...problems] : [fine];
}
