// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Node-wide settings: written into .rodata before load, constants for the verifier after. */
#pragma once

#include "types.h"

#define CONFIG(type, name, text)                                                                   \
	volatile const type name __attribute__((section(".rodata.config"))) DOC(text)

/* Reads a setting; the name keeps the reader aware that it is fixed at load time. */
#define CONFIG_GET(name) (name)

CONFIG(__u64, object_hash,
       "Hash of the object file: differs between a running program and a newer one");
CONFIG(__u32, own_node_id, "This node's own number in hd_node");
CONFIG(__u32, cluster_vni, "VXLAN network identifier of the cluster's one network, 24 bits");
CONFIG(__u32, overlay_ifindex, "The overlay device, heddle0");
CONFIG(__u16, vxlan_port, "UDP port of the overlay, host byte order");
CONFIG(__u16, source_port_min, "Lowest outer UDP source port, host byte order");
CONFIG(__u16, source_port_max, "Highest outer UDP source port, host byte order");
CONFIG(__u8, tunnel_ttl, "TTL or hop limit of outer headers");
CONFIG(__u8, decap_l3_flags, "1 if the kernel has BPF_F_ADJ_ROOM_DECAP_L3_* (6.3)");
CONFIG(__u8, old_verifier_keys,
       "1 if map helpers take keys from the stack, not from any memory (< 6.2)");
CONFIG(__u8, forward_hook,
       "1 if the netfilter programs are attached: forward, not pod_rx and overlay_tx, "
       "records host-path flows, and input checks what pods send to this node");
CONFIG(__u8, kernel_vxlan,
       "1 if the overlay device is the kernel's vxlan; 0: what BPF cannot encapsulate or "
       "decapsulate is dropped");
CONFIG(__u8, flow_cache, "1 if settled flows are cached: one look-up a packet");
CONFIG(__u8, ct_insert,
       "1 if programs can insert flows into netfilter's conntrack (bpf_ct_insert_entry)");
CONFIG(__u32, ct_established_s, "Silence that ends an assured connection, seconds");
CONFIG(__u32, ct_half_closed_s,
       "Silence that ends a connection of which one end has sent FIN, seconds");
CONFIG(__u32, ct_closed_s,
       "Silence that ends a connection of which both ends have sent FIN, seconds");
CONFIG(__u32, ct_reset_s, "Silence that ends a connection that was reset, seconds");
CONFIG(__u32, ct_unassured_s, "Silence that ends a flow that is not assured, seconds");
CONFIG(__u32, ct_datagram_s, "Silence that ends an assured flow of datagrams, seconds");
CONFIG(__u32, ct_echo_s, "Silence that ends an ICMP echo, seconds");
CONFIG(struct mac, overlay_mac, "MAC of the overlay device: source of inner Ethernet headers");
CONFIG(struct mac, gateway_mac, "MAC of every pod's gateway: all host-side veths share it");
