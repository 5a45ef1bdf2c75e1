// One node as far as test runs need it: the seven loaded programs over one set of maps, and devices to name in contexts.
import type { Mac } from 'ip';
import { codecOf, decodeRecords, RingBuffer, type Program } from 'libbpf-ts';
import { EventKind, eventLayout } from '../../../loader/abi/abi.gen.ts';
import { NAMED_CODECS } from '../../../loader/abi/codecs.ts';
import type { HookName } from '../../../loader/abi/hook-name.ts';
import { openMapSet, typedMap, type MapSet } from '../../../loader/abi/map-set.ts';
import { ProgramSet } from '../../../loader/programs/load.ts';
import { findObjectFolder } from '../../../loader/programs/objects.ts';
import { changeControl } from '../../../loader/tables/control.ts';
import { gatewayMac, overlayMac } from '../../../loader/model/derived-macs.ts';
import { actionName, type Action } from '../../support/bpf/action.ts';
import { contextBytes } from '../../support/bpf/context.ts';
import { ip } from '../../support/bpf/devices.ts';
import type { Context } from '../../support/bpf/table.ts';
import { clearMaps } from './clear-maps.ts';

export const VNI = 1;
export const UPLINK_MTU = 1500;
/** So that every machine's devices have indexes of their own in the one namespace that they share. */
const DEVICES_PER_MACHINE = 4_096;
const OVERLAY_OFFSET = 1;
const PODS_OFFSET = 16;
/** Few pods: a daemon that starts reads and writes all pod ids. */
const MAP_SIZES = { hd_pod: 1_024 };
/** No directory: nothing is pinned there, so nothing is adopted. */
const NO_PINS = '/sys/fs/bpf/heddle-conformance';

export interface Step {
  /** What the hook answered; a number means nothing. */
  readonly action: Action | number;
  readonly packet: Buffer;
}

/** A dropped packet, from its event. */
export interface Drop {
  readonly hook: number;
  readonly verdict: number;
  readonly rule: number;
}

export class Machine {
  readonly number: number;
  readonly maps: MapSet;
  readonly uplinkIfindex: number;
  readonly overlayIfindex: number;
  readonly uplinkMac: Mac;
  readonly overlayMac: Mac;
  readonly gatewayMac: Mac;
  readonly #programs: ProgramSet;
  readonly #byHook: ReadonlyMap<HookName, Program>;
  readonly #events: RingBuffer;
  readonly #podDevices = new Set<number>();
  #drops: Drop[] = [];

  /** Needs a network namespace of its own for all of them (own-netns.ts). */
  constructor(number: number) {
    const name = `machine-${number}`;
    this.number = number;
    this.uplinkIfindex = number * DEVICES_PER_MACHINE;
    this.overlayIfindex = this.uplinkIfindex + OVERLAY_OFFSET;
    this.overlayMac = overlayMac(name);
    this.gatewayMac = gatewayMac(name);
    this.uplinkMac = overlayMac(`${name}'s uplink`);
    addDevice(this.uplinkIfindex, this.uplinkMac);
    addDevice(this.overlayIfindex, this.overlayMac);
    this.#programs = this.#load();
    this.#byHook = this.#programs.programs;
    this.maps = openMapSet(map => {
      const found = this.#programs.maps.get(map);
      if (found === undefined) throw new Error(`no program has ${map}`);
      return typedMap(map, found);
    });
    this.#events = new RingBuffer(this.maps.hd_event, records => {
      this.#drops.push(...decodeRecords(records, dropCodec));
    }).unref();
    this.reset();
  }

  /** As the daemon loads them. */
  #load(): ProgramSet {
    const constants = {
      ownNodeId: this.number,
      overlayIfindex: this.overlayIfindex,
      clusterVni: VNI,
      vxlanPort: 4789,
      sourcePortMin: 49_152,
      sourcePortMax: 65_535,
      tunnelTtl: 64,
      overlayMac: this.overlayMac,
      gatewayMac: this.gatewayMac,
    };
    const objectFolder = findObjectFolder();
    const set = new ProgramSet({ pinRoot: NO_PINS, objectFolder, constants, mapSizes: MAP_SIZES }, new Map());
    set.loadAll();
    return set;
  }

  /** The host-side device of the pod with that pod id. */
  podIfindex(podId: number): number {
    const ifindex = this.uplinkIfindex + PODS_OFFSET + podId;
    if (!this.#podDevices.has(podId)) addDevice(ifindex, this.gatewayMac);
    this.#podDevices.add(podId);
    return ifindex;
  }

  run(hook: HookName, data: Buffer, context: Context): Step {
    const program = this.#byHook.get(hook);
    if (program === undefined) throw new Error(`${hook} is not loaded`);
    const result = program.testRun({ data, context: contextBytes(hook, data, context) });
    const { buffer, byteOffset, byteLength } = result.data;
    return {
      action: actionName(hook, result.returnValue),
      packet: Buffer.from(buffer, byteOffset, byteLength),
    };
  }

  /** Those since the last call. */
  takeDrops(): readonly Drop[] {
    this.#events.consume();
    const drops = this.#drops;
    this.#drops = [];
    return drops;
  }

  /** As if it had just been started. */
  reset(): void {
    clearMaps(this.maps);
    changeControl(this.maps.hd_control, { events: 1n << BigInt(EventKind.DROP) });
    this.takeDrops();
  }

  [Symbol.dispose](): void {
    this.#events[Symbol.dispose]();
    this.#programs[Symbol.dispose]();
  }
}

/** Down, and of a kind that every kernel has: only its index, MAC and MTU matter. */
function addDevice(ifindex: number, mac: string): void {
  ip([`link add index ${ifindex} name dev${ifindex} address ${mac} mtu ${UPLINK_MTU} type bridge`]);
}

const dropCodec = codecOf<Drop>(eventLayout, NAMED_CODECS);
