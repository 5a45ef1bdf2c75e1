{
  "targets": [
    {
      "target_name": "rtnetlink",
      "sources": [
        "native/addon.c",
        "native/arguments.c",
        "native/exchange.c",
        "native/lock.c",
        "native/mount.c",
        "native/netns.c",
        "native/socket.c",
        "native/watch.c"
      ],
      "defines": ["NAPI_VERSION=8", "_GNU_SOURCE"],
      "cflags": ["-std=c11", "-Wall", "-Wextra", "-fvisibility=hidden"],
      "libraries": ["-lpthread"]
    }
  ]
}
