// make profile: where the processors' time goes in a TCP stream, ours beside peers. QUICK=1: short, and the page stays as it is.
import { readFileSync, writeFileSync } from 'node:fs';
import { machineFacts, machineText } from '../test/bench/machine-facts.ts';
import { PERFORMANCE_PAGE } from '../test/bench/plots.ts';
import { profileTable, withProfiles } from '../test/bench/profile/profile-page.ts';
import { EVERYTHING_ELSE } from '../test/bench/profile/symbol-categories.ts';
import { profileUnderlay, type Profile } from '../test/bench/profile/underlays.ts';

/** More would leave the table open to any explanation. */
const MAX_UNEXPLAINED = 0.15;

const isQuick = process.env['QUICK'] === '1';
const start = Date.now();
const controller = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.on(name, () => controller.abort(new Error(`interrupted by ${name}`)));

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** What is in no category, where that is too much. */
function unexplained({ underlay, breakdowns }: Profile): readonly string[] {
  return [...breakdowns].flatMap(([name, { parts, all, unknown }]) => {
    const share = (parts.get(EVERYTHING_ELSE) ?? 0) / all;
    const percent = `${Math.round(share * 100)} %`;
    return share < MAX_UNEXPLAINED
      ? []
      : [`${underlay}, ${name}: ${percent} in no category: ${unknown.join(' ')}`];
  });
}

if (process.geteuid?.() !== 0) {
  process.stderr.write(
    'make profile needs root: it loads BPF, makes network namespaces and samples the machine\n',
  );
  process.exit(2);
}
const machine = machineFacts();
print(machineText(machine));
const context = {
  isQuick,
  progress: (text: string) => print(`  ${((Date.now() - start) / 1000).toFixed(1)} s: ${text}`),
  signal: controller.signal,
};
const profiles = [await profileUnderlay('offload', context), await profileUnderlay('wire', context)];
for (const profile of profiles) print(`\n${profileTable(profile).join('\n')}`);
const faults = profiles.flatMap(unexplained);
for (const fault of faults) print(`FAILED: ${fault}`);
if (faults.length === 0 && !isQuick) {
  writeFileSync(PERFORMANCE_PAGE, withProfiles(readFileSync(PERFORMANCE_PAGE, 'utf8'), profiles, machine));
  print(`wrote ${PERFORMANCE_PAGE}`);
}
process.exit(faults.length === 0 ? 0 : 1);
