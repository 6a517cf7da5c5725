// SPDX-License-Identifier: Apache-2.0
//
// What C needs for the same work: the bar that the Java kernel is measured against. Compiled and run by Bench when a gcc
// is there; by hand:
//
//     gcc -O2 -pthread limits.c -o limits && ./limits [batches]
//
// Each line of output is one batch: name, threads, message size in bytes, ns per message. The ring has the size of the
// Java benchmarks' default; its consumer is the memory itself (overwrite), except for the streaming rows.
//
//   memcpy          a memcpy into the ring and nothing else
//   single          memcpy, then one release store of the position: what an exclusive writer needs for each record
//   single-lazy     memcpy, the position is published once per sub-buffer
//   cas-xadd        CAS reserve, memcpy, XADD commit: what the shared protocol needs
//   reserve-32      the same, four words stored in place instead of the memcpy
//   claim-32        four words stored in place, then one release store
//   one-ring        two threads cas-xadd on one ring
//   own-rings       two threads cas-xadd on a ring each
//   stream          cas-xadd, delivered word per sub-buffer, a consumer on another thread copies whole sub-buffers
//   stream-single   single-lazy with the same consumer

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SUB (64L << 10)
#define COUNT 8L
#define RING (SUB * COUNT)
#define MESSAGES 100000L
#define PAIRED 500000L
#define LINE 128

typedef struct {
    _Alignas(LINE) _Atomic uint64_t tail;
    _Alignas(LINE) _Atomic uint64_t consumed;
    struct {
        _Alignas(LINE) _Atomic uint64_t count;
    } commit[COUNT];
    _Alignas(LINE) _Atomic uint64_t delivered[COUNT];
    _Alignas(LINE) unsigned char *data;
    int drained; // a consumer moves `consumed`; else the writer overwrites
} ring;

static ring *new_ring(int drained) {
    ring *r = aligned_alloc(LINE, sizeof(ring));
    memset(r, 0, sizeof *r);
    r->data = aligned_alloc(4096, RING);
    memset(r->data, 1, RING);
    r->drained = drained;
    return r;
}

static void free_ring(ring *r) {
    free(r->data);
    free(r);
}

static double now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

// ---- the protocol's atomics ----------------------------------------------------------------------------------------

static void commit(ring *r, uint64_t at, uint64_t length) {
    uint64_t q = at / SUB;
    if (atomic_fetch_add_explicit(&r->commit[q % COUNT].count, length, memory_order_acq_rel) + length == SUB) {
        atomic_store_explicit(&r->commit[q % COUNT].count, 0, memory_order_relaxed);
        atomic_store_explicit(&r->delivered[q % COUNT], q + 1, memory_order_seq_cst);
    }
}

static uint64_t reserve(ring *r, uint64_t length) {
    for (;;) {
        uint64_t t = atomic_load_explicit(&r->tail, memory_order_acquire);
        uint64_t offset = t % SUB;
        if (offset == 0 && r->drained) {
            while (t / SUB - atomic_load_explicit(&r->consumed, memory_order_acquire) >= COUNT) {
                __builtin_ia32_pause();
            }
        }
        if (offset + length <= SUB) {
            if (atomic_compare_exchange_strong(&r->tail, &t, t + length)) {
                return t;
            }
        } else if (atomic_compare_exchange_strong(&r->tail, &t, t + SUB - offset)) {
            commit(r, t, SUB - offset);
        }
    }
}

static uint64_t claim(ring *r, uint64_t t, uint64_t length) {
    if (t % SUB + length > SUB) {
        t += SUB - t % SUB;
    }
    if (t % SUB == 0) {
        if (t != 0) {
            atomic_store_explicit(&r->delivered[(t / SUB - 1) % COUNT], t / SUB, memory_order_release);
        }
        while (r->drained && t / SUB - atomic_load_explicit(&r->consumed, memory_order_acquire) >= COUNT) {
            __builtin_ia32_pause();
        }
    }
    return t;
}

static void store_32(unsigned char *to, uint64_t value) {
    for (int i = 0; i < 32; i += 8) {
        memcpy(to + i, &value, 8);
    }
}

// ---- one writer ----------------------------------------------------------------------------------------------------

static void write_memcpy(ring *r, const unsigned char *message, long size, long messages) {
    uint64_t t = 0;
    for (long i = 0; i < messages; i++) {
        memcpy(r->data + t, message, size);
        t += size;
        if (t + size > RING) {
            t = 0;
        }
    }
}

static void write_single(ring *r, const unsigned char *message, long size, long messages, int lazy) {
    uint64_t t = atomic_load_explicit(&r->tail, memory_order_relaxed);
    for (long i = 0; i < messages; i++) {
        t = claim(r, t, size);
        memcpy(r->data + t % RING, message, size);
        t += size;
        if (!lazy) {
            atomic_store_explicit(&r->tail, t, memory_order_release);
        }
    }
    atomic_store_explicit(&r->tail, t, memory_order_release);
}

static void write_shared(ring *r, const unsigned char *message, long size, long messages) {
    for (long i = 0; i < messages; i++) {
        uint64_t at = reserve(r, size);
        memcpy(r->data + at % RING, message, size);
        commit(r, at, size);
    }
}

