// One daemon in a namespace of its own, for tests of how it starts and why it does not.
import { spawn, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ensureBpffs } from '../../lab/bpffs.ts';
import { builtFile } from '../../lab/installation.ts';

export interface ScratchNode {
  readonly netns: string;
  /** With `manifests/`, `state/` and `run/`. */
  readonly directory: string;
  readonly pinRoot: string;
}

export interface DaemonRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Test {
  teardown(clean: () => void): void;
}

/** A namespace with an uplink that has an address and a Node object; gone with the test. */
export function scratchNode(t: Test): ScratchNode {
  const name = `hd-s${randomBytes(4).toString('hex')}`;
  const node = {
    netns: `/run/netns/${name}`,
    directory: mkdtempSync(join(tmpdir(), 'heddle-scratch-')),
    pinRoot: `/sys/fs/bpf/heddle-test-${name}`,
  };
  t.teardown(() => {
    execFileSync('ip', ['netns', 'delete', name]);
    rmSync(node.pinRoot, { recursive: true, force: true });
    rmSync(node.directory, { recursive: true, force: true });
  });
  ensureBpffs();
  const commands = [
    'link set lo up',
    'link add eth0 type veth peer name wire',
    'address add 192.168.9.1/24 dev eth0',
  ];
  execFileSync('ip', ['netns', 'add', name]);
  const batch = [...commands, 'link set eth0 up', 'link set wire up'].join('\n');
  execFileSync('ip', ['-n', name, '-batch', '-'], { input: `${batch}\n` });
  mkdirSync(join(node.directory, 'manifests'));
  writeManifest(node, 'node.yaml', nodeObject(['10.9.0.0/24']));
  return node;
}

export function nodeObject(podCIDRs: readonly string[]): object {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'scratch' },
    spec: { podCIDRs },
    status: { addresses: [{ type: 'InternalIP', address: '192.168.9.1' }] },
  };
}

export function writeManifest(node: ScratchNode, file: string, content: object | string): void {
  writeFileSync(
    join(node.directory, 'manifests', file),
    typeof content === 'string' ? content : stringify(content),
  );
}

/** Settings that fit the scratch node. */
export function scratchConfig(node: ScratchNode): Record<string, unknown> {
  return {
    nodeName: 'scratch',
    uplink: 'eth0',
    pinRoot: node.pinRoot,
    stateDir: join(node.directory, 'state'),
    runDir: join(node.directory, 'run'),
    source: { kind: 'manifests', directory: join(node.directory, 'manifests') },
  };
}

/** Runs the daemon until it ends by itself; with `until`, SIGTERM ends it once that holds of what it has printed. */
export function runDaemon(
  node: ScratchNode,
  config: object | string,
  options: {
    readonly prefix?: readonly string[];
    readonly until?: (printed: string) => boolean;
    /** Ends it with SIGTERM. */
    readonly stop?: AbortSignal;
    readonly args?: readonly string[];
    /** Absent: what was built. */
    readonly program?: string;
  } = {},
): Promise<DaemonRun> {
  const file = join(node.directory, 'heddled.yaml');
  writeFileSync(file, typeof config === 'string' ? config : stringify(config), { mode: 0o644 });
  const program = options.program ?? builtFile('heddled.mjs');
  const argv = [process.execPath, program, '--config', file, ...(options.args ?? [])];
  const child = spawn('nsenter', [`--net=${node.netns}`, ...(options.prefix ?? []), ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const onData = (): void => {
    if (options.until?.(stdout) !== true) return;
    child.stdout.off('data', onData); // a second SIGTERM would end it in the middle of its end
    child.kill('SIGTERM');
  };
  child.stdout.on('data', onData);
  options.stop?.addEventListener('abort', () => child.kill('SIGTERM'));
  return new Promise(resolve => child.on('close', code => resolve({ code, stdout, stderr })));
}
