// Programs of tracing.bpf.c, which count what this process does.
import { statSync } from 'node:fs';
import type { Test } from 'tap';
import { loadObject, type Link, type LoadedObject } from '../../src/index.ts';
import { objectSpec } from './objects.ts';

export const spec = objectSpec('tracing');

export function load(t: Test, ...programs: readonly string[]): LoadedObject {
  const object = loadObject(spec, { name: 'tracing', programs });
  t.teardown(() => object[Symbol.dispose]());
  const pidNamespace = statSync('/proc/self/ns/pid', { bigint: true });
  object.variable('pidns_device').set(pidNamespace.dev);
  object.variable('pidns_inode').set(pidNamespace.ino);
  object.variable('watched_pid').set(process.pid);
  return object;
}

/** How often the program ran while `act` did. */
export function runsDuring(object: LoadedObject, act: () => unknown): bigint {
  const before = object.variable('runs').get() as bigint;
  act();
  return (object.variable('runs').get() as bigint) - before;
}

/** Calls getppid(2), and the C library's function of that name. */
export function askForParent(): number {
  return process.ppid;
}

/** The program runs while it is attached, and no longer. */
export function testAttached(
  t: Test,
  object: LoadedObject,
  attach: () => Link,
  act: () => unknown = askForParent,
): void {
  t.equal(runsDuring(object, act), 0n, 'nothing before');
  const link = attach();
  t.ok(runsDuring(object, act) > 0n, 'it runs');
  link[Symbol.dispose]();
  t.equal(runsDuring(object, act), 0n, 'nothing after');
}
