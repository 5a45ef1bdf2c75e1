// What runs inside pods and namespaces, for `node -e`: a server that answers with the address it saw, and a client that asks.
//
// Texts, because they run where Heddle is not installed: a pod needs Node and ping, and nothing else.

/**
 * Arguments: port, and a second one for streams, or nothing. Listens on TCP, all addresses of both families, and on UDP, each
 * address by its own socket so that an answer comes from the address that was asked. Answers with the sender's address as it
 * saw it; a datagram's answer is as long as the question. What comes on the second port goes back. A datagram from the own port
 * gets no answer: by a forged sender, two servers would answer each other for ever.
 */
export const ECHO_SERVER = `
const net = require('node:net'), dgram = require('node:dgram'), os = require('node:os');
const [port, streamPort] = process.argv.slice(1).map(Number);
const seen = address => address.replace(/^::ffff:/, '');
const own = Object.values(os.networkInterfaces()).flat().filter(one => !one.address.startsWith('fe80'));
const bindUdp = one => new Promise((resolve, reject) => {
  const socket = dgram.createSocket(one.family === 'IPv6' ? 'udp6' : 'udp4');
  socket.on('message', (asked, peer) => {
    if (peer.port !== port) socket.send(seen(peer.address).padEnd(asked.length), peer.port, peer.address);
  });
  socket.on('error', reject).bind(port, one.address, resolve);
});
const listen = (at, serve) => new Promise(resolve => net.createServer(peer => {
  peer.on('error', () => {});
  serve(peer);
}).listen(at, '::', resolve));
Promise.all([
  listen(port, peer => peer.end(seen(peer.remoteAddress))),
  ...(streamPort ? [listen(streamPort, peer => peer.pipe(peer))] : []),
  ...own.map(bindUdp),
]).then(() => console.log('ready'));
`;

/**
 * Arguments: questions in JSON, and how long an answer may take, milliseconds. Asks all at once, from one namespace, and prints
 * what each was answered: null for nothing. A datagram is repeated, as a resolver would.
 */
export const CLIENT = `
const net = require('node:net'), dgram = require('node:dgram'), dns = require('node:dns');
const { execFile } = require('node:child_process');
const withinMs = Number(process.argv[2]), PINGS_AT_ONCE = 4;
const connect = ({ to, port, source }, resolve) => {
  const socket = net.connect({ host: to, port, localAddress: source }).on('error', () => resolve(null));
  setTimeout(() => { resolve(null); socket.destroy(); }, withinMs).unref();
  return socket;
};
const tcp = question => new Promise(resolve => {
  const socket = connect(question, resolve);
  socket.on('data', data => { resolve(String(data)); socket.end(); });
});
const open = question => new Promise(resolve => {
  const socket = connect(question, resolve);
  socket.on('connect', () => { resolve('connected'); socket.destroy(); });
});
const stream = question => new Promise(resolve => {
  const socket = connect(question, resolve);
  let left = question.bytes;
  socket.on('data', data => { left -= data.length; if (left <= 0) { resolve(String(question.bytes)); socket.end(); } });
  socket.write(Buffer.alloc(question.bytes, 'x'));
});
const udp = ({ to, port, source, bytes = 1 }) => new Promise(resolve => {
  const socket = dgram.createSocket(to.includes(':') ? 'udp6' : 'udp4');
  const end = answer => { resolve(answer); clearInterval(timer); try { socket.close(); } catch {} };
  const ask = () => socket.send('?'.repeat(bytes), port, to);
  const timer = setInterval(ask, 700);
  socket.on('message', data => end(data.length < bytes ? null : String(data).trim())).on('error', () => end(null));
  socket.bind(0, source, ask);
  setTimeout(() => end(null), withinMs).unref();
});
const name = ({ to, server }) => new Promise(resolve => {
  const end = answer => resolve(answer);
  setTimeout(() => end(null), withinMs).unref();
  if (!server) return dns.lookup(to, (error, address) => end(error ? null : address));
  const resolver = new dns.Resolver({ timeout: 700, tries: 40 });
  resolver.setServers([server.includes(':') ? '[' + server + ']' : server]);
  resolver.resolve4(to, (error, addresses) => end(error ? null : addresses[0]));
});
const pings = [];
let pinging = 0;
const next = () => {
  while (pinging < PINGS_AT_ONCE && pings.length > 0) {
    const { to, source, resolve } = pings.shift();
    const argv = ['-n', '-c', '1', '-W', String(Math.ceil(withinMs / 1000)), ...(source ? ['-I', source] : []), to];
    pinging++;
    execFile('ping', argv, error => { pinging--; resolve(error ? null : 'answered'); next(); });
  }
};
const icmp = question => new Promise(resolve => { pings.push({ ...question, resolve }); next(); });
const kinds = { tcp, udp, icmp, open, stream, name };
Promise.all(JSON.parse(process.argv[1]).map(one => kinds[one.protocol](one)))
  .then(answers => { process.stdout.write(JSON.stringify(answers)); process.exit(0); });
`;

/** A name server that knows one address, for every name: where a lab has no cluster's. Argument: the address. */
export const NAME_SERVER = `
const dgram = require('node:dgram');
const address = process.argv[1].split('.').map(Number);
const socket = dgram.createSocket('udp4');
socket.on('message', (asked, peer) => {
  const end = asked.indexOf(0, 12) + 5;
  const head = Buffer.from([asked[0], asked[1], 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, ...address]);
  socket.send(Buffer.concat([head, asked.subarray(12, end), record]), peer.port, peer.address);
}).bind(53, () => console.log('ready'));
`;
