// One kind of packet through one program of one node: of a flow that is known, or each of a new one.
import { actionName } from '../../support/bpf/action.ts';
import { IFINDEX, type PolicyNode } from '../../support/bpf/policy-node.ts';
import { MEASURED } from './cluster.ts';
import { receivedFrame, sentFrame } from './frames.ts';
import { skbContextOf } from './skb-context.ts';

export const CASES = ['pod_tx_established', 'pod_tx_new', 'uplink_rx_established', 'uplink_rx_new'] as const;
export type CaseName = (typeof CASES)[number];

const ESTABLISHED_PORT = 1_024;
const NEW_PORTS = { first: 2_000, last: 62_000 } as const;
const FLOW_TABLES = ['hd_ct_unassured', 'hd_ct'] as const;

export class PacketCase {
  readonly name: CaseName;
  readonly rules: number;
  readonly #node: PolicyNode;
  readonly #hook: 'pod_tx' | 'uplink_rx';
  #port: number = NEW_PORTS.first;

  constructor(name: CaseName, rules: number, node: PolicyNode) {
    this.name = name;
    this.rules = rules;
    this.#node = node;
    this.#hook = name.startsWith('pod_tx') ? 'pod_tx' : 'uplink_rx';
  }

  /** Nanoseconds of each. Throws if one is not forwarded: what is refused costs less. */
  run(packets: number): readonly number[] {
    const isNew = this.name.endsWith('new');
    if (!isNew || this.#port + packets > NEW_PORTS.last) this.#forgetFlows();
    if (!isNew) this.#establish();
    const frames = isNew ? this.#newFrames(packets) : this.#sameFrame(packets);
    return frames.map(frame => this.#duration(this.#hook, frame));
  }

  #newFrames(packets: number): readonly Buffer[] {
    return Array.from({ length: packets }, () => this.#frame(this.#hook, this.#port++));
  }

  #sameFrame(packets: number): readonly Buffer[] {
    const frame = this.#frame(this.#hook, ESTABLISHED_PORT);
    return Array.from({ length: packets }, () => frame);
  }

  /** Its first packet and the answer to that. */
  #establish(): void {
    const back = this.#hook === 'pod_tx' ? 'uplink_rx' : 'pod_tx';
    this.#duration(this.#hook, this.#frame(this.#hook, ESTABLISHED_PORT));
    this.#duration(back, this.#frame(back, ESTABLISHED_PORT, true));
  }

  #frame(hook: 'pod_tx' | 'uplink_rx', port: number, isAnswer = false): Buffer {
    return hook === 'pod_tx' ? sentFrame(port, isAnswer) : receivedFrame(port, isAnswer);
  }

  #duration(hook: 'pod_tx' | 'uplink_rx', data: Buffer): number {
    const context = hook === 'pod_tx' ? POD_CONTEXT : UPLINK_CONTEXT;
    const { returnValue, durationNs } = this.#node.node.program(hook).testRun({ data, context });
    const action = actionName(hook, returnValue);
    if (action === 'redirect') return durationNs;
    throw new Error(`${this.name} with ${this.rules} rules: ${hook} answers ${action} and does not forward`);
  }

  #forgetFlows(): void {
    this.#port = NEW_PORTS.first;
    const { maps } = this.#node.node;
    for (const name of FLOW_TABLES) maps[name].deleteBatch([...maps[name].keys()]);
  }
}

const POD_CONTEXT = skbContextOf(IFINDEX.pod(MEASURED.podId));
const UPLINK_CONTEXT = skbContextOf(IFINDEX.uplink);
