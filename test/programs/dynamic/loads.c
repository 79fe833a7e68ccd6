// SPDX-License-Identifier: MIT
#include <dlfcn.h>
#include <stdio.h>

int main(int count, char **words) {
  void *plugin = dlopen(words[count - 1], RTLD_NOW);
  if (!plugin) return puts(dlerror()), 1;
  int (*twice)(int) = (int (*)(int))dlsym(plugin, "twice");
  printf("%d %d\n", twice(20), twice(20));
  printf("%s\n", dlsym(plugin, "nothing") ? "found" : "not found");
  printf("%d\n", dlclose(plugin));
  printf("%s\n", dlopen("libnothing.so.7", RTLD_LAZY) ? "loaded" : "not loaded");
  return 0;
}
