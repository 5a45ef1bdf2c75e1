// What follows from the kernel's release.
import t from 'tap';
import { kernelConstants } from '../../../loader/programs/program-constants.ts';

for (const [release, flags] of [
  ['6.1.0-17-amd64', 0],
  ['6.3.0', 1],
  ['6.18.44-fc', 1],
  ['5.15.0', 0],
  ['7.0.1', 1],
] as const) {
  t.equal(
    kernelConstants(true, release).decapL3Flags,
    flags,
    `${release} ${flags ? 'has' : 'lacks'} DECAP_L3`,
  );
}
for (const [release, oldVerifierKeys] of [
  ['6.1.0-56-cloud-amd64', 1],
  ['6.2.0', 0],
] as const)
  t.equal(
    kernelConstants(true, release).oldVerifierKeys,
    oldVerifierKeys,
    `${release}: keys on the stack ${oldVerifierKeys}`,
  );
t.equal(kernelConstants(false).forwardHook, 0, 'without the forward program nobody counts on it');
t.equal(kernelConstants(true).forwardHook, 1, 'with it, it notes host-path flows');
