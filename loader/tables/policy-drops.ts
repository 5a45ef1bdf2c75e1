// hd_policy_drop: packets that each rule denied, summed over CPUs.

export function packetsByRule(
  entries: Iterable<readonly [rule: number, cpus: readonly bigint[]]>,
): Map<number, number> {
  return new Map(
    Array.from(entries, ([rule, cpus]) => [
      rule,
      Number(cpus.reduce((total, packets) => total + packets, 0n)),
    ]),
  );
}
