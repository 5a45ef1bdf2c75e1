// Results of the connectivity test, a line for each path, and one below it for each failure.
import { colour } from '../output/colour.ts';
import type { PathResult } from '../../../loader/connectivity/connectivity-test.ts';

const PATH_WIDTH = 'policy: ingress from one pod'.length;
/** Of one path: a cluster without a route fails in every pair. */
const MAX_FAILURES_SHOWN = 10;

export function resultLines({ path, attempts, failures }: PathResult): string[] {
  const title = path.padEnd(PATH_WIDTH);
  if (attempts === 0) return [`${colour.dim('-   ')}  ${title}  nothing to ask`];
  const count = `${attempts - failures.length} of ${attempts}`;
  if (failures.length === 0) return [`${colour.green('ok  ')}  ${title}  ${count}`];
  const shown = failures.slice(0, MAX_FAILURES_SHOWN).map(failure => `        ${failure}`);
  const hidden = failures.length - shown.length;
  return [
    `${colour.red('FAIL')}  ${title}  ${count}`,
    ...shown,
    ...(hidden > 0 ? [`        and ${hidden} more: -j lists them`] : []),
  ];
}

/** A test that has asked nothing has shown nothing. */
export function isPassed(results: readonly PathResult[]): boolean {
  return (
    results.some(({ attempts }) => attempts > 0) && results.every(({ failures }) => failures.length === 0)
  );
}

export function summaryLine(results: readonly PathResult[]): string {
  const failed = results.filter(({ failures }) => failures.length > 0).length;
  const asked = results.filter(({ attempts }) => attempts > 0).length;
  if (asked === 0) return colour.red('nothing was asked: the cluster has no hosts for these paths');
  if (failed === 0) return colour.green(asked === 1 ? 'the path works' : `all ${asked} paths work`);
  return colour.red(`${failed} of ${asked} paths fail`);
}

export function leftOutLine(tested: readonly string[], of: number): string {
  return `nodes ${tested.join(', ')}: ${of - tested.length} of ${of} are left out, --nodes ${of} tests all`;
}
