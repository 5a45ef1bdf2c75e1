// An XDP program over one frame again and again, with nothing around it but the loop of the test run.
import type { Program } from 'libbpf-ts';
import { xdpContext } from '../../support/bpf/context.ts';
import { median } from '../statistics.ts';

const REPEAT = 1_000_000;
const XDP_DROP = 1;

/** Nanoseconds of each of `rounds`; throws if it does not drop the frame. */
export function dropAloneNs(program: Program, frame: Buffer, rounds: number): readonly number[] {
  const run = { data: frame, context: xdpContext(frame, {}), repeat: REPEAT };
  return Array.from({ length: rounds }, () => {
    const { returnValue, durationNs } = program.testRun(run);
    if (returnValue !== XDP_DROP) throw new Error(`${program.name} does not drop the frame`);
    return durationNs;
  });
}

/** In words, for a note: what of a dropped frame's time is the generator's and the wire's. */
export function aroundDropText(framesPerSecond: readonly number[], aloneNs: readonly number[]): string {
  const whole = 1e9 / median(framesPerSecond);
  return `of ${whole.toFixed(0)} ns a frame that is only dropped, ${(whole - median(aloneNs)).toFixed(0)} are the generator's and the veth's`;
}
