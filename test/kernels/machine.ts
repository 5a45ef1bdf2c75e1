// A guest machine, emulated: it boots a kernel, says what it has to say on a port, and is gone.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UnpackedKernel } from '../../scripts/debian/unpacked-kernel.ts';
import { limitCpu } from './cpu-limit.ts';
import { packImage, type GuestImage } from './image.ts';
import { reportsIn, type Report } from './report.ts';

const MEMORY = '3G';
/**
 * The guest's time is the number of its instructions, one a nanosecond, and nobody waits while it idles: its limits hold however busy
 * this machine is. By real time it would measure its TSC wrongly beside other work, too, and read its clock from an emulated HPET.
 * That takes one CPU: a second one does not come up.
 */
const CLOCK = ['-icount', 'shift=0,sleep=off'];
/**
 * All that qemu can do, but for one promise: that `rep movsb` is quick. Emulated it is a byte at a time, and the kernel copies and clears
 * pages by it wherever a CPU says so: a fifth of a guest's time.
 */
const CPU = 'max,-erms';
/** The console's end, shown when a guest ends otherwise than by switching itself off. */
const TAIL_CHARACTERS = 4_000;

export interface GuestRun {
  readonly reports: readonly Report[];
  /** What the kernel and the program's errors said. */
  readonly console: string;
}

/** Boots the kernel with the guest's program; settles when the guest has switched itself off. */
export async function runGuest(kernel: UnpackedKernel, guest: GuestImage): Promise<GuestRun> {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-kernel-'));
  const [image, port] = [join(folder, 'image.cpio'), join(folder, 'reports')];
  try {
    await packImage(kernel, guest, image);
    const console = await emulate([kernel.image, image], port, guest.limitCpuSeconds);
    return { reports: reportsIn(readFileSync(port, 'utf8')), console };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * What the console said; what was written to the guest's first port is in the file `port` then. By emulation alone:
 * whether a machine has KVM, and a working one, changes nothing. Rejects when the guest does not switch itself off.
 */
async function emulate(
  [kernel, initrd]: [string, string],
  port: string,
  limitCpuSeconds: number,
): Promise<string> {
  const child = spawn(
    'qemu-system-x86_64',
    [
      ...['-accel', 'tcg', ...CLOCK, '-cpu', CPU, '-m', MEMORY],
      ...['-nodefaults', '-nographic', '-no-reboot'],
      ...['-serial', 'stdio', '-device', 'virtio-serial-pci', '-device', 'virtserialport,chardev=reports'],
      ...['-chardev', `file,id=reports,path=${port}`],
      ...['-kernel', kernel, '-initrd', initrd],
      ...['-append', 'console=ttyS0 quiet panic=-1'],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  limitCpu(child, limitCpuSeconds);
  let console = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (console += text));
  return new Promise((resolve, reject) => {
    const fail = (why: string) =>
      reject(new Error(`the guest ${why}; its console ends:\n${console.slice(-TAIL_CHARACTERS)}`));
    child.once('error', error => fail(error.message));
    child.once('close', (code, signal) =>
      code === 0 ? resolve(console.replaceAll('\r', '')) : fail(howItEnded(code, signal, limitCpuSeconds)),
    );
  });
}

/** By SIGKILL, if it has used all of its CPU time. */
function howItEnded(code: number | null, signal: NodeJS.Signals | null, limitCpuSeconds: number): string {
  return signal === null
    ? `ended with ${code}`
    : `was ended by ${signal}; it may use ${limitCpuSeconds} s of CPU time`;
}
