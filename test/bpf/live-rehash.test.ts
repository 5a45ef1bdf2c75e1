// A socket may ask for another path by another hash, as TCP does after a timeout: a cached flow takes it all the same.
import '../support/bpf/own-netns.ts';
import { execFileSync } from 'node:child_process';
import t from 'tap';
import { DEVICE, IPV4, IPV6, MAC, type View, FAMILIES } from '../support/bpf/cluster.ts';
import { FAR, openLive } from '../support/bpf/live.ts';
import { decode } from '../support/packet/decode.ts';

const [CLIENT, SERVER] = [4000, 53];
const SOCKETS = 8;
const DATAGRAMS = 3;

const live = await openLive([{ hook: 'pod_tx', ifindex: DEVICE.pod }], { closed: true });
t.teardown(() => live[Symbol.dispose]());

function inPod(...command: readonly string[]): void {
  execFileSync('nsenter', [`--net=${live.farNetns}`, ...command], { stdio: ['ignore', 'ignore', 'inherit'] });
}

function ipInPod(command: string): void {
  inPod('ip', ...command.split(' '));
}

ipInPod(`link set pod address ${MAC.pod}`);
inPod('sh', '-c', 'echo 0 > /proc/sys/net/ipv6/conf/pod/disable_ipv6');
for (const [{ pod }, gateway, length] of [
  [IPV4, '169.254.1.1', 32],
  [IPV6, 'fe80::1', 128],
] as const) {
  ipInPod(`address add ${pod}/${length} dev pod${length === 128 ? ' nodad' : ''}`);
  ipInPod(`route add default via ${gateway} dev pod onlink`);
  ipInPod(`neighbour add ${gateway} lladdr ${MAC.gateway} dev pod`);
}

/** Sockets on one tuple, one after the other: the kernel gives each that connects a hash of its own. */
function sendFromSockets({ pod, remotePod, family }: View): void {
  const script = `
    const { createSocket } = require('node:dgram');
    const { once } = require('node:events');
    (async () => {
      for (let i = 0; i < ${SOCKETS}; i++) {
        const socket = createSocket('${family === 'ipv4' ? 'udp4' : 'udp6'}');
        socket.bind(${CLIENT}, '${pod}');
        await once(socket, 'listening');
        socket.connect(${SERVER}, '${remotePod}');
        await once(socket, 'connect');
        for (let n = 0; n < ${DATAGRAMS}; n++) await new Promise(sent => socket.send('sixteen bytes, '+ i, sent));
        socket.close();
        await once(socket, 'close');
      }
    })();`;
  inPod(process.execPath, '-e', script);
}

for (const view of FAMILIES)
  t.test(`${view.family}: each socket's datagrams have the outer source port of its hash`, async t => {
    const flow = { source: view.pod, destination: view.remotePod, protocol: 17 };
    const flags = ['CT_ASSURED', 'CT_SEEN_REPLY'];
    live.fill({ conntrack: [{ ...flow, sourcePort: CLIENT, destinationPort: SERVER, flags }] });
    const { frames } = await live.observe(
      () => sendFromSockets(view),
      SOCKETS * DATAGRAMS,
      SOCKETS * DATAGRAMS,
    );
    const sent = frames.filter(({ ifindex }) => ifindex === FAR.wire).map(({ packet }) => decode(packet));
    const sockets = new Set(sent.map(payloadOf));
    t.equal(sockets.size, SOCKETS);
    t.equal(
      new Set(sent.map(layers => `${payloadOf(layers)} ${outerPort(layers)}`)).size,
      SOCKETS,
      'each has one',
    );
    // Two of them may have the same one by chance.
    t.ok(new Set(sent.map(outerPort)).size >= SOCKETS - 1, 'and the others have other ones');
  });

function outerPort(layers: ReturnType<typeof decode>): number | undefined {
  const udp = layers.find(({ name }) => name === 'udp');
  return udp?.name === 'udp' ? udp.fields.sourcePort : undefined;
}

function payloadOf(layers: ReturnType<typeof decode>): string {
  const data = layers.find(({ name }) => name === 'data');
  return data?.name === 'data' ? data.fields.bytes : '';
}
