// Parses requests of heddle.v1.Dataplane into the model's types.
import { type Addr, type Cidr, isIpv4, parseAddr, parseCidr, parseMac } from 'ip';
import { messageOf } from '../errors.ts';
import { parseAttachmentKey } from './cni/environment.ts';
import type { PodRegistration } from './dataplane-view.ts';
import type { heddle } from './proto.gen.js';
import { RequestError } from './request-error.ts';

export function requestedAddress({ address }: heddle.v1.GetEndpointRequest): Addr {
  return field('address', address, parseAddr);
}

export function requestedPrefix({ prefix }: heddle.v1.GetRouteRequest): Cidr {
  return field('prefix', prefix, parseCidr);
}

export function podRegistration(request: heddle.v1.RegisterPodRequest): PodRegistration {
  const { podNamespace: namespace, podName: name } = request;
  const { containerId, hostInterface } = names(request);
  const addresses = request.addresses.map(address => field('addresses', address, parseAddr));
  const ipv4 = addresses.filter(isIpv4).length;
  if (ipv4 > 1 || addresses.length - ipv4 > 1)
    throw new RequestError(
      'INVALID_ARGUMENT',
      `addresses: ${addresses.join(', ')} are more than one of a family`,
    );
  return {
    containerId,
    hostInterface,
    mac: field('mac', request.mac, parseMac),
    addresses,
    ...(name === '' ? {} : { pod: { namespace: namespace === '' ? 'default' : namespace, name } }),
  };
}

/** Both names must be valid for CNI too: they are used in the same places. */
function names(request: heddle.v1.RegisterPodRequest): { containerId: string; hostInterface: string } {
  const variables = { containerId: request.containerId, ifname: request.hostInterface, netns: '', args: '' };
  const { containerId, ifname } = field('container_id, host_interface', variables, parseAttachmentKey);
  return { containerId, hostInterface: ifname };
}

function field<Value, Parsed>(name: string, value: Value, parse: (value: Value) => Parsed): Parsed {
  try {
    return parse(value);
  } catch (error) {
    const reason = messageOf(error);
    throw new RequestError('INVALID_ARGUMENT', `${name}: ${reason}`);
  }
}