static void reserve_32(ring *r, long messages) {
    for (long i = 0; i < messages; i++) {
        uint64_t at = reserve(r, 32);
        store_32(r->data + at % RING, i);
        commit(r, at, 32);
    }
}

static void claim_32(ring *r, long messages) {
    uint64_t t = atomic_load_explicit(&r->tail, memory_order_relaxed);
    for (long i = 0; i < messages; i++) {
        t = claim(r, t, 32);
        store_32(r->data + t % RING, i);
        t += 32;
        atomic_store_explicit(&r->tail, t, memory_order_release);
    }
}

// ---- two threads ---------------------------------------------------------------------------------------------------

// Two threads that start together; `begin` and `end` are for the writers.
typedef struct {
    ring *r;
    const unsigned char *message;
    long size;
    long messages;
    _Atomic int *ready; // both start when it is 2
    double begin;
    double end;
} work;

static void together(_Atomic int *ready) {
    atomic_fetch_add(ready, 1);
    while (atomic_load(ready) < 2) {
        __builtin_ia32_pause();
    }
}

static void *writer(void *argument) {
    work *w = argument;
    together(w->ready);
    w->begin = now_ns();
    write_shared(w->r, w->message, w->size, w->messages);
    w->end = now_ns();
    return NULL;
}

/* Copies `messages` whole sub-buffers. */
static void *consumer(void *argument) {
    work *w = argument;
    unsigned char *copy = malloc(SUB);
    together(w->ready);
    for (uint64_t q = 0; q < (uint64_t) w->messages; q++) {
        while (atomic_load_explicit(&w->r->delivered[q % COUNT], memory_order_acquire) != q + 1) {
            __builtin_ia32_pause();
        }
        memcpy(copy, w->r->data + q % COUNT * SUB, SUB);
        atomic_store_explicit(&w->r->consumed, q + 1, memory_order_release);
    }
    free(copy);
    return NULL;
}

static double two_writers(int own, const unsigned char *message, long size) {
    _Atomic int ready = 0;
    ring *first = new_ring(0);
    ring *second = own ? new_ring(0) : first;
    work works[2] = {{first, message, size, PAIRED, &ready, 0, 0}, {second, message, size, PAIRED, &ready, 0, 0}};
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, writer, &works[i]);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    double t = (works[0].end - works[0].begin + works[1].end - works[1].begin) / 2;
    if (own) {
        free_ring(second);
    }
    free_ring(first);
    return t / PAIRED; // per message of each writer, as JMH reports it
}

static double stream(int single, const unsigned char *message, long size) {
    _Atomic int ready = 0;
    ring *r = new_ring(1);
    long each = SUB / size;
    long messages = MESSAGES < COUNT * 4 * each ? COUNT * 4 * each : MESSAGES;
    work w = {r, message, size, messages / each, &ready, 0, 0}; // whole sub-buffers
    pthread_t thread;
    pthread_create(&thread, NULL, consumer, &w);
    together(&ready);
    messages = w.messages * each + 1; // the one after opens the next sub-buffer, which delivers the last
    double t = now_ns();
    if (single) {
        write_single(r, message, size, messages, 1);
    } else {
        write_shared(r, message, size, messages);
    }
    pthread_join(thread, NULL);
    t = now_ns() - t;
    free_ring(r);
    return t / messages;
}

// ---- all of it -----------------------------------------------------------------------------------------------------

static void row(const char *name, int threads, long size, double ns) {
    printf("%s,%d,%ld,%.3f\n", name, threads, size, ns);
}

int main(int argc, char **argv) {
    int batches = argc > 1 ? atoi(argv[1]) : 25;
    static const long sizes[] = {16, 64, 256, 1024};
    unsigned char message[1024];
    memset(message, 7, sizeof message);
    for (int batch = 0; batch < batches; batch++) {
        for (int i = 0; i < 4; i++) {
            long size = sizes[i];
            ring *r = new_ring(0);
            double t0 = now_ns();
            write_memcpy(r, message, size, MESSAGES);
            double t1 = now_ns();
            write_single(r, message, size, MESSAGES, 0);
            double t2 = now_ns();
            write_single(r, message, size, MESSAGES, 1);
            double t3 = now_ns();
            row("memcpy", 1, size, (t1 - t0) / MESSAGES);
            row("single", 1, size, (t2 - t1) / MESSAGES);
            row("single-lazy", 1, size, (t3 - t2) / MESSAGES);
            free_ring(r);
            r = new_ring(0);
            t0 = now_ns();
            write_shared(r, message, size, MESSAGES);
            row("cas-xadd", 1, size, (now_ns() - t0) / MESSAGES);
            free_ring(r);
            row("one-ring", 2, size, two_writers(0, message, size));
            row("own-rings", 2, size, two_writers(1, message, size));
            row("stream", 1, size, stream(0, message, size));
            row("stream-single", 1, size, stream(1, message, size));
        }
        ring *r = new_ring(0);
        double t0 = now_ns();
        reserve_32(r, MESSAGES);
        double t1 = now_ns();
        free_ring(r);
        r = new_ring(0);
        double t2 = now_ns();
        claim_32(r, MESSAGES);
        double t3 = now_ns();
        row("reserve-32", 1, 32, (t1 - t0) / MESSAGES);
        row("claim-32", 1, 32, (t3 - t2) / MESSAGES);
        free_ring(r);
    }
    return 0;
}
