// Whatever is at the other end of the socket, the plugin ends, in the specification's form, within its deadline.
import { once } from 'node:events';
import { createServer as createHttp2Server, constants, type ServerHttp2Stream } from 'node:http2';
import { createServer, type Server, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { scratchFolder } from '../../unit/api/served.ts';
import { configuration, errorOf, pluginEnvironment, runPlugin, type PluginError } from './plugin.ts';

/** HTTP/2 frame: length, type, flags, stream, payload (RFC 9113, section 4.1). */
function frame(type: number, flags: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header.writeUInt8(type, 3);
  header.writeUInt8(flags, 4);
  return Buffer.concat([header, payload]);
}

const SETTINGS = frame(4, 0, Buffer.alloc(0));
const PING = frame(6, 0, Buffer.alloc(8));

async function listen(t: Test, server: Server): Promise<string> {
  const socket = `${scratchFolder(t)}/heddled.sock`;
  const sockets = new Set<Socket>();
  server.on('connection', one => {
    sockets.add(one);
    one.on('error', () => undefined);
  });
  server.listen(socket);
  await once(server, 'listening');
  t.teardown(() => {
    for (const one of sockets) one.destroy();
    server.close();
  });
  return socket;
}

/** Those that never come to an end are waited for to the deadline. */
const SHORT_S = 1;
const LONG_S = 60;

async function ask(socket: string, timeoutSeconds: number): Promise<PluginError> {
  return errorOf(await runPlugin(pluginEnvironment('ADD'), configuration({ socket, timeoutSeconds })));
}

const RAW: Readonly<Record<string, { speak: (client: Socket) => void; code: number; msg: RegExp }>> = {
  'says nothing': { speak: () => undefined, code: 11, msg: /did not answer within 1 s/ },
  'hangs up at once': {
    speak: client => client.end(),
    code: 11,
    msg: /the connection to heddled at .* failed/,
  },
  'hangs up after its settings': {
    speak: client => client.end(SETTINGS),
    code: 11,
    msg: /the connection to heddled at .* failed/,
  },
  'ends the connection unread': {
    speak: client => client.destroy(),
    code: 11,
    msg: /the connection to heddled at .* failed/,
  },
  'speaks HTTP/1': {
    speak: client => client.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    code: 100,
    msg: /does not speak gRPC/,
  },
  'sends noise': {
    speak: client => client.end(Buffer.alloc(65_536, 0xa5)),
    code: 100,
    msg: /not speak gRPC/,
  },
  'pings without end': {
    speak: client => {
      client.write(SETTINGS);
      const timer = setInterval(() => client.write(PING), 1);
      client.on('close', () => clearInterval(timer));
    },
    code: 11,
    msg: /did not answer within 1 s/,
  },
  'drips its settings': {
    speak: client => {
      let sent = 0;
      const drip = () => client.write(Buffer.concat([SETTINGS, PING]).subarray(sent, ++sent));
      const timer = setInterval(drip, 100);
      client.on('close', () => clearInterval(timer));
    },
    code: 11,
    msg: /did not answer within 1 s/,
  },
};

for (const [what, { speak, code, msg }] of Object.entries(RAW)) {
  t.test(`a server that ${what} is code ${code}`, async t => {
    const error = await ask(
      await listen(t, createServer(speak)),
      /within 1 s/.test(msg.source) ? SHORT_S : LONG_S,
    );
    t.equal(error.code, code);
    t.match(error.msg, msg);
  });
}

type Answer = (stream: ServerHttp2Stream) => void;

/** An answer that gRPC would call complete: `body` and a status. */
function grpcAnswer(
  body: Uint8Array,
  trailers: Readonly<Record<string, string>> = { 'grpc-status': '0' },
): Answer {
  return stream => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    stream.end(body);
  };
}

function message(payload: Uint8Array, announced = payload.length, compressed = 0): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(compressed, 0);
  prefix.writeUInt32BE(announced, 1);
  return Buffer.concat([prefix, payload]);
}

/** CniReply with this result. */
function reply(result: string): Buffer {
  const bytes = Buffer.from(result);
  return message(Buffer.concat([Buffer.from([0x0a, bytes.length]), bytes]));
}

