// Packets per second between two pods: of one flow, of one that is answered, of one new flow after another.
import { ADMITTED_PORT } from '../policy/manifests.ts';
import { Flood, type FloodEnd } from './flood.ts';

export const RATES = ['one', 'answered', 'new'] as const;
export type RateName = (typeof RATES)[number];

export const RATE_WORDS: Readonly<Record<RateName, string>> = {
  one: 'one flow that nobody answers',
  answered: 'one flow that was answered',
  new: 'each packet a new flow',
};

const FIRST_PORT = 10_000;
/** As many as fit in flow tables of their usual size. */
const NEW_FLOWS = 50_000;
const DENIED_PORT = 6_999;
/** What is lost on the way is cheap: it must not be much. */
const MIN_ARRIVED = 0.98;

export class DatagramRates implements Disposable {
  readonly #there: Flood;
  readonly #back: Flood;
  readonly #forgetFlows: () => Promise<void>;

  constructor(from: FloodEnd, to: FloodEnd, forgetFlows: () => Promise<void>) {
    this.#there = new Flood(from, to);
    this.#back = new Flood(to, from);
    this.#forgetFlows = forgetFlows;
  }

  /** Throws if packets are lost. */
  async measure(name: RateName, packets: number): Promise<number> {
    await this.#forgetFlows();
    if (name === 'new') return this.#rate(NEW_FLOWS, NEW_FLOWS);
    if (name === 'answered') await this.#answer();
    return this.#rate(packets, 1);
  }

  /** Throws if something comes through that no rule admits. */
  async checkDenied(): Promise<void> {
    const sourcePorts = { first: FIRST_PORT, count: 1 };
    const { arrived } = await this.#there.run({ packets: 1_000, sourcePorts, destinationPort: DENIED_PORT });
    if (arrived > 0) throw new Error(`${arrived} packets came through that no rule admits`);
  }

  async #rate(packets: number, ports: number): Promise<number> {
    const sourcePorts = { first: FIRST_PORT, count: ports };
    const run = { packets, sourcePorts, destinationPort: ADMITTED_PORT };
    const { arrived, perSecond } = await this.#there.run(run);
    if (arrived < packets * MIN_ARRIVED)
      throw new Error(`of ${packets} packets only ${arrived} have arrived`);
    return perSecond;
  }

  async #answer(): Promise<void> {
    const [asked, answering] = [
      { first: FIRST_PORT, count: 1 },
      { first: ADMITTED_PORT, count: 1 },
    ];
    await this.#there.run({ packets: 1, sourcePorts: asked, destinationPort: ADMITTED_PORT });
    const { arrived } = await this.#back.run({
      packets: 1,
      sourcePorts: answering,
      destinationPort: FIRST_PORT,
    });
    if (arrived !== 1) throw new Error('the answer did not come back');
  }

  [Symbol.dispose](): void {
    this.#there[Symbol.dispose]();
    this.#back[Symbol.dispose]();
  }
}
