// A setting is changed, and the daemon started anew: what the former one has named is taken along or gone.
//
// The kind: the daemon finds what it has made by a setting. Each row changes one that names something on the node.
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { installationFile } from '../../../loader/agent/installation.ts';
import { runDaemon, scratchConfig, scratchNode, type ScratchNode } from '../../support/scratch-daemon.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

interface Change {
  readonly before: (node: ScratchNode) => object;
  readonly after: (node: ScratchNode) => object;
  /** Of what is there after the second start. */
  readonly assert: (t: Test, node: ScratchNode) => void;
}

function inside(node: ScratchNode, ...argv: readonly string[]): string {
  return execFileSync('nsenter', [`--net=${node.netns}`, ...argv], { encoding: 'utf8' });
}

function pinsOf(root: string): readonly string[] {
  return existsSync(root) ? readdirSync(root, { recursive: true, encoding: 'utf8' }) : [];
}

function cni(node: ScratchNode, name: string): { readonly binDir: string; readonly confFile: string } {
  const folder = join(node.directory, name);
  return { binDir: join(folder, 'bin'), confFile: join(folder, 'net.d', '10-heddle.conflist') };
}

const CHANGES: Readonly<Record<string, Change>> = {
  nftTable: {
    before: () => ({ nftTable: 'former' }),
    after: () => ({ nftTable: 'latter' }),
    assert: (t, node) => t.strictSame(inside(node, 'nft', 'list', 'tables').trim(), 'table inet latter'),
  },
  'nftTable, and masquerade off': {
    before: () => ({ nftTable: 'former' }),
    after: () => ({ nftTable: 'latter', masquerade: false }),
    assert: (t, node) => t.strictSame(inside(node, 'nft', 'list', 'tables').trim(), ''),
  },
  pinRoot: {
    before: () => ({}),
    after: node => ({ pinRoot: `${node.pinRoot}-2` }),
    assert: (t, node) => {
      t.notOk(existsSync(node.pinRoot));
      t.ok(pinsOf(`${node.pinRoot}-2`).some(pin => pin.endsWith('overlay_rx')));
    },
  },
  'pinRoot and stateDir together': {
    before: () => ({}),
    after: node => ({ pinRoot: `${node.pinRoot}-2`, stateDir: join(node.directory, 'state-2') }),
    assert: (t, node) => {
      t.notOk(existsSync(node.pinRoot));
      t.notOk(existsSync(join(node.directory, 'state')));
      t.ok(existsSync(join(node.directory, 'state-2', 'manifests.json')), 'what it remembers is taken along');
    },
  },
  'pinRoot, where pins are already': {
    before: () => ({}),
    after: node => {
      mkdirSync(`${node.pinRoot}-2/maps`, { recursive: true });
      return { pinRoot: `${node.pinRoot}-2` };
    },
    assert: (t, node) => {
      t.notOk(existsSync(node.pinRoot));
      t.ok(pinsOf(`${node.pinRoot}-2`).some(pin => pin.endsWith('overlay_rx')));
    },
  },
  'stateDir and runDir': {
    before: () => ({}),
    after: node => ({
      stateDir: join(node.directory, 'b', 'state'),
      runDir: join(node.directory, 'b', 'run'),
    }),
    assert: (t, node) => {
      t.notOk(existsSync(join(node.directory, 'state')));
      t.notOk(existsSync(join(node.directory, 'run')));
      t.match(readFileSync(join(node.directory, 'b', 'run', 'sysctls.json'), 'utf8'), /ip_forward/);
    },
  },
  overlayDevice: {
    before: () => ({ overlayDevice: 'over0' }),
    after: () => ({ overlayDevice: 'over1' }),
    assert: (t, node) => t.strictSame(overlays(node), ['over1']),
  },
  'tunnel.port, and no vxlan': {
    before: () => ({ tunnel: { port: 8472 } }),
    after: () => ({ tunnel: { port: 4789, kernelVxlan: 'never' } }),
    assert: (t, node) => {
      t.strictSame(overlays(node), ['heddle0']);
      t.notMatch(inside(node, 'ip', '-d', 'link', 'show', 'heddle0'), 'vxlan');
    },
  },
  'cni.confFile and cni.binDir': {
    before: node => ({ cni: cni(node, 'former') }),
    after: node => ({ cni: cni(node, 'latter') }),
    assert: (t, node) => {
      for (const path of Object.values(cni(node, 'latter'))) t.ok(existsSync(path), path);
      t.notOk(existsSync(cni(node, 'former').confFile));
      t.strictSame(readdirSync(cni(node, 'former').binDir), []);
    },
  },
  'cni off': {
    before: node => ({ cni: cni(node, 'former') }),
    after: () => ({}),
    assert: (t, node) => t.notOk(existsSync(cni(node, 'former').confFile)),
  },
  xdp: {
    before: () => ({ xdp: 'generic' }),
    after: () => ({ xdp: 'off' }),
    assert: (t, node) => t.notMatch(inside(node, 'ip', 'link', 'show', 'eth0'), /xdp/),
  },
  uplink: {
    before: () => ({}),
    after: node => {
      inside(node, 'ip', 'link', 'add', 'eth1', 'type', 'bridge');
      inside(node, 'ip', 'address', 'del', '192.168.9.1/24', 'dev', 'eth0');
      inside(node, 'ip', 'address', 'add', '192.168.9.1/24', 'dev', 'eth1');
      inside(node, 'ip', 'link', 'set', 'eth1', 'up');
      return { uplink: 'eth1' };
    },
    assert: (t, node) => {
      t.strictSame(
        readdirSync(join(node.pinRoot, 'links')).filter(name => name.startsWith('eth')),
        ['eth1'],
      );
      t.match(inside(node, 'nft', 'list', 'table', 'inet', 'heddle'), /eth1/);
      t.notMatch(inside(node, 'nft', 'list', 'table', 'inet', 'heddle'), /eth0/);
    },
  },
};