const ANSWERS: Readonly<Record<string, { answer: Answer; code: number; msg: RegExp }>> = {
  'answers 404': {
    answer: stream => stream.respond({ ':status': 404 }, { endStream: true }),
    code: 100,
    msg: /HTTP status 404/,
  },
  'answers without a status': {
    answer: stream => {
      stream.respond({ ':status': 200 });
      stream.end(reply('{}'));
    },
    code: 100,
    msg: /no gRPC status/,
  },
  'resets the stream': {
    answer: stream => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
    code: 11,
    msg: /the connection to heddled at .* failed/,
  },
  'goes away': {
    answer: stream => stream.session?.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM),
    code: 11,
    msg: / failed: |did not answer/,
  },
  'answers OK and nothing': { answer: grpcAnswer(Buffer.alloc(0)), code: 100, msg: /cannot be decoded/ },
  'announces more than it sends': {
    answer: grpcAnswer(message(Buffer.alloc(3), 4)),
    code: 100,
    msg: /decoded/,
  },
  'announces less than it sends': {
    answer: grpcAnswer(message(Buffer.alloc(3), 2)),
    code: 100,
    msg: /decoded/,
  },
  'compresses unasked': { answer: grpcAnswer(message(Buffer.alloc(0), 0, 1)), code: 100, msg: /decoded/ },
  'sends a message of noise': {
    answer: grpcAnswer(message(Buffer.alloc(40, 0xff))),
    code: 100,
    msg: /decoded/,
  },
  'sends a result that is not JSON': {
    answer: grpcAnswer(reply('<html>')),
    code: 100,
    msg: /not a JSON object/,
  },
  'sends a result that is not an object': {
    answer: grpcAnswer(reply('[1]')),
    code: 100,
    msg: /not a JSON object/,
  },
  'sends no result to ADD': {
    answer: grpcAnswer(message(Buffer.alloc(0))),
    code: 100,
    msg: /without a result/,
  },
  'sends more than anybody needs': {
    answer: grpcAnswer(message(Buffer.alloc(5 << 20))),
    code: 100,
    msg: /too large/,
  },
  'fails with a code that is not a number': {
    answer: grpcAnswer(Buffer.alloc(0), { 'grpc-status': '14', 'cni-code': '-5', 'grpc-message': 'x' }),
    code: 11,
    msg: /^x$/,
  },
  'refuses with a number past all measure': {
    answer: grpcAnswer(Buffer.alloc(0), {
      'grpc-status': '2',
      'cni-code': '99999999999999',
      'grpc-message': 'x',
    }),
    code: 100,
    msg: /^x$/,
  },
  'refuses without a word': {
    answer: grpcAnswer(Buffer.alloc(0), { 'grpc-status': '12' }),
    code: 100,
    msg: /gRPC status 12/,
  },
  'refuses in bytes that are no text': {
    answer: grpcAnswer(Buffer.alloc(0), { 'grpc-status': '2', 'grpc-message': 'a%FF%00%zz%4' }),
    code: 100,
    msg: /^a\?%00%zz%4$/,
  },
};

for (const [what, { answer, code, msg }] of Object.entries(ANSWERS)) {
  t.test(`a server that ${what} is code ${code}`, async t => {
    const server = createHttp2Server();
    server.on('stream', stream => {
      stream.on('error', () => undefined);
      answer(stream);
    });
    server.on('sessionError', () => undefined);
    const error = await ask(await listen(t, server), /did not answer/.test(msg.source) ? SHORT_S : LONG_S);
    t.equal(error.code, code);
    t.match(error.msg, msg);
  });
}

t.test('a server whose queue is full is waited for, to the deadline', async t => {
  const server = createServer({ pauseOnConnect: true });
  const socket = `${scratchFolder(t)}/heddled.sock`;
  server.listen({ path: socket, backlog: 1 });
  await once(server, 'listening');
  t.teardown(() => server.close());
  const error = await ask(socket, SHORT_S);
  t.equal(error.code, 11);
  t.match(error.msg, /did not answer within 1 s|cannot be reached/);
});
