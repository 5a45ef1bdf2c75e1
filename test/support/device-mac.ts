// What a namespace's devices are, as iproute2 tells.
import { mustExec } from './lab.ts';

/** MAC of a party's device. */
export async function macOf(party: { readonly netns: string }, device: string): Promise<string> {
  const [link] = JSON.parse(await mustExec(party, 'ip', '-j', 'link', 'show', device)) as [
    { readonly address: string },
  ];
  return link.address;
}
