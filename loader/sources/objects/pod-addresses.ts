// What a node publishes of a pod, in the form of an object: for a file or a key that other nodes read.
import { typeMeta } from '../../model/kinds.ts';
import type { PodAddresses } from '../../model/objects.ts';

export function podAddressesObject({ namespace, name, uid, nodeName, addresses }: PodAddresses): object {
  const metadata = { namespace, name, ...(uid !== undefined && { uid }) };
  return { ...typeMeta('PodAddresses'), metadata, nodeName, addresses };
}
