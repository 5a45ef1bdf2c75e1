// An upgrade that is killed after any of its steps: the next start finishes it, and no flow is forgotten.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { parseAddr } from 'ip';
import t from 'tap';
import { linkIdsOn, makeTestNode, type TestNode } from './test-node.ts';
import { BLANK_CONNTRACK } from '../../support/blank-conntrack.ts';

const ROLE = 'HEDDLE_TEST_KILLED';
/** `hd_route` and `hd_frag` change, so that one can be killed between their renames. */
const UPGRADE = { mapSizes: { hd_route: 100, hd_frag: 100 } } as const;
const FLOW = {
  ...{ vni: 1, protocol: 6, sourcePort: 1, destinationPort: 2 },
  source: parseAddr('10.0.0.1'),
  destination: parseAddr('10.0.0.2'),
};

interface Role {
  readonly killAfter: string;
  readonly options: Parameters<TestNode['open']>[0];
  readonly links: TestNode['links'];
}

/** The child is this file in another role: the upgrade, up to the step. */
function upgradeAndDie({ killAfter, options, links }: Role, open: TestNode['open']): void {
  const onStep = (step: string): void => {
    if (step === killAfter) process.kill(process.pid, 'SIGKILL');
  };
  using opened = open({ ...options, ...UPGRADE, onStep });
  opened.reconcileLinks(links);
}

const role = process.env[ROLE];
if (role !== undefined) {
  const { pinRoot, constants, ...rest } = JSON.parse(role) as Role & Pick<TestNode, 'pinRoot' | 'constants'>;
  const { openPrograms } = await import('../../../loader/programs/programs.ts');
  upgradeAndDie(rest, options => openPrograms({ pinRoot, constants, ...options }));
  process.exit(0);
}

const steps = stepsOfUpgrade();
t.ok(steps.includes('hd_frag renamed'), 'the upgrade renames two maps');
for (const [index, killAfter] of steps.entries()) {
  t.test(`killed after '${killAfter}', the next start completes the upgrade`, t => {
    const node = makeTestNode(`killed${index}`, undo => t.teardown(undo), `k${index}`);
    node.run();
    const conntrackId = rememberFlow(node);
    const { pinRoot, constants, links } = node;
    const env = { ...process.env, [ROLE]: JSON.stringify({ killAfter, pinRoot, constants, links }) };
    const child = spawnSync(process.execPath, process.argv.slice(1, 2), { env, encoding: 'utf8' });
    t.equal(child.signal, 'SIGKILL', `it died there ${child.stderr}`);
    t.equal(linkIdsOn(node.pod, 'ingress').length, 1, 'the pod has its program all the time');
    node.run(UPGRADE);
    using opened = node.open(UPGRADE);
    t.strictSame(opened.changes, [], 'after one more start nothing is left to change');
    t.equal(opened.maps.hd_route.info.maxEntries, 100);
    t.equal(opened.maps.hd_ct.info.id, conntrackId, 'flows are in the map that they were in');
    t.ok(opened.maps.hd_ct.has(FLOW), 'the flow is still known');
    t.strictSame(waiting(node), []);
    t.end();
  });
}

/** Id of the map that knows it. */
function rememberFlow(node: TestNode): number {
  using opened = node.open();
  opened.maps.hd_ct.set(FLOW, { ...BLANK_CONNTRACK, seenNs: 1n, createdNs: 1n });
  return opened.maps.hd_ct.info.id;
}

function waiting({ pinRoot }: TestNode): string[] {
  return readdirSync(pinRoot, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith(':next'));
}

/** The steps that the upgrade really takes, in order. */
function stepsOfUpgrade(): string[] {
  const found: string[] = [];
  const node = makeTestNode('steps', undo => t.teardown(undo), 'steps');
  node.run();
  node.run({ ...UPGRADE, onStep: step => found.push(step) });
  return found;
}
