// Which endpoints new flows choose from: what sig-network's tests of kube-proxy assert (pkg/proxy/topology_test.go), one row
// each. This node is a, in zone z1.
import t from 'tap';
import type { ServiceObject, SliceEndpoint } from '../../../loader/model/service-objects.ts';
import { compiled, endpoint, listsOf, service, slice, statesOf } from './objects.ts';

interface Row {
  readonly service?: Partial<ServiceObject>;
  readonly endpoints: Readonly<Record<string, Partial<SliceEndpoint>>>;
  /** Last bytes of the addresses 10.1.0.N that the ClusterIP's flows choose from. */
  readonly chosen: string;
  /** The same of a LoadBalancer's address, as pods ask for it; absent: as the ClusterIP. */
  readonly outside?: string;
  /** Those whose flows drain. */
  readonly draining?: string;
}

const zones = (...names: string[]) => ({ hints: { zones: names, nodes: [] } });
const nodes = (...names: string[]) => ({ hints: { zones: [], nodes: names } });
const NOT_READY = { isReady: false, isServing: false };
const ENDING = { isReady: false, isServing: true, isTerminating: true };
const ENDED = { isReady: false, isServing: false, isTerminating: true };
const LOCAL = { internalTrafficPolicy: 'Local' } as const;

const ROWS: Readonly<Record<string, Row>> = {
  'ready endpoints': { endpoints: { 1: {}, 2: NOT_READY, 3: {} }, chosen: '1 3', draining: '2' },
  'ready ones before those that terminate': { endpoints: { 1: ENDING, 2: {} }, chosen: '2', draining: '1' },
  'none ready: those that terminate and serve': {
    endpoints: { 1: ENDING, 2: ENDED },
    chosen: '1',
    draining: '2',
  },
  'none that serves': { endpoints: { 1: ENDED, 2: NOT_READY }, chosen: '', draining: '1 2' },
  'not ready, but serving: not chosen': {
    endpoints: { 1: { isReady: false } },
    chosen: '',
    draining: '1',
  },
  publishNotReadyAddresses: {
    service: { publishNotReadyAddresses: true },
    endpoints: { 1: NOT_READY, 2: {} },
    chosen: '1 2',
  },
  'internalTrafficPolicy Local: of this node': {
    service: LOCAL,
    endpoints: { 1: { nodeName: 'a' }, 2: { nodeName: 'b' } },
    chosen: '1',
    outside: '1 2',
  },
  'internalTrafficPolicy Local, none here: nothing': {
    service: LOCAL,
    endpoints: { 2: { nodeName: 'b' } },
    chosen: '',
    outside: '2',
  },
  'internalTrafficPolicy Local, only terminating ones here': {
    service: LOCAL,
    endpoints: { 1: { nodeName: 'a', ...ENDING }, 2: { nodeName: 'b' } },
    chosen: '1',
    outside: '2',
  },
  'internalTrafficPolicy Local ignores hints': {
    service: LOCAL,
    endpoints: { 1: { nodeName: 'a', ...zones('z2') }, 2: { nodeName: 'b', ...zones('z1') } },
    chosen: '1',
    outside: '2',
  },
  'externalTrafficPolicy Local is for clients outside: pods reach all': {
    service: { externalTrafficPolicy: 'Local' },
    endpoints: { 1: { nodeName: 'a' }, 2: { nodeName: 'b' } },
    chosen: '1 2',
  },
  'hints for this zone': {
    endpoints: { 1: zones('z1'), 2: zones('z2'), 3: zones('z1', 'z2') },
    chosen: '1 3',
  },
  'hints, but one ready endpoint without': { endpoints: { 1: zones('z1'), 2: {} }, chosen: '1 2' },
  'hints, one endpoint that is not ready without': {
    endpoints: { 1: zones('z1'), 2: zones('z2'), 3: NOT_READY },
    chosen: '1',
    draining: '3',
  },
  'hints, none for this zone': { endpoints: { 1: zones('z2'), 2: zones('z3') }, chosen: '1 2' },
  'hints for this node': { endpoints: { 1: nodes('a'), 2: nodes('b') }, chosen: '1' },
  'hints for nodes, none for this one: by zone': {
    endpoints: {
      1: { hints: { zones: ['z1'], nodes: ['b'] } },
      2: { hints: { zones: ['z2'], nodes: ['c'] } },
    },
    chosen: '1',
  },
  'hints for other nodes alone': { endpoints: { 1: nodes('b'), 2: nodes('c') }, chosen: '1 2' },
  'hints with only terminating ones: they do not count': {
    endpoints: { 1: { ...ENDING, ...zones('z2') }, 2: { ...ENDING, ...zones('z1') } },
    chosen: '1 2',
  },
};

const OUTSIDE = '203.0.113.1';

for (const [name, row] of Object.entries(ROWS))
  t.test(name, t => {
    const endpoints = Object.entries(row.endpoints).map(([n, more]) => endpoint(`10.1.0.${n}`, more));
    const web = service({ loadBalancerIps: [endpoint(OUTSIDE).addr], ...row.service });
    const result = compiled([web], [slice(endpoints)], 'z1');
    const lists = listsOf(result);
    t.equal(lists['10.96.0.1:80/TCP'], texts(row.chosen));
    t.equal(lists[`${OUTSIDE}:80/TCP`], texts(row.outside ?? row.chosen));
    const draining = Object.entries(statesOf(result)).filter(([, isReady]) => !isReady);
    t.equal(draining.map(([addr]) => addr.split('.').at(-1)).join(' '), row.draining ?? '');
    t.equal(Object.keys(statesOf(result)).length, endpoints.length, 'every backend has a state');
    t.end();
  });

t.test('a node without a zone does not choose by zones', t => {
  const hinted = [endpoint('10.1.0.1', zones('z1')), endpoint('10.1.0.2', zones('z2'))];
  t.equal(listsOf(compiled([service()], [slice(hinted)]))['10.96.0.1:80/TCP'], texts('1 2'));
  t.end();
});

function texts(bytes: string): string {
  return bytes
    .split(' ')
    .filter(each => each !== '')
    .map(each => `10.1.0.${each}:8080`)
    .join(' ');
}
