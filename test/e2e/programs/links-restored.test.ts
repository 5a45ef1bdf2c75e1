// What somebody took away comes back, and what is no longer wanted goes.
import { rmSync } from 'node:fs';
import t from 'tap';
import { linkPin, mapPin, programPin } from '../../../loader/programs/pin.ts';
import { listPinnedLinks } from '../../../loader/programs/pinned-links.ts';
import {
  attached,
  detachLinkById,
  ifindexOf,
  ip,
  linkIdsOn,
  makeTestNode,
  makeVeth,
  podLinks,
} from './test-node.ts';

const node = makeTestNode('restored', undo => t.teardown(undo));
const opened = node.open();
t.teardown(() => opened[Symbol.dispose]());
opened.reconcileLinks(node.links);

const actions = (links = node.links) =>
  opened.reconcileLinks(links).map(({ subject, action }) => `${subject} ${action}`);

t.test('a link whose pin was removed is attached again', t => {
  rmSync(linkPin(node.pinRoot, { hook: 'uplink_rx', device: node.uplink.name }));
  t.strictSame(actions(), ['uplink_rx on up0 attached']);
  t.equal(linkIdsOn(node.uplink, 'ingress').length, 1);
  t.end();
});

t.test('a link that was detached under its pin is attached again', t => {
  const { linkId = 0 } = attached(opened).get('pod_tx hd0.1') ?? {};
  detachLinkById(linkId);
  t.strictSame(actions(), ['pod_tx on hd0.1 attached']);
  t.equal(linkIdsOn(node.pod, 'ingress').length, 1);
  t.strictSame(actions(), []);
  t.end();
});

t.test('pins of maps and programs come back while the daemon runs', t => {
  rmSync(mapPin(node.pinRoot, 'hd_route'));
  rmSync(programPin(node.pinRoot, 'pod_tx'));
  t.strictSame(actions(), ['hd_route pinned again', 'pod_tx pinned again']);
  t.strictSame(node.run(), [], 'so that the next start adopts them');
  t.end();
});

t.test('a device that went and came back under its name is attached again', t => {
  const device = makeVeth('hd2');
  actions([...node.links, ...podLinks(device)]);
  ip('link', 'delete', 'hd2');
  ip('link', 'add', 'hd2', 'index', '77', 'type', 'veth', 'peer', 'name', 'hd2p');
  const again = { ifindex: ifindexOf('hd2'), name: 'hd2' };
  t.strictSame(actions([...node.links, ...podLinks(again)]), [
    'pod_tx on hd2 attached',
    'pod_rx on hd2 attached',
  ]);
  ip('link', 'delete', 'hd2');
  t.strictSame(actions().sort(), [
    ...['pod_rx on hd2 removed: its device is gone', 'pod_tx on hd2 removed: its device is gone'],
  ]);
  t.end();
});

t.test('a device that was renamed keeps its links', t => {
  const device = makeVeth('hd3');
  actions([...node.links, ...podLinks(device)]);
  const before = linkIdsOn(device, 'ingress');
  ip('link', 'set', 'hd3', 'name', 'hd4');
  const renamed = { ...device, name: 'hd4' };
  t.strictSame(actions([...node.links, ...podLinks(renamed)]), [
    'pod_tx on hd4 pin renamed from hd3',
    'pod_rx on hd4 pin renamed from hd3',
  ]);
  t.strictSame(linkIdsOn(renamed, 'ingress'), before);
  t.notOk(listPinnedLinks(node.pinRoot).some(link => link.device === 'hd3'));
  t.end();
});

t.test('links that nobody wants are detached at once', t => {
  const device = makeVeth('hd5');
  actions([...node.links, ...podLinks(device)]);
  t.ok(actions().includes('pod_tx on hd5 detached'));
  t.strictSame(linkIdsOn(device, 'ingress'), []);
  t.strictSame(linkIdsOn(device, 'egress'), []);
  t.end();
});

t.test('a device that is gone before it is attached is left to the next reconcile', t => {
  t.strictSame(actions([...node.links, ...podLinks({ ifindex: 9999, name: 'hd9' })]), []);
  t.end();
});
