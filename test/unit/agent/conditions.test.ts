// Each condition of readiness by itself, and what is told of several.
import { parseCidr } from 'ip';
import t from 'tap';
import {
  conditionNames,
  sentenceOf,
  unmetConditions,
  type Evidence,
} from '../../../loader/agent/conditions.ts';
import { CIDR, WELL } from './well.ts';

const CASES: readonly [evidence: Partial<Evidence>, name: string, sentence: RegExp][] = [
  [{ source: { isKnown: false, silence: 'it is down' } }, 'source', /^it is down$/],
  [{ source: { isKnown: true, silence: 'no news' } }, 'source', /^no news$/],
  [{ podCidrs: undefined, effectiveCidrs: [] }, 'pod-cidr', /no Node object of this node, a: make one/],
  [{ podCidrs: [], effectiveCidrs: [] }, 'pod-cidr', /^node a has no pod CIDR yet: its Node object must/],
  [{ effectiveCidrs: [] }, 'pod-cidr', /no pod CIDR of node a can be used: 10\.1\.0\.0\/24: give/],
  [
    { podCidrs: [CIDR, parseCidr('::/64')] },
    'pod-cidr',
    /no pod CIDR of node a can be used: ::\/64: give/, // a pod would lack the family
  ],
  [
    { clashes: [{ cidr: CIDR, what: 'the default gateway 10.1.0.9' }] },
    'pod-cidr',
    /^no pod can have an address of pod CIDR 10\.1\.0\.0\/24 of node a, since it overlaps the default gateway 10\.1\.0\.9: give/,
  ],
  [{ exhaustedCidrs: [CIDR] }, 'addresses', /^no address is left in 10\.1\.0\.0\/24: delete pods/],
  [{ stateDirectory: 'it is full' }, 'state-directory', /^it is full$/],
  [{ socket: 'EROFS' }, 'socket', /^the socket cannot be made: EROFS: make its directory writable/],
  [{ policy: 'not active' }, 'policy', /^not active$/],
  [
    { fullMap: { map: 'hd_pod', cure: 'delete pods' } },
    'map-capacity',
    /^hd_pod has no room for another pod: delete/,
  ],
  [{ failing: new Map([['links', 'no']]) }, 'links', /^no$/],
  [
    { waiting: 'links waits for tables' },
    'start',
    /^heddled has not finished starting: links waits for tables$/,
  ],
];

t.test('a node of which all is well is ready', t => {
  t.strictSame(unmetConditions(WELL), []);
  t.end();
});

for (const [evidence, name, sentence] of CASES)
  t.test(`${name}: ${String(sentence)}`, t => {
    const unmet = unmetConditions({ ...WELL, ...evidence });
    t.match(unmet, [{ name }]);
    t.equal(unmet.length, 1);
    t.match(unmet.map(sentenceOf), [sentence]);
    t.ok(conditionNames(['links']).includes(name), 'it has a metric');
    t.end();
  });

t.test('what waits is no cause beside another condition', t => {
  const evidence = { ...WELL, failing: new Map([['links', 'no']]), waiting: 'host-routes waits for links' };
  t.match(unmetConditions(evidence), [{ name: 'links' }]);
  t.equal(unmetConditions(evidence).length, 1);
  t.end();
});

t.test('whether running pods suffer, too', t => {
  const limits = (evidence: Partial<Evidence>) =>
    unmetConditions({ ...WELL, ...evidence }).map(({ limitsRunningPods }) => limitsRunningPods);
  t.strictSame(
    limits({
      failing: new Map([
        ['masquerade', 'no'],
        ['cni-files', 'no'],
      ]),
    }),
    [true, false],
  );
  t.strictSame(limits({ exhaustedCidrs: [CIDR] }), [false]);
  t.end();
});
