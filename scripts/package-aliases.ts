// Our own packages by name: bundles of tests and scripts have them inside, while npm's stay outside.

export const PACKAGE_ALIASES: Readonly<Record<string, string>> = {
  etcd: './packages/etcd/src/index.ts',
  ip: './packages/ip/src/index.ts',
  'libbpf-ts': './packages/libbpf-ts/src/index.ts',
  rtnetlink: './packages/rtnetlink/src/index.ts',
};
