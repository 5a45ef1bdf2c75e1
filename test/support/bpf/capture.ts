// Frames that arrived at devices of the other namespace, taken by the program `capture` before any stack sees them.
import { codecOf, decodeRecords, layoutOf, RingBuffer, type LoadedObject, type ObjectSpec } from 'libbpf-ts';

/** linux/if_packet.h */
const PACKET_HOST = 0;

interface FrameRecord {
  readonly ifindex: number;
  readonly length: number;
  readonly gsoSize: number;
  readonly checksumLevel: number;
  readonly packetType: number;
  readonly bytes: Uint8Array;
}

export interface CapturedFrame {
  readonly ifindex: number;
  readonly packet: Buffer;
  readonly gsoSize: number;
  /** The stack takes the outermost checksum for verified. */
  readonly isVerified: boolean;
  /** Its link-layer destination is the device's, as far as the kernel knows: the stack takes it in. */
  readonly isForDevice: boolean;
}

export interface Capture extends Disposable {
  /** What has arrived since the last call. */
  take(): readonly CapturedFrame[];
}

export interface CaptureTarget {
  readonly netns: string;
  readonly ifindexes: readonly number[];
}

/** `object`: live.bpf.o, loaded. */
export function openCapture(spec: ObjectSpec, object: LoadedObject, target: CaptureTarget): Capture {
  const codec = codecOf<FrameRecord>(layoutOf(spec.btf, 'frame'));
  let frames: CapturedFrame[] = [];
  const ring = new RingBuffer(object.map('frames'), records => {
    frames.push(...decodeRecords(records, codec).map(capturedFrame));
  }).unref();
  const links = target.ifindexes.map(ifindex =>
    object.program('capture').attachTcx({ ifindex, direction: 'ingress', netns: target.netns }),
  );
  return {
    take: () => {
      ring.consume();
      const taken = frames;
      frames = [];
      return taken;
    },
    [Symbol.dispose]: () => {
      for (const link of links) link[Symbol.dispose]();
      ring[Symbol.dispose]();
    },
  };
}

function capturedFrame(record: FrameRecord): CapturedFrame {
  const { ifindex, length, gsoSize, checksumLevel, packetType, bytes } = record;
  return {
    ...{ ifindex, gsoSize, isVerified: checksumLevel >= 0, isForDevice: packetType === PACKET_HOST },
    packet: Buffer.from(bytes.subarray(0, length)),
  };
}
