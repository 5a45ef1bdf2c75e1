// The part of Helm's template language that the chart uses: .Values, variables, if, range and toYaml; anything else throws.
import { stringify } from 'yaml';

type Values = Readonly<Record<string, unknown>>;

interface Scope {
  readonly values: Values;
  readonly variables: ReadonlyMap<string, unknown>;
}

type Token = { readonly text: string } | { readonly action: string };

interface Block {
  readonly kind: 'if' | 'range';
  readonly head: string;
  readonly body: readonly Part[];
}

type Part = Token | Block;

/** As `helm template` would, for a chart of this one template. */
export function renderTemplate(template: string, values: Values): string {
  const tokens = tokensOf(template);
  const parts = partsOf(tokens);
  if (tokens.length > 0) throw new Error('the template has an end too many');
  return renderParts(parts, { values, variables: new Map() });
}

/** `{{-` and `-}}` take the white space beside them away. */
function tokensOf(template: string): Token[] {
  const tokens: Token[] = [];
  let rest = template;
  for (;;) {
    const found = /\{\{(-?)\s*(.*?)\s*(-?)\}\}/s.exec(rest);
    if (found === null) return [...tokens, { text: rest }];
    const [whole, trimBefore, action = '', trimAfter] = found;
    const before = rest.slice(0, found.index);
    tokens.push({ text: trimBefore === '-' ? before.trimEnd() : before }, { action });
    const after = rest.slice(found.index + whole.length);
    rest = trimAfter === '-' ? after.trimStart() : after;
  }
}

/** Takes from `tokens` up to the end of the block. */
function partsOf(tokens: Token[]): Part[] {
  const parts: Part[] = [];
  for (;;) {
    const token = tokens.shift();
    if (token === undefined) return parts;
    if ('text' in token) parts.push(token);
    else if (token.action === 'end') return parts;
    else {
      const [, kind, head = ''] = /^(if|range) (.*)$/.exec(token.action) ?? [];
      if (kind === 'if' || kind === 'range') parts.push({ kind, head, body: partsOf(tokens) });
      else parts.push(token);
    }
  }
}

function renderParts(parts: readonly Part[], scope: Scope): string {
  return parts.map(part => renderPart(part, scope)).join('');
}

function renderPart(part: Part, scope: Scope): string {
  if ('text' in part) return part.text;
  if ('action' in part) return renderAction(part.action, scope);
  if (part.kind === 'if') return evaluate(part.head, scope) ? renderParts(part.body, scope) : '';
  const [, key, value, list = ''] = /^(\$\w+), (\$\w+) := (.+)$/.exec(part.head) ?? [];
  if (key === undefined || value === undefined) throw new Error(`cannot read 'range ${part.head}'`);
  // Go's templates walk a map in the order of its keys.
  return Object.entries((evaluate(list, scope) ?? {}) as Values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, each]) => {
      const variables = new Map([...scope.variables, [key, name], [value, each]]);
      return renderParts(part.body, { ...scope, variables });
    })
    .join('');
}

function renderAction(action: string, scope: Scope): string {
  const [, inner] = /^toYaml (.*)$/.exec(action) ?? [];
  if (inner !== undefined) return stringify(evaluate(inner, scope)).trimEnd();
  return String(evaluate(action, scope));
}

function evaluate(expression: string, { values, variables }: Scope): unknown {
  if (/^\$\w+$/.test(expression)) return variables.get(expression);
  const [, path] = /^\.Values((?:\.\w+)+)$/.exec(expression) ?? [];
  if (path === undefined) throw new Error(`the chart may not use '${expression}'`);
  return path
    .slice(1)
    .split('.')
    .reduce<unknown>((value, name) => (value as Values | undefined)?.[name], values);
}
