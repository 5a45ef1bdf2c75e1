import t from 'tap';
import { clangPackages, newestClang } from '../../../scripts/debian/compilers.ts';
import {
  byNumbers,
  kernelPackages,
  kernelSeries,
  type PackageIndex,
} from '../../../scripts/debian/kernel-packages.ts';

const SPLIT = ['linux-image', 'linux-base', 'linux-binary', 'linux-modules'];
const split = (release: string): string[] => SPLIT.map(part => `${part}-${release}`);
const index = (names: readonly string[]): PackageIndex => ({
  names,
  dependencies: name => {
    const release = name.replace('linux-image-', '');
    return release.startsWith('7') ? ['kmod', ...split(release).slice(1)] : ['kmod', 'linux-base'];
  },
});

t.test('a kernel of one package: the newest of its series, by number', t => {
  const names = ['6.1.0-9', '6.1.0-56', '6.12.9+deb13'].map(version => `linux-image-${version}-cloud-amd64`);
  t.strictSame(kernelPackages('6.1', index([...names, 'linux-image-6.1.0-57-amd64'])), {
    release: '6.1.0-56-cloud-amd64',
    names: ['linux-image-6.1.0-56-cloud-amd64'],
  });
  t.end();
});

t.test('a kernel that is split: all of its parts, of a release that has them', t => {
  const [older, newer] = ['7.3.4+deb13-cloud-amd64', '7.3.11+deb13-cloud-amd64'];
  const withoutModules = split(newer).filter(name => !name.includes('modules'));
  t.strictSame(kernelPackages('7.3', index([...split(older), ...withoutModules])).names, split(older));
  t.throws(() => kernelPackages('7.3', index(withoutModules)), {
    message: `Linux 7.3: apt knows linux-image-${newer}, but not its linux-modules-${newer}`,
  });
  t.end();
});

t.test('a kernel that is not served is named', t => {
  t.throws(() => kernelPackages('5.10', index([])), {
    message: /^Linux 5\.10: apt knows no linux-image-5\.10/,
  });
  t.end();
});

t.test('every series there is, oldest first', t => {
  const names = ['7.3.4+deb13', '6.12.1+deb13', '6.12.2+deb13', '6.1.0-56'];
  t.strictSame(kernelSeries(names.map(name => `linux-image-${name}-cloud-amd64`)), ['6.1', '6.12', '7.3']);
  t.end();
});

t.test('order of numbers', t => {
  const sorted = ['6.1', '6.1.0-9', '6.1.0-56', '6.9', '6.12', '6.12.1', '7.0'];
  t.strictSame([...sorted].reverse().sort(byNumbers), sorted);
  t.end();
});

t.test('the newest clang, and what of LLVM it is made of', t => {
  t.equal(newestClang(['clang-9', 'clang-22', 'clang-19']), 'clang-22');
  t.throws(() => newestClang([]), { message: /no clang/ });
  const needs: Readonly<Record<string, readonly string[]>> = {
    'clang-22': ['libc6', 'libclang-cpp22', 'libclang-common-22-dev', 'binutils'],
    'libclang-cpp22': ['libc6', 'libllvm22'],
    libllvm22: ['libc6', 'libz3-4'],
  };
  t.strictSame(
    clangPackages('clang-22', name => needs[name] ?? []),
    ['clang-22', 'libclang-cpp22', 'libclang-common-22-dev', 'libllvm22'],
  );
  t.end();
});
