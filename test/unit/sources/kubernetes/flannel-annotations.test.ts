// A node's own Node says to flannel's nodes what flannel.1 would, while there are any; cleanup takes it back as a whole.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { overlayMac } from '../../../../loader/model/derived-macs.ts';
import { FlannelNodes, FlannelSource } from '../../../../loader/sources/flannel/flannel-source.ts';
import { KubernetesSource } from '../../../../loader/sources/kubernetes/kubernetes-source.ts';
import { removeOwnNode } from '../../../../loader/sources/kubernetes/own-node-removal.ts';
import { emptyCluster, type ClusterState } from '../../../../loader/model/objects.ts';
import type { StoredObject } from '../../../support/api-server/collections.ts';
import { kubeconfig } from '../../../support/api-server/kubeconfig.ts';
import { begun, node, PATHS, until, type Scene } from './scene.ts';

const PREFIX = 'flannel.alpha.coreos.com/';
const OTHER = '02:00:00:00:00:99';

function annotationsIn({ metadata }: StoredObject): Readonly<Record<string, string>> {
  return metadata.annotations ?? {};
}

function annotated(
  name: string,
  number: number,
  mac: string | undefined,
  more: Readonly<Record<string, string>> = {},
): StoredObject {
  const texts = {
    'kube-subnet-manager': 'true',
    'backend-type': 'vxlan',
    'backend-data': `{"VNI":1,"VtepMAC":"${mac ?? ''}"}`,
    'public-ip': `192.0.2.${number}`,
    ...more,
  } as const;
  const named = Object.entries(texts).map(([key, text]): [string, string] => [`${PREFIX}${key}`, text]);
  return node(name, `192.0.2.${number}`, {
    metadata: { name, annotations: mac === undefined ? {} : Object.fromEntries(named) },
    spec: { podCIDRs: [`10.1.${number}.0/24`] },
  });
}

/** The source, with this node's annotations as `openSource` asks for them. */
async function opened(t: Test, objects: readonly StoredObject[], isOff = false): Promise<Scene> {
  const settings = { nodeName: 'a', prefix: PREFIX, tunnel: { vni: 1, encapsulation: 'always' } } as const;
  const flannel = new FlannelNodes(settings, isOff);
  let state = (): ClusterState => emptyCluster;
  const one = await begun(t, {
    ownNode: () => {
      flannel.read(state().nodes);
      const annotations = flannel.ownAnnotations;
      return { tunnelAddresses: [], ...(annotations && { annotations }) };
    },
    prepare: ({ collections }) => objects.forEach(each => void collections.put(each)),
  });
  state = one.state;
  await one.started;
  return one;
}

function annotationsOf({ server }: Scene): Readonly<Record<string, string>> {
  return server.collections.get(PATHS.nodes, 'a')?.metadata.annotations ?? {};
}

function hasCondition({ server }: Scene): boolean {
  return JSON.stringify(server.collections.get(PATHS.nodes, 'a')).includes('HeddleIsUp');
}

/** Also that nothing more is on its way: the condition is written after the annotations, and both once. */
function isAnnounced(one: Scene): boolean {
  return annotationsOf(one)[`${PREFIX}backend-data`] === OWN[`${PREFIX}backend-data`] && hasCondition(one);
}

const OWN = {
  [`${PREFIX}kube-subnet-manager`]: 'true',
  [`${PREFIX}backend-type`]: 'vxlan',
  [`${PREFIX}backend-data`]: `{"VNI":1,"VtepMAC":"${overlayMac('a')}"}`,
  [`${PREFIX}backend-v6-data`]: 'null',
  [`${PREFIX}public-ip`]: '192.0.2.1',
};

for (const [what, own] of [
  ['has joined with Heddle', undefined],
  ['was of flannel', OTHER],
] as const)
  t.test(`a node that ${what} says where it is, as long as another Node is flannel's`, async t => {
    const one = await opened(t, [annotated('a', 1, own), annotated('b', 2, OTHER)]);
    await until(() => isAnnounced(one), 'its VTEP is there');
    t.strictSame(annotationsOf(one), OWN);
    one.server.collections.put(annotated('a', 1, OTHER));
    await until(() => isAnnounced(one), 'mended');
    t.strictSame(annotationsOf(one), OWN, 'when it is undone');
  });

t.test('without a Node of flannel nothing is written', async t => {
  const one = await opened(t, [annotated('a', 1, undefined), annotated('b', 2, undefined)]);
  await until(() => hasCondition(one), 'the node is available');
  t.strictSame(annotationsOf(one), {});
});

