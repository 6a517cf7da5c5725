// SPDX-License-Identifier: Apache-2.0
// Consumes one buffer of a channel in no-overwrite mode until it is closed and drained, and writes its bytes to stdout:
// what layout.md describes, in C.     cc -O2 -o reader reader.c && ./reader DIRECTORY BASE INDEX > FILE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static void fail(const char *what, const char *name) {
    fprintf(stderr, "reader: %s: %s\n", name, what);
    exit(1);
}

static uint8_t *map(const char *name, int flags, int protection, uint64_t *size) {
    int fd = open(name, flags | O_NOFOLLOW);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0) fail("cannot open", name);
    *size = (uint64_t) status.st_size;
    uint8_t *memory = mmap(NULL, *size, protection, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED) fail("cannot map", name);
    close(fd);
    return memory;
}

static uint32_t u32(const uint8_t *page, int at) {
    uint32_t value;
    memcpy(&value, page + at, sizeof value);
    return value;
}

static uint64_t load(uint8_t *block, uint64_t at) {
    return __atomic_load_n((uint64_t *) (block + at), __ATOMIC_ACQUIRE);
}

static void add(uint8_t *block, uint64_t at, uint64_t amount) {
    __atomic_fetch_add((uint64_t *) (block + at), amount, __ATOMIC_RELAXED);
}

int main(int argc, char **argv) {
    if (argc != 4) fail("usage: reader DIRECTORY BASE INDEX", "arguments");
    char control_name[4096], data_name[4096];
    snprintf(control_name, sizeof control_name, "%s/.%s.control", argv[1], argv[2]);
    snprintf(data_name, sizeof data_name, "%s/%s%s", argv[1], argv[2], argv[3]);
    uint64_t control_size, data_size, index = strtoull(argv[3], NULL, 10);
    uint8_t *page = map(control_name, O_RDWR, PROT_READ | PROT_WRITE, &control_size);
    if (control_size < 4096 || memcmp(page, "JRELAYFS", 8) != 0) fail("not a channel", control_name);
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    uint64_t S = u32(page, 16), n = u32(page, 20), header = u32(page, 24), N = u32(page, 32);
    if (u32(page, 8) != 2 || u32(page, 12) != 0x01020304 || u32(page, 28) != 0) fail("not readable here", control_name);
    if (S < 8 || S > 1u << 30 || S % 8 || n < 1 || n > 1u << 20 || (n & (n - 1)) || header >= S || index >= N)
        fail("impossible geometry", control_name);
    uint64_t commits = (1024 + 32 * n + 127) & ~127ull, block_size = commits + 128 * n;
    uint8_t *data = map(data_name, O_RDONLY, PROT_READ, &data_size);
    if (control_size != 4096 + N * block_size || data_size != n * S) fail("wrong size", data_name);

    uint8_t *block = page + 4096 + index * block_size;
    int shift = 64 - __builtin_clzll(S - 1);
    uint64_t mask = (1ull << (61 - shift)) - 1, free_word = 0, self = (uint64_t) getpid() << 32;
    if (!__atomic_compare_exchange_n((uint64_t *) (block + 896), &free_word, self, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        fail("has a consumer already", data_name);
    for (;;) {
        uint64_t q = load(block, 128), slot = q & (n - 1), next = (q + 1) & mask;
        if (load(block, 1024 + 32 * slot) != next) {
            uint64_t closed = load(block, 384), tail = load(block, 0);
            if (closed && tail >> 63 && tail << (64 - shift) == 0 && ((tail >> shift) & mask) == q) break;
            usleep(100);
            continue;
        }
        uint64_t padding = load(block, 1024 + 32 * slot + 8), records = load(block, 1024 + 32 * slot + 16);
        if (padding > S) padding = S;
        fwrite(data + slot * S, 1, S - padding, stdout);
        if (__atomic_compare_exchange_n((uint64_t *) (block + 128), &q, next, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
            add(block, 768, 1);
            add(block, 776, records);
            add(block, 784, S - padding - header);
            add(block, 792, padding);
        }
    }
    __atomic_compare_exchange_n((uint64_t *) (block + 896), &self, 0, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    return fflush(stdout) == 0 ? 0 : 1;
}
