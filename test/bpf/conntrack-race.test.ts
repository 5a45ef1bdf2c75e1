// Both ends of a flow at the same moment, on two CPUs: no flag that either of them sets is lost.
import '../support/bpf/own-netns.ts';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { programById } from 'libbpf-ts';
import t from 'tap';
import { contextBytes } from '../support/bpf/context.ts';
import { createDevices } from '../support/bpf/devices.ts';
import { FlowDriver, frameFromPod, frameToPod, POD, UPLINK } from '../support/bpf/flow-driver.ts';

const ROUNDS = 4_000;
/** As many flows as one host may have. */
const ROWS = 65_536;
const PORT = 1_000;
const HOSTS = Array.from({ length: ROUNDS }, (_, i) => `198.18.${i >> 8}.${i & 255}`);

interface End {
  readonly cpu: number;
  readonly programId: number;
  readonly context: Uint8Array;
  /** One a round. */
  readonly frames: readonly Uint8Array[];
  /** How many ends have come so far, all rounds together. */
  readonly arrived: Int32Array;
}

/** Of one end: waits for the other one before each packet. */
function play({ cpu, programId, context, frames, arrived }: End): void {
  execFileSync('taskset', ['--pid', '--cpu-list', String(cpu), basename(readlinkSync('/proc/thread-self'))]);
  using program = programById(programId);
  frames.forEach((data, round) => {
    Atomics.add(arrived, 0, 1);
    while (Atomics.load(arrived, 0) < 2 * (round + 1));
    program.testRun({ data, context });
  });
}

interface Race {
  readonly title: string;
  /** What was there before, of each flow. */
  readonly before: (driver: FlowDriver, host: string) => void;
  readonly fromPod: string;
  readonly fromOutside: string;
  /** What every flow has afterwards. */
  readonly flags: readonly string[];
}

const RACES: readonly Race[] = [
  {
    title: 'FIN of both ends of an open connection',
    before: (driver, host) => driver.open(host, PORT),
    fromPod: 'FIN ACK',
    fromOutside: 'FIN ACK',
    flags: ['CT_FIN_ORIGINATOR', 'CT_FIN_RESPONDER'],
  },
  {
    title: 'RST of both ends',
    before: (driver, host) => driver.open(host, PORT),
    fromPod: 'RST ACK',
    fromOutside: 'RST ACK',
    flags: ['CT_RESET_ORIGINATOR', 'CT_RESET_RESPONDER'],
  },
  {
    title: 'FIN of both ends of a half-open connection',
    before: (driver, host) => driver.halfOpen(host, PORT),
    fromPod: 'FIN ACK',
    fromOutside: 'FIN',
    flags: ['CT_FIN_ORIGINATOR', 'CT_FIN_RESPONDER'],
  },
  {
    title: 'FIN of the server while the acknowledgement of the client moves the flow to hd_ct',
    before: (driver, host) => driver.halfOpen(host, PORT),
    fromPod: 'FIN ACK',
    fromOutside: 'ACK',
    flags: ['CT_ASSURED', 'CT_FIN_RESPONDER'],
  },
];

async function race(driver: FlowDriver, { fromPod, fromOutside }: Race): Promise<void> {
  const arrived = new Int32Array(new SharedArrayBuffer(4));
  const self = fileURLToPath(import.meta.url);
  const start = (end: Omit<End, 'arrived'>) =>
    once(new Worker(self, { workerData: { ...end, arrived } }), 'exit');
  const idOf = (hook: 'pod_tx' | 'uplink_rx') => driver.node.program(hook).info().id;
  const ends = [
    start({
      cpu: 0,
      programId: idOf('pod_tx'),
      context: contextBytes('pod_tx', Buffer.alloc(0), POD),
      frames: HOSTS.map(host => frameFromPod(host, PORT, { flags: fromPod })),
    }),
    start({
      cpu: 1,
      programId: idOf('uplink_rx'),
      context: contextBytes('uplink_rx', Buffer.alloc(0), UPLINK),
      frames: HOSTS.map(host => frameToPod(host, PORT, { flags: fromOutside })),
    }),
  ];
  t.strictSame(await Promise.all(ends), [[0], [0]]);
}

/** However long the packets of a round take on a busy machine. */
const NEVER_EXPIRING = {
  ct_unassured_s: 3_600,
  ct_half_closed_s: 3_600,
  ct_reset_s: 3_600,
  ct_closed_s: 3_600,
};

if (!isMainThread) play(workerData as End);
else {
  t.setTimeout(600_000);
  createDevices();
  const skip = availableParallelism() < 2 ? 'this machine has one CPU' : false;
  for (const each of RACES)
    t.test(each.title, { skip }, async t => {
      using driver = new FlowDriver({ rows: ROWS, constants: NEVER_EXPIRING });
      driver.fill();
      for (const host of HOSTS) each.before(driver, host);
      await race(driver, each);
      const wanted = driver.node.names.flags(each.flags);
      const found = driver.flags();
      t.equal(found.length, ROUNDS);
      t.equal(
        found.filter(flags => (flags & wanted) !== wanted).length,
        0,
        'flows that have lost one of their flags',
      );
    });
}