for (const [what, own] of [
  ['of Heddle', overlayMac('a')],
  ['that flannel has left on it', OTHER],
] as const)
  t.test(`without any other Node of flannel, the annotations ${what} end by themselves`, async t => {
    const one = await opened(t, [annotated('a', 1, own), annotated('b', 2, overlayMac('b'))]);
    const isSilent = (): boolean => Object.keys(annotationsOf(one)).length === 0;
    await until(isSilent, 'they have gone');
    one.server.collections.put(annotated('b', 2, OTHER));
    await until(() => isAnnounced(one), "b is flannel's again");
    t.strictSame(annotationsOf(one), OWN);
    one.server.collections.put(annotated('b', 2, overlayMac('b')));
    await until(isSilent, 'b is of Heddle again');
    t.strictSame(annotationsOf(one), {});
  });

t.test("flannel.nodes: off removes what flannel's nodes read, and an operator's word stays", async t => {
  const overwrite = { 'public-ip-overwrite': '203.0.113.1' };
  const one = await opened(t, [annotated('a', 1, OTHER, overwrite), annotated('b', 2, OTHER)], true);
  await until(() => hasCondition(one), 'the node is available');
  t.strictSame(annotationsOf(one), { [`${PREFIX}public-ip-overwrite`]: '203.0.113.1' });
});

/** As flannel writes them on this node. */
const FLANNELS = annotationsIn(annotated('a', 1, OTHER));

async function cleaned(t: Test, one: Scene): Promise<readonly string[]> {
  const own = { tunnelAddresses: [] };
  return removeOwnNode({ nodeName: 'a', own, flannelPrefix: PREFIX, kubeconfig: access(t, one.server.url) });
}

/** A kubeconfig. */
function access(t: Test, url: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'heddle-flannel-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'token'), 'first-token');
  writeFileSync(join(directory, 'kubeconfig'), kubeconfig(url, join(directory, 'token')));
  return join(directory, 'kubeconfig');
}

t.test('cleanup takes them back as a whole', async t => {
  const one = await opened(t, [annotated('a', 1, OTHER), annotated('b', 2, OTHER)]);
  await until(() => isAnnounced(one), 'its VTEP is there');
  await one.source.stop();
  t.match(await cleaned(t, one), [/^annotations flannel.*public-ip/, 'condition NetworkUnavailable']);
  t.strictSame(annotationsOf(one), {});
});

t.test('cleanup takes nothing from flannel that runs there again', async t => {
  const one = await opened(t, [annotated('a', 1, undefined), annotated('b', 2, OTHER)]);
  await until(() => isAnnounced(one), 'its VTEP is there');
  await one.source.stop();
  const again = annotated('a', 1, OTHER);
  one.server.collections.put(again);
  await cleaned(t, one);
  t.strictSame(annotationsOf(one), FLANNELS);
});

t.test(
  'flannel starts between what cleanup has read and its request: the request is refused, and read anew',
  async t => {
    const one = await opened(t, [annotated('a', 1, undefined), annotated('b', 2, OTHER)]);
    await until(() => isAnnounced(one), 'its VTEP is there');
    await one.source.stop();
    const again = annotated('a', 1, OTHER);
    let isFirst = true;
    one.server.fault = ({ method }) => {
      if (method === 'PATCH' && isFirst) one.server.collections.put(again);
      if (method === 'PATCH') isFirst = false;
      return undefined;
    };
    await cleaned(t, one);
    t.strictSame(annotationsOf(one), FLANNELS);
  },
);

t.test('a source over another one: its peers, its problems and its end', async t => {
  const flannel = new FlannelNodes(
    { nodeName: 'a', prefix: PREFIX, tunnel: { vni: 1, encapsulation: 'always' } },
    false,
  );
  const { source, server } = await begun(t, {});
  await source.stop();
  const emitted: { state: ClusterState; problems: readonly string[] }[] = [];
  server.collections.put(annotated('b', 2, 'x'));
  const inner = new KubernetesSource({
    ...{ nodeName: 'a', kubeconfig: access(t, server.url), ready: () => false, ownNode: () => undefined },
  });
  const over = new FlannelSource(inner, flannel);
  await over.start((state, problems) => emitted.push({ state, problems }));
  await over.stop();
  t.match(emitted.at(-1)?.problems, [/^node b: annotation .*backend-data 'x' is not a MAC address/]);
  t.match(emitted.at(-1)?.state.nodes.get('b'), { name: 'b', internalAddresses: ['192.0.2.2'] });
  t.equal(emitted.at(-1)?.state.nodes.get('b')?.flannelAnnotations, undefined);
  t.ok(over.watches().length > 0);
});
