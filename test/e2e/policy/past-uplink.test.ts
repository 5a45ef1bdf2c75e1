// What other software takes from a pod's device straight out of the uplink passes neither FORWARD nor POST_ROUTING: egress
// policy is checked as it leaves.
import { readFileSync } from 'node:fs';
import t from 'tap';
import { loadObject, readObject } from 'libbpf-ts';
import {
  ALL,
  admit,
  aliveFlows,
  familiesOf,
  hold,
  makeEgressWorld,
  openFlows,
  refusedBy,
  traced,
} from '../../support/egress-world.ts';
import { objectPath } from '../../support/bpf/object-path.ts';
import { mustExec, testLab } from '../../support/lab.ts';

t.setTimeout(300_000);

const lab = await testLab(t);
const world = await makeEgressWorld(lab, 400);
const { node, devices, probe } = world;
t.teardown(() => probe.close());

async function indexOf(device: string): Promise<number> {
  return Number(/^\d+/.exec(await mustExec(node, 'ip', '-o', 'link', 'show', device))?.[0]);
}

interface Bypass {
  readonly name: string;
  /** Answers with what undoes it. */
  readonly begin: () => Promise<() => Promise<unknown>>;
}

const BYPASSES: readonly Bypass[] = [
  {
    name: 'nftables fwd',
    begin: async () => {
      const rules = familiesOf(world).map(
        ({ ip, router }) =>
          `meta protocol ${ip} meta l4proto { tcp, udp } fwd ${ip} to ${router} device "${devices.uplink}"`,
      );
      const chain = `chain taken { type filter hook ingress device "${devices.pod}" priority 0;\n${rules.join('\n')}\n}`;
      await mustExec(node, 'nft', `table netdev past {\n${chain}\n}`);
      return () => mustExec(node, 'nft', 'delete', 'table', 'netdev', 'past');
    },
  },
  {
    name: "another program's redirect",
    begin: async () => {
      const variables = { out_ifindex: await indexOf(devices.uplink) };
      const object = loadObject(readObject(readFileSync(objectPath('take'))), { name: 'take', variables });
      const target = {
        ifindex: await indexOf(devices.pod),
        direction: 'ingress',
        netns: node.netns,
      } as const;
      const link = object.program('take').attachTcx(target);
      return async () => {
        for (const owned of [link, object]) owned[Symbol.dispose]();
        return Promise.resolve();
      };
    },
  },
];

for (const { name, begin } of BYPASSES)
  t.test(`past the stack, by ${name}`, async t => {
    const end = await begin();
    t.teardown(end);
    t.strictSame(await openFlows(world, ALL), ALL, 'without policy everything leaves, and answers come back');
    const held = await hold(world);
    t.strictSame(await aliveFlows(world, held), ALL, 'flows are open');

    const before = await refusedBy('uplink_tx', world);
    admit(world, 'nobody');
    t.strictSame(await openFlows(world, []), [], 'what policy refuses does not leave');
    t.strictSame(await aliveFlows(world, held), [], 'open flows are cut');
    const refused = (await refusedBy('uplink_tx', world)) - before;
    t.ok(refused >= ALL.length, `uplink_tx has counted it: ${refused}`);
    t.match(await traced(world), /DROP_POLICY_EGRESS/, 'trace explains it');

    admit(world, 'outside');
    t.strictSame(await openFlows(world, ALL), ALL, 'what policy admits leaves again');
    admit(world, undefined);
  });
