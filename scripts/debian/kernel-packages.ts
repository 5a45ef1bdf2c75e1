// Which of Debian's packages make up a kernel: chosen from their names alone.

export interface KernelPackages {
  /** As uname(2) words it. */
  readonly release: string;
  readonly names: readonly string[];
}

/** What apt knows of packages, as far as it is needed here. */
export interface PackageIndex {
  readonly names: readonly string[];
  readonly dependencies: (name: string) => readonly string[];
}

/** Debian's kernels for cloud machines: a third of the size, and every module that Heddle or its peers use. */
export const FLAVOUR = 'cloud-amd64';
const IMAGE = new RegExp(String.raw`^linux-image-((\d+\.\d+)\.\d.*-${FLAVOUR})$`);

/** For `apt-cache search`: images and what they are split into. */
export const KERNEL_PACKAGES = `^linux-(image|base|binary|modules)-[0-9].*-${FLAVOUR}$`;

/**
 * The newest kernel of a series (`6.12`) that is served whole. Newer images are split in four, and a mirror may have lost
 * some of them (it keeps what its newest source packages build). Throws a sentence that names what is missing.
 */
export function kernelPackages(series: string, index: PackageIndex): KernelPackages {
  const images = index.names.filter(name => IMAGE.exec(name)?.[2] === series).sort(byNumbers);
  const known = new Set(index.names);
  if (images.length === 0)
    throw new Error(`Linux ${series}: apt knows no linux-image-${series}.*-${FLAVOUR}`);
  let missing: readonly string[] = [];
  for (const image of images.toReversed()) {
    const names = [image, ...index.dependencies(image).filter(isPart)];
    const absent = names.filter(name => !known.has(name));
    if (absent.length === 0) return { release: image.replace('linux-image-', ''), names };
    if (missing.length === 0) missing = absent;
  }
  throw new Error(`Linux ${series}: apt knows ${images.at(-1) ?? ''}, but not its ${missing.join(', ')}`);
}

/** Every series that has an image, oldest first. */
export function kernelSeries(names: readonly string[]): string[] {
  const found = names.flatMap(name => IMAGE.exec(name)?.[2] ?? []);
  return [...new Set(found)].sort(byNumbers);
}

/** 6.9 before 6.12, and 6.1.0-9 before 6.1.0-56. */
export function byNumbers(a: string, b: string): number {
  const [left, right] = [a, b].map(text => text.match(/\d+/g)?.map(Number) ?? []);
  for (const [i, number] of (left ?? []).entries()) {
    const difference = number - (right?.[i] ?? -1);
    if (difference !== 0) return difference;
  }
  return (left?.length ?? 0) - (right?.length ?? 0);
}

function isPart(name: string): boolean {
  return /^linux-(base|binary|modules)-\d/.test(name);
}
