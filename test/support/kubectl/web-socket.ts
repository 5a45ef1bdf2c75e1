// The server's end of a WebSocket (RFC 6455), as far as kubectl exec needs it: whole messages in, binary frames out.
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const OPCODE = { binary: 2, close: 8, ping: 9, pong: 10 } as const;
const FINAL = 0x80;
const MASKED = 0x80;

export class WebSocket {
  readonly #socket: Duplex;
  #received = Buffer.alloc(0);
  /** Called for each binary message. */
  onMessage: (message: Buffer) => void = () => undefined;

  /** Answers the upgrade with the protocol. */
  constructor(request: IncomingMessage, socket: Duplex, protocol: string) {
    this.#socket = socket;
    const key = request.headers['sec-websocket-key'] ?? '';
    const accept = createHash('sha1').update(`${key}${GUID}`).digest('base64');
    const head = [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${accept}`,
      `Sec-WebSocket-Protocol: ${protocol}`,
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
  }

  send(message: Buffer): void {
    this.#frame(OPCODE.binary, message);
  }

  close(): void {
    this.#frame(OPCODE.close, Buffer.from([0x03, 0xe8])); // 1000: normal
    this.#socket.end();
  }

  #frame(opcode: number, payload: Buffer): void {
    if (this.#socket.destroyed) return;
    const { length } = payload;
    const head =
      length < 126
        ? Buffer.from([FINAL | opcode, length])
        : length < 0x1_0000
          ? Buffer.from([FINAL | opcode, 126, length >> 8, length & 0xff])
          : Buffer.concat([Buffer.from([FINAL | opcode, 127]), eightBytes(length)]);
    this.#socket.write(Buffer.concat([head, payload]));
  }

  #take(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    for (let frame = readFrame(this.#received); frame !== undefined; frame = readFrame(this.#received)) {
      this.#received = this.#received.subarray(frame.length);
      if (frame.opcode === OPCODE.binary) this.onMessage(frame.payload);
      else if (frame.opcode === OPCODE.ping) this.#frame(OPCODE.pong, frame.payload);
      else if (frame.opcode === OPCODE.close) this.#socket.end();
    }
  }
}

interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
  /** With its head. */
  readonly length: number;
}

/** Undefined: it has not come whole. Clients mask theirs. */
function readFrame(bytes: Buffer): Frame | undefined {
  if (bytes.length < 2) return undefined;
  const [first = 0, second = 0] = bytes;
  const short = second & 0x7f;
  const sizeBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const maskAt = 2 + sizeBytes;
  const start = maskAt + ((second & MASKED) === 0 ? 0 : 4);
  if (bytes.length < start) return undefined;
  const size =
    sizeBytes === 0 ? short : sizeBytes === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < start + size) return undefined;
  const mask = bytes.subarray(maskAt, start);
  const payload = Buffer.from(bytes.subarray(start, start + size));
  if (mask.length > 0) payload.forEach((byte, i) => (payload[i] = byte ^ (mask[i % 4] ?? 0)));
  return { opcode: first & 0x0f, payload, length: start + size };
}

function eightBytes(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
