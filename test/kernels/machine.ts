// A guest machine, emulated: it boots a kernel, says what it has to say on its console, and is gone.
import { spawn } from 'node:child_process';
import type { UnpackedKernel } from './image.ts';

const MEMORY = '2G';
const BOOT_AND_RUN_MS = 240_000;
/** The console's end, shown when a guest ends otherwise than by switching itself off. */
const TAIL_CHARACTERS = 4_000;

/**
 * What its console said, when the guest has switched itself off; what its program wrote to its first port is in `reports` then. By emulation alone: whether a machine has KVM, and a working one, changes nothing.
 * Rejects when it does not switch itself off in time.
 */
export async function runGuest(
  { image: kernel }: UnpackedKernel,
  image: string,
  reports: string,
): Promise<string> {
  const child = spawn(
    'qemu-system-x86_64',
    [
      ...['-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', '2', '-m', MEMORY],
      ...['-nodefaults', '-nographic', '-no-reboot'],
      ...['-serial', 'stdio', '-device', 'virtio-serial-pci', '-device', 'virtserialport,chardev=reports'],
      ...['-chardev', `file,id=reports,path=${reports}`],
      ...['-kernel', kernel, '-initrd', image],
      ...['-append', 'console=ttyS0 quiet panic=-1'],
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: AbortSignal.timeout(BOOT_AND_RUN_MS),
      killSignal: 'SIGKILL',
    },
  );
  let console = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (console += text));
  return new Promise((resolve, reject) => {
    const fail = (why: string) =>
      reject(new Error(`the guest ${why}; its console ends:\n${console.slice(-TAIL_CHARACTERS)}`));
    child.once('error', error => fail(error.message));
    child.once('close', code =>
      code === 0 ? resolve(console.replaceAll('\r', '')) : fail(`ended with ${code}`),
    );
  });
}
