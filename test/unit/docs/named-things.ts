// Verdicts, maps, metrics, settings, variables and figures that a page names.
import { readFileSync } from 'node:fs';
import { MAPS, Verdict } from '../../../loader/abi/abi.gen.ts';
import { configKeys } from '../../../loader/config/keys.ts';
import { FIGURES } from '../../bench/figures.ts';
import { TREE, type Named } from './pages.ts';

function textOf(pattern: RegExp): string {
  return TREE.filter(path => pattern.test(path))
    .map(path => readFileSync(path, 'utf8'))
    .join('\n');
}

const METRICS = textOf(/^loader\/metrics\/.*\.ts$/);
const SOURCES = textOf(/^(loader|lab|cmd)\/.*\.ts$/);
/** Former names too: docs/configuration.md shows them. */
const KEYS = configKeys.flatMap(({ key, formerNames }) => [key, ...formerNames.map(former => former.key)]);
const GROUPS = new Set(KEYS.filter(key => key.includes('.')).map(key => key.split('.')[0]));
const VARIABLES = new Set(configKeys.map(({ variable }) => variable));
const FIGURE_NAMES = new Set(FIGURES.flatMap(({ name, results = [] }) => [name, ...results]));
const BENCHES = textOf(/^test\/bench\/.*\.ts$/);
const FIGURES_PAGE = 'docs/performance.md';

interface Kind {
  readonly pattern: RegExp;
  readonly exists: (name: string) => boolean;
}

const KINDS: Readonly<Record<string, Kind>> = {
  verdict: { pattern: /^(DROP|PASS|REDIRECT|ANSWER|VERDICT)_[A-Z0-9_]+$/, exists: name => name in Verdict },
  map: { pattern: /^hd_[a-z_]+$/, exists: name => name in MAPS || name === 'hd_event' },
  metric: {
    pattern: /^heddle_[a-z_]+$/,
    exists: name => METRICS.includes(`'${name.replace(/_(bucket|sum|count)$/, '')}'`),
  },
  variable: {
    pattern: /^HEDDLE_[A-Z_]+$/,
    exists: name => VARIABLES.has(name) || SOURCES.includes(`'${name}'`),
  },
  setting: {
    pattern: /^[a-z][A-Za-z]*\.(?!(c|h|ts)$)[A-Za-z.]+$/,
    exists: name =>
      !GROUPS.has(name.split('.')[0] ?? '') || KEYS.some(key => key === name || key.startsWith(`${name}.`)),
  },
};

export function missingThing({ page, text, isFirstCell }: Named): string | undefined {
  const name = text.replace(/\{.*\}$/, '');
  for (const [kind, { pattern, exists }] of Object.entries(KINDS))
    if (pattern.test(name) && !exists(name)) return `no ${kind} ${name}`;
  const isFigure = page === FIGURES_PAGE && isFirstCell && /^[a-z0-9]+(_[a-z0-9]+){2,}$/.test(name);
  return isFigure && !isFigureName(name) ? `no figure ${name}` : undefined;
}

/** A figure of several results names them after itself, by what they were measured with. */
function isFigureName(name: string): boolean {
  const isResult = [...FIGURE_NAMES].some(figure => name === figure || name.startsWith(`${figure}_`));
  return isResult || BENCHES.includes(`'${name}'`);
}
