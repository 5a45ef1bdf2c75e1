// Names of what flannel makes on a node.

/** flannel.VNI carries IPv4, flannel-v6.VNI IPv6. */
export const FLANNEL_VTEP = /^flannel(-v6)?\.\d+$/;
/** Of the pods' bridge, unless the network configuration names another. */
export const FLANNEL_BRIDGE = 'cni0';
