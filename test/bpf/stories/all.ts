// All stories there are, for who asks something of all of them.
import type { Stories } from '../../support/bpf/story.ts';
import { datagramStories } from './datagram.ts';
import { fragmentStories } from './fragments.ts';
import { icmpPathStories } from './icmp-path.ts';
import { icmpStories } from './icmp.ts';
import { nodeAddressStories } from './node-address.ts';
import { outsideStories } from './outside.ts';
import { revocationStories } from './revocation.ts';
import { sctpStories } from './sctp.ts';
import { serviceBackendStories } from './service-backends.ts';
import { serviceStories } from './services.ts';
import { tcpMiddleStories } from './tcp-middle.ts';
import { tcpResetStories } from './tcp-reset.ts';
import { tcpStories } from './tcp.ts';
import { translatedServiceStories } from './translated-service.ts';

export const STORIES: readonly Stories[] = [
  tcpStories,
  tcpMiddleStories,
  tcpResetStories,
  datagramStories,
  sctpStories,
  icmpStories,
  icmpPathStories,
  serviceStories,
  translatedServiceStories,
  serviceBackendStories,
  outsideStories,
  nodeAddressStories,
  fragmentStories,
  revocationStories,
];
