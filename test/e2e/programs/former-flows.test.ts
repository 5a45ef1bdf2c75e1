// Flows of a build whose tables had other names and another layout live on in this one's.
import { existsSync, readFileSync } from 'node:fs';
import { parseAddr } from 'ip';
import { BpfMap, loadObject, readObject, unpin, type LoadedObject } from 'libbpf-ts';
import t from 'tap';
import { CtFlag, type Flow } from '../../../loader/abi/abi.gen.ts';
import { NAMED_CODECS } from '../../../loader/abi/codecs.ts';
import { PROTOCOL } from '../../../loader/abi/protocol.ts';
import { mapPin, replacePin } from '../../../loader/programs/pin.ts';
import { BLANK_CONNTRACK } from '../../support/blank-conntrack.ts';
import { objectPath } from '../../support/bpf/object-path.ts';
import { makeTestNode } from './test-node.ts';

const node = makeTestNode('former', undo => t.teardown(undo));
const FLOWS = 10_000;
const { SEEN_REPLY, MIDSTREAM, VIA_STACK_ORIG, ASSURED } = CtFlag;

function flow(port: number): Flow {
  const ends = { source: parseAddr('10.1.0.10'), destination: parseAddr('10.2.0.10') };
  return { vni: 1, protocol: PROTOCOL.tcp, ...ends, sourcePort: port, destinationPort: 80 };
}

/** The member had another name then. */
function formerKey(port: number): Record<string, unknown> {
  const { vni, ...others } = flow(port);
  return { segment: vni, ...others };
}

/** As that build's programs had created it. */
function formerEntry(flags: number): Record<string, unknown> {
  const generations = { sourceGeneration: 4, destinationGeneration: 6, sourceRule: 7, destinationRule: 8 };
  return { seenNs: 1_000n, createdNs: 500n, flags, nodeId: 3, ...generations };
}

function pinFormer(pins = { hd_conntrack: 'hd_conntrack', hd_unanswered: 'hd_unanswered' }): LoadedObject {
  const former = loadObject(readObject(readFileSync(objectPath('former-flows'))), { codecs: NAMED_CODECS });
  for (const [name, pin] of Object.entries(pins)) replacePin(former.map(name), mapPin(node.pinRoot, pin));
  return former;
}

t.test('flows of another layout are carried over, those that come meanwhile too', t => {
  using former = pinFormer();
  const [answered, unanswered] = [former.map('hd_conntrack'), former.map('hd_unanswered')];
  const answer = (port: number, flags: number = SEEN_REPLY): void =>
    answered.set(formerKey(port), { flow: formerEntry(flags), timer: {} });
  for (let port = 1; port <= FLOWS; port++) answer(port, SEEN_REPLY | VIA_STACK_ORIG);
  unanswered.set(formerKey(FLOWS + 1), formerEntry(0));

  using opened = node.open({
    onStep: step => {
      if (step !== 'links switched') return;
      t.ok(existsSync(mapPin(node.pinRoot, 'hd_conntrack')), 'the old tables are there until then');
    },
  });
  const flows = opened.maps.hd_ct_unassured;
  t.equal(flows.get(flow(1)), undefined, 'nothing is carried over before the links are about to switch');
  answer(FLOWS + 2);
  flows.set(flow(FLOWS + 2), { ...BLANK_CONNTRACK, seenNs: 2_000n, flags: MIDSTREAM });
  flows.set(flow(3), { ...BLANK_CONNTRACK, seenNs: 2_000n, flags: SEEN_REPLY });
  const changes = opened.reconcileLinks(node.links).map(({ subject, action }) => `${subject} ${action}`);

  t.ok(changes.includes(`hd_ct_unassured ${FLOWS + 1} flows carried over`), changes.join('\n'));
  t.match(flows.get(flow(1)), {
    ...formerEntry(SEEN_REPLY | VIA_STACK_ORIG | ASSURED),
    slot: 0,
    handshakeAck: 0,
  });
  t.match(flows.get(flow(FLOWS)), { nodeId: 3, flags: SEEN_REPLY | VIA_STACK_ORIG | ASSURED });
  t.match(flows.get(flow(FLOWS + 1)), { nodeId: 3, flags: 0 }, 'one that nobody has answered');
  t.match(flows.get(flow(FLOWS + 2)), { flags: SEEN_REPLY | ASSURED }, 'known better to the old programs');
  t.match(flows.get(flow(3)), { seenNs: 2_000n, flags: SEEN_REPLY }, 'the new programs have met it already');
  for (const name of ['hd_conntrack', 'hd_unanswered'])
    t.notOk(existsSync(mapPin(node.pinRoot, name)), `${name} is gone`);
  t.strictSame(node.run(), [], 'and there is nothing left to do');
  t.end();
});

t.test('a table that has only another name is the same table', t => {
  {
    using opened = node.open();
    replacePin(opened.maps.hd_ct_unassured, mapPin(node.pinRoot, 'hd_unanswered'));
    opened.maps.hd_ct_unassured.set(flow(1), { ...BLANK_CONNTRACK, seenNs: 5n });
  }
  const { info } = openUnassured();
  removeNewName();
  t.ok(node.run().includes('hd_ct_unassured pinned again'));
  t.equal(openUnassured().info.id, info.id);
  t.strictSame(node.run(), []);
  t.end();
});

t.test('a table without the rows that belong to it gives its flows to one that has room', t => {
  {
    using opened = node.open();
    opened.maps.hd_ct.set(flow(20_077), {
      ...BLANK_CONNTRACK,
      seenNs: 5n,
      flags: SEEN_REPLY | ASSURED,
      slot: 9,
    });
  }
  unpin(mapPin(node.pinRoot, 'hd_ct_ring'));
  t.ok(node.run().includes('hd_ct made anew, its flows carried over: hd_ct_ring is new'));
  using after = node.open();
  t.match(after.maps.hd_ct_unassured.get(flow(20_077)), { flags: SEEN_REPLY | ASSURED, slot: 0 });
  t.notOk(after.maps.hd_ct.has(flow(20_077)));
  t.end();
});

t.test('nor is a table of the same name lost, whatever its layout', t => {
  using former = pinFormer({ hd_conntrack: 'hd_ct', hd_unanswered: 'hd_ct_unassured' });
  former.map('hd_conntrack').set(formerKey(40_001), { flow: formerEntry(SEEN_REPLY), timer: {} });
  former.map('hd_unanswered').set(formerKey(40_002), formerEntry(0));
  t.ok(node.run().includes('hd_ct_unassured 2 flows carried over'));
  using after = node.open();
  t.match(after.maps.hd_ct_unassured.get(flow(40_001)), { nodeId: 3, flags: SEEN_REPLY | ASSURED });
  t.match(after.maps.hd_ct_unassured.get(flow(40_002)), { nodeId: 3, flags: 0 });
  t.strictSame(after.changes, [], 'and it is active');
  t.end();
});

function openUnassured() {
  using map = BpfMap.openPinned(mapPin(node.pinRoot, 'hd_ct_unassured'));
  return { info: map.info };
}

function removeNewName(): void {
  unpin(mapPin(node.pinRoot, 'hd_ct_unassured'));
}
