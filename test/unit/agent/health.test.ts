// Readiness is evaluated whatever happens: what cannot be read makes a node not ready, and ends nothing.
import t from 'tap';
import { Health, type HealthOptions } from '../../../loader/agent/health.ts';
import { HeddleError } from '../../../loader/errors.ts';
import { WELL } from './well.ts';

const broken = (): never => {
  throw new TypeError('rows is undefined');
};

/** What cannot be read at first, and can later. */
const UNREADABLE: Readonly<Record<string, Partial<Pick<HealthOptions, 'evidence' | 'problems'>>>> = {
  'evidence that cannot be gathered': { evidence: broken },
  'evidence that is not what it should be': { evidence: () => ({ ...WELL, source: undefined }) as never },
  'problems that cannot be gathered': { problems: broken },
  'a map that cannot be read for the problems': {
    problems: () => {
      throw new HeddleError('IO', 'map lookup hd_ct_aging: ENOMEM');
    },
  },
};

for (const [title, unreadable] of Object.entries(UNREADABLE))
  t.test(`${title}: a condition of its own, until it can be known`, t => {
    const seen: (readonly string[])[] = [];
    const well = { evidence: () => WELL, problems: () => [] };
    let isBroken = true;
    const now = (): Pick<HealthOptions, 'evidence' | 'problems'> => ({
      ...well,
      ...(isBroken && unreadable),
    });
    using health = new Health({
      evidence: () => now().evidence(),
      problems: () => now().problems(),
      onEvaluation: unmet => seen.push(unmet.map(({ name }) => name)),
      onChange: () => undefined,
    });
    t.match(health.evaluate(), [{ name: 'evaluation', reason: /readiness cannot be known: / }]);
    isBroken = false;
    t.strictSame(health.evaluate(), []);
    t.strictSame(seen, [['evaluation'], []]);
    t.end();
  });
