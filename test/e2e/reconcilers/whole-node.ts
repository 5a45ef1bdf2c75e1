// What every test of a part's fault looks at: nothing that was right is gone, nothing that was closed is open, and in the
// end the node is whole.
import t, { type Test } from 'tap';
import { until } from '../../support/until.ts';
import { ReconciledNode, type Started } from './node.ts';

t.setTimeout(900_000);

export const node = new ReconciledNode();
t.teardown(() => node[Symbol.dispose]());

/** All but cni-files, which waits for an API. */
export const NAMES = [
  ...['state-files', 'forwarding', 'uplinks', 'node-addresses', 'overlay-device', 'programs', 'pods'],
  ...['policy', 'services', 'tables', 'links', 'overlay-state', 'pod-devices', 'host-routes', 'attachments'],
  ...['masquerade', 'firewall', 'kube-proxy'],
];

/** What a whole node has in the kernel. */
let whole: ReadonlySet<string> = new Set();

/** The first test of each file: the others compare with what it finds. */
export function testWholeNode(): void {
  t.test('a node without a fault becomes whole', async t => {
    await using started = node.start();
    await started.reconcilers.runner.firstSuccess();
    t.ok(await until(() => isWell(started)), 'every reconciler succeeds');
    whole = node.standing();
    for (const part of [
      /^hd_node/,
      /^hd_route/,
      /^hd_endpoint/,
      /^hd_iface/,
      /^overlay_rx/,
      /^route 10\.9\.1\.0/,
    ])
      t.ok(
        [...whole].some(line => part.test(line)),
        String(part),
      );
    t.ok(node.isOverlayUp());
    t.strictSame(
      started.reconcilers.runner.status().map(({ name }) => name),
      [...NAMES, 'cni-files'],
      'and these are all of them',
    );
  });
}

export function runs({ runs }: Started, name: string): number {
  return runs.get(name) ?? 0;
}

export function stateOf({ reconcilers }: Started, name: string): string | undefined {
  return reconcilers.runner.status().find(one => one.name === name)?.state;
}

/** `cni-files` waits for an API that is not there. */
function isWell({ reconcilers }: Started): boolean {
  return reconcilers.runner.status().every(({ name, state }) => state === 'ok' || name === 'cni-files');
}

export function othersGoOn({ reconcilers }: Started, broken: string): boolean {
  return reconcilers.runner
    .status()
    .every(({ name, state }) => name === broken || state === 'ok' || state === 'waiting');
}

/** `but`: what the test itself has taken away, or follows from it. */
export function assertNothingLost(t: Test, but?: RegExp): void {
  const standing = node.standing();
  const lost = [...whole].filter(line => !standing.has(line) && but?.test(line) !== true);
  t.strictSame(lost, [], 'nothing that was right is gone');
  t.ok(
    !node.isOverlayUp() || node.isOverlayGuarded(),
    'the overlay device is up only where overlay_rx is attached',
  );
}

export async function assertWhole(t: Test, started: Started): Promise<void> {
  const isWhole = (): boolean => {
    const standing = node.standing();
    return isWell(started) && node.isOverlayUp() && [...whole].every(line => standing.has(line));
  };
  const isSo = await until(isWhole);
  const standing = node.standing();
  const missing = [...whole].filter(line => !standing.has(line));
  const ill = started.reconcilers.runner.status().filter(({ state }) => state !== 'ok');
  t.ok(isSo, `it is whole again; missing: ${missing.join()}; not well: ${JSON.stringify(ill)}`);
}
