// Removes everything that the daemon has made on this node, under this and earlier configurations, and nothing else.
import { existsSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { openSocket, type RtnetlinkSocket } from 'rtnetlink';
import type { Config } from '../config.ts';
import { HeddleError, messageOf } from '../errors.ts';
import { change, type Change } from '../model/change.ts';
import { cleanNetwork } from '../network/cleanup.ts';
import { nextConfiguration } from '../network/cni-configurations.ts';
import { removeCniFiles } from '../network/cni-files.ts';
import { DEFAULT_NAMES } from '../network/names.ts';
import { createNft } from '../network/nft.ts';
import { SysctlRecord, sysctlRecordFile } from '../network/sysctl-record.ts';
import { restoreSysctls } from '../network/sysctl-restore.ts';
import { removeAllPins } from '../programs/cleanup.ts';
import { listPinnedLinks } from '../programs/pinned-links.ts';
import { READINESS_TAINT } from '../sources/kubernetes/own-node.ts';
import { removeOwnNode } from '../sources/kubernetes/own-node-removal.ts';
import { removePublishedPods } from '../sources/manifests/published-pods.ts';
import { lockIfThere, lockNamespace } from './daemon-lock.ts';
import { formerInstallations, installationOf, type Installation } from './installation.ts';
import { removeIfEmpty } from './move-files.ts';
import { ownNode } from './open-source.ts';
import { runFilesOf, stateFilesOf } from './own-files.ts';

/**
 * In this process's network namespace. Each step can be done again, and what later steps need goes last, so that a run
 * that was cut off is completed by the next. Throws `IO` while a daemon runs here, in whatever state, unless `force`.
 */
export async function uninstall(config: Config, force: boolean): Promise<Change[]> {
  const locks = force ? [] : await lockAgainstDaemons(config);
  try {
    return await removeAll(config);
  } finally {
    for (const lock of locks) lock[Symbol.dispose]();
  }
}

async function removeAll(config: Config): Promise<Change[]> {
  using socket = openSocket();
  const current = installationOf(config);
  const all = [current, ...formerInstallations(current)];
  return [
    ...all.flatMap(removeCniFiles), // first, so that the runtime no longer calls the plugin
    ...(await removeFromKernel(socket, all)),
    ...all.flatMap(({ manifests, nodeName }) => removePublishedPods(manifests, nodeName)),
    ...(await withdrawNode(config)),
    ...all.flatMap(({ runDir }) => putBackSysctls(runDir, socket)),
    ...all.flatMap(removeFiles),
    ...nextConfigurations(all),
  ];
}

/** A plugin that was there before, or that somebody has configured by hand. */
function nextConfigurations(all: readonly Installation[]): Change[] {
  const folders = new Set(all.flatMap(({ confFile }) => (confFile === '' ? [] : [dirname(confFile)])));
  return [...folders].flatMap(folder => {
    const next = nextConfiguration(folder);
    return next === undefined ? [] : [change(next.path, next.use)];
  });
}

async function lockAgainstDaemons(config: Config): Promise<readonly Disposable[]> {
  try {
    const namespace = await lockNamespace('heddlectl cleanup');
    return [namespace, ...lockIfThere(config)];
  } catch (cause) {
    const text = `heddled is running on ${config.socket}: stop it first, or use --force`;
    throw new HeddleError('IO', text, { cause });
  }
}

/** Pins say which devices are the daemon's, also renamed ones. */
async function removeFromKernel(socket: RtnetlinkSocket, all: readonly Installation[]): Promise<Change[]> {
  const roots = [...new Set(all.map(({ pinRoot }) => pinRoot))];
  const pinned = new Set(roots.flatMap(listPinnedLinks).flatMap(({ ifindex }) => ifindex ?? []));
  const pins = roots.flatMap(root => {
    const count = removeAllPins(root);
    return count === 0 ? [] : [change(root, `${count} pins and links removed`)];
  });
  const changes: Change[] = [...pins];
  for (const { overlayDevice, nftTable } of all) {
    const names = { ...DEFAULT_NAMES, overlayDevice, nftTable };
    changes.push(...(await cleanNetwork(socket, createNft(), { names, pinned })));
  }
  return changes;
}

async function withdrawNode(config: Config): Promise<Change[]> {
  const { nodeName, source } = config;
  if (source.kind !== 'kubernetes') return [];
  const kubeconfig = source.kubeconfig === '' ? {} : { kubeconfig: source.kubeconfig };
  try {
    const removed = await removeOwnNode({
      ...{ nodeName, ...kubeconfig, own: ownNode(config) },
      flannelPrefix: config.flannel.annotationPrefix,
    });
    return removed.map(what => change(`Node ${nodeName}`, `${what} removed`));
  } catch (error) {
    const stays = `what the daemon wrote stays (condition NetworkUnavailable, annotations, taint ${READINESS_TAINT})`;
    return [
      change(`Node ${nodeName}`, `${stays}, as it cannot be written: ${messageOf(error)}; run this again`),
    ];
  }
}

/** The record is of this boot: after another one there is nothing to put back. */
function putBackSysctls(runDir: string, socket: RtnetlinkSocket): Change[] {
  return restoreSysctls(new SysctlRecord(sysctlRecordFile(runDir)), socket.netns);
}

function removeFiles(installation: Installation): Change[] {
  const { stateDir, runDir, socket } = installation;
  const files = [...runFilesOf(installation), ...stateFilesOf(installation), socket].filter(existsSync);
  for (const path of files) rmSync(path, { recursive: true });
  for (const folder of [stateDir, runDir, dirname(socket)]) removeIfEmpty(folder);
  return files.map(path => change(path, 'removed'));
}
