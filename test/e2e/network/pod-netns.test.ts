// Paths of namespaces that lead to something else, and namespaces that cannot be opened.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { listLinks } from 'rtnetlink';
import { checkPod } from '../../../loader/network/check-pod.ts';
import { attachPod } from '../../../loader/network/pod-interface.ts';
import { podIn, scratchNode } from './scratch-node.ts';

const nothing = (): undefined => undefined;

// Kind: what is at a path is taken for what should be there. Examples: a FIFO (its open(2) waits for a writer), a socket, a folder,
// a name that leads to itself.
const NO_NAMESPACES: Readonly<Record<string, (path: string) => void>> = {
  'a FIFO': path => execFileSync('mkfifo', [path]),
  'a socket': path => execFileSync('python3', ['-c', `import socket; socket.socket(1).bind("${path}")`]),
  'a folder': path => mkdirSync(path),
  'a link to itself': path => symlinkSync(path, path),
};

for (const [what, make] of Object.entries(NO_NAMESPACES))
  t.test(`${what} in place of a namespace: refused at once, and CHECK says that it is gone`, t => {
    const node = scratchNode(t);
    const folder = mkdtempSync(join(tmpdir(), 'heddle-netns-'));
    t.teardown(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'netns');
    make(path);
    t.throws(() => attachPod(node.socket, podIn(path), nothing), {
      code: 'NETNS_MISSING',
      message: /does not exist|is not a network namespace/,
    });
    t.same(
      listLinks(node.socket).map(({ name }) => name),
      ['lo'],
    );
    t.same(checkPod(node.socket, podIn(path)), [`the network namespace ${path} does not exist`]);
    t.end();
  });

/** Sets this process's limit of descriptors from outside: at a limit of one nothing can be started any more. */
async function withoutDescriptors(action: () => void): Promise<void> {
  const limit = (soft: string): string =>
    `prlimit --pid ${process.pid} --nofile=${soft}: && echo done && read _`;
  const high = execFileSync('prlimit', [
    '--pid',
    String(process.pid),
    '--nofile',
    '-o',
    'SOFT',
    '--noheadings',
  ])
    .toString()
    .trim();
  const helper = spawn('sh', ['-c', `${limit('1')} && ${limit(high)}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(helper.stdout, 'data');
  try {
    action();
  } finally {
    helper.stdin.write('\n');
    await once(helper.stdout, 'data');
    helper.stdin.end('\n');
    await once(helper, 'close');
  }
}

// Kind: a fault of the daemon's own is told as the container's. Examples: no descriptor left, a device that may not be opened.
t.test('a shortage of descriptors is told as such, not as a container that has ended', async t => {
  const node = scratchNode(t);
  const pod = scratchNode(t);
  await withoutDescriptors(() =>
    t.throws(() => attachPod(node.socket, podIn(pod.path), nothing), { code: 'IO', message: /EMFILE/ }),
  );
  t.ok(attachPod(node.socket, podIn(pod.path), nothing));
});

t.test('a path that may not be opened is told as such', t => {
  const node = scratchNode(t);
  const folder = mkdtempSync(join(tmpdir(), 'heddle-netns-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'nodev', 'heddle-test', folder]);
  t.teardown(() => {
    execFileSync('umount', [folder]);
    rmSync(folder, { recursive: true });
  });
  execFileSync('mknod', [join(folder, 'netns'), 'c', '1', '3']);
  t.throws(() => attachPod(node.socket, podIn(join(folder, 'netns')), nothing), {
    code: 'IO',
    message: /EACCES/,
  });
  t.end();
});