function overlays(node: ScratchNode): readonly string[] {
  const links = JSON.parse(inside(node, 'ip', '-j', 'link')) as { ifname: string; ifalias?: string }[];
  const own = links.filter(({ ifalias }) => ifalias === 'heddle:overlay').map(({ ifname }) => ifname);
  return own.filter(name => !name.endsWith('p'));
}

/** Until it is ready and has removed what a former one has left: its record names one installation then. */
async function runOnce(
  t: Test,
  node: ScratchNode,
  config: { readonly stateDir?: unknown; readonly [key: string]: unknown },
): Promise<void> {
  const stop = new AbortController();
  let isReady = false;
  const run = runDaemon(node, config, {
    stop: stop.signal,
    until: printed => {
      isReady ||= printed.includes('"msg":"ready"');
      return false;
    },
  });
  const record = installationFile(String(config.stateDir));
  await Promise.race([
    run,
    until(() => isReady && (JSON.parse(readFileSync(record, 'utf8')) as unknown[]).length === 1),
  ]);
  stop.abort();
  const { code, stdout, stderr } = await run;
  t.equal(code, 0, `${stdout}${stderr}`);
  t.notMatch(stdout, /stays until the next start/);
}

for (const [title, { before, after, assert }] of Object.entries(CHANGES))
  t.test(title, async t => {
    const node = scratchNode(t);
    t.teardown(() => rmSync(`${node.pinRoot}-2`, { recursive: true, force: true }));
    const folder = join(node.directory, 'state');
    mkdirSync(folder, { mode: 0o700 });
    writeFileSync(join(folder, 'manifests.json'), '{}');
    await runOnce(t, node, { ...scratchConfig(node), ...before(node) });
    await runOnce(t, node, { ...scratchConfig(node), ...after(node) });
    assert(t, node);
    for (const root of [node.pinRoot, `${node.pinRoot}-2`])
      if (existsSync(root)) t.ok(lstatSync(join(root, 'state')).isSymbolicLink());
  });
