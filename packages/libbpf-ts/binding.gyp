{
  # product_prefix and product_name: gyp would make "libbpf_ts" out of the target's name differently per platform.
  "targets": [
    {
      "target_name": "bpf_addon",
      "product_prefix": "lib",
      "product_name": "bpf_ts",
      "sources": [
        "native/addon.c",
        "native/arguments.c",
        "native/attach.c",
        "native/clsact.c",
        "native/fd.c",
        "native/log.c",
        "native/map.c",
        "native/netns.c",
        "native/object.c",
        "native/rcu.c",
        "native/ring_buffer.c",
        "native/syscall.c"
      ],
      "defines": ["NAPI_VERSION=8", "_GNU_SOURCE"],
      "cflags": ["-std=c11", "-Wall", "-Wextra", "-fvisibility=hidden"],
      "libraries": ["-lbpf", "-lpthread"]
    }
  ]
}
