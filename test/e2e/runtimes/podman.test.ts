// Debian's podman with Heddle's network, chained with Debian's plugins: a container that is no pod of Kubernetes', from its
// first packet to its last trace.
import t from 'tap';
import { nodeNamed } from '../../../lab/lab.ts';
import { addressOf, mustExec, podNamed, testLab } from '../../support/lab.ts';
import { removeObject, writeObject } from '../../support/lab-policy.ts';
import { Podman } from '../../support/podman.ts';
import { eachWay, failuresOf, serveAll } from '../../support/reach.ts';
import { changedTraces, labTraces, whatStays } from '../../support/runtimes/lab-traces.ts';
import { containerTraces, runtimeHome } from '../../support/runtimes/runtime-home.ts';
import { ask, ping, pingedUntil } from '../../support/traffic.ts';

t.setTimeout(600_000);

const FAMILIES = ['ipv4', 'ipv6'] as const;
const HOST_PORT = 8080;
const POD_PORT = 7007;
const PUBLISH = ['--publish', `${HOST_PORT}:${POD_PORT}`];
/** As podman itself names containers: no name that a pod could have. */
const NAME = 'festive_einstein';

t.test('a container that podman runs on a node', async t => {
  const lab = await testLab(t, { podsPerNode: 1 });
  const node = nodeNamed(lab, 'n1');
  const peer = podNamed(lab, 'n2-p1');
  const home = runtimeHome(t, lab.options.name);
  const podman = await Podman.install(home, node);

  // Portmap and firewall leave their own empty chains behind the first container: it comes before all that is compared.
  await podman.create('first', ...PUBLISH);
  await podman.remove('first');
  const before = await labTraces(lab);
  const leftovers = () =>
    whatStays(async () => [...(await changedTraces(lab, before)), ...containerTraces(home)]);
  t.strictSame(await leftovers(), [], 'nothing is left of the one before');

  const container = await podman.create(NAME, ...PUBLISH);

  await t.test("has one address of each of its node's pod CIDRs, and they are there", async t => {
    t.match(addressOf(container, 'ipv4'), /^10\.244\.1\.\d+$/);
    t.match(addressOf(container, 'ipv6'), /^fd00:244:0:1::/);
    const shown = await mustExec(container, 'ip', 'address', 'show', 'dev', 'eth0');
    for (const address of container.addresses) t.match(shown, `${address}/`);
  });

  await t.test('speaks with a pod of another node, either asking', async t => {
    await serveAll(t, [container, peer]);
    const attempts = [...eachWay(container, peer, FAMILIES), ...eachWay(peer, container, FAMILIES)];
    t.strictSame(await failuresOf(attempts), []);
    for (const family of FAMILIES) {
      const to = addressOf(peer, family);
      const pinged = await podman.run('exec', NAME, '/bin/busybox', 'ping', '-c1', to);
      t.match(pinged, /1 packets received/, 'by a process of its own, too');
    }
  });

  await t.test('is denied what a NetworkPolicy of namespace default denies', async t => {
    const metadata = { name: 'deny', namespace: 'default' };
    const spec = { podSelector: {}, policyTypes: ['Ingress'] };
    writeObject(lab, 'deny', { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec });
    for (const family of FAMILIES)
      t.ok(await pingedUntil(false, peer.netns, addressOf(container, family)), 'it answers no more');
    t.ok(await ping(container.netns, addressOf(peer, 'ipv4')), 'it may still ask');
    removeObject(lab, 'deny');
    for (const family of FAMILIES) t.ok(await pingedUntil(true, peer.netns, addressOf(container, family)));
  });

  await t.test("answers at its node's port, through portmap", async t => {
    await serveAll(t, [container]);
    const question = { protocol: 'tcp', to: addressOf(node, 'ipv4'), port: HOST_PORT } as const;
    for (const { netns } of [nodeNamed(lab, 'n2'), peer, lab.outside])
      t.ok(await ask(netns, question), netns);
  });

  await t.test('has its network again when it is stopped and started', async t => {
    const again = await podman.restart(NAME);
    t.notSame(again.addresses, container.addresses, 'with addresses that nobody had a moment ago');
    for (const family of FAMILIES) t.ok(await ping(peer.netns, addressOf(again, family)));
  });

  await t.test('leaves nothing when it is removed', async t => {
    t.notSame(await changedTraces(lab, before), [], 'until then it can be seen');
    t.notSame(containerTraces(home), []);
    await podman.remove(NAME);
    t.strictSame(await leftovers(), []);
  });
});
