#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What an LTTng-UST event costs on this machine, in the format of limits.csv (name,threads,bytes,ns per event):
#
#     apt-get install gcc lttng-tools liblttng-ust-dev          # Debian and Ubuntu; this script installs nothing
#     jmh/lttng.sh [batches] > results/jmh/<date>/lttng.csv
#     ./relay bench --page results/jmh/<date>
#
#   lttng-overwrite  a recorded event: time stamp and one value; a snapshot session, which overwrites and loses nothing
#   lttng-off        the same tracepoint while nobody records it
set -euo pipefail

batches=${1-15}
for tool in gcc lttng lttng-sessiond; do
    if ! command -v "$tool" > /dev/null; then
        echo "lttng.sh: needs $tool (Debian: gcc lttng-tools liblttng-ust-dev)" >&2
        exit 1
    fi
done

work=$(mktemp -d)
session=jrelay-bench-$$
export LTTNG_HOME=$work
export LTTNG_UST_REGISTER_TIMEOUT=-1 # the program waits until the session daemon knows its tracepoint

finish() {
    lttng --quiet destroy "$session" > /dev/null 2>&1 || true
    if [ -n "${daemon-}" ]; then
        kill "$daemon" 2> /dev/null || true
        wait "$daemon" 2> /dev/null || true
    fi
    rm -rf "$work"
}
trap finish EXIT

cat > "$work/provider.h" << 'EOF'
#undef LTTNG_UST_TRACEPOINT_PROVIDER
#define LTTNG_UST_TRACEPOINT_PROVIDER jrelay
#undef LTTNG_UST_TRACEPOINT_INCLUDE
#define LTTNG_UST_TRACEPOINT_INCLUDE "./provider.h"
#if !defined(PROVIDER_H) || defined(LTTNG_UST_TRACEPOINT_HEADER_MULTI_READ)
#define PROVIDER_H
#include <lttng/tracepoint.h>
#include <stdint.h>
LTTNG_UST_TRACEPOINT_EVENT(jrelay, event, LTTNG_UST_TP_ARGS(uint64_t, value),
    LTTNG_UST_TP_FIELDS(lttng_ust_field_integer(uint64_t, value, value)))
#endif
#include <lttng/tracepoint-event.h>
EOF
cat > "$work/events.c" << 'EOF'
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#define LTTNG_UST_TRACEPOINT_DEFINE
#include "provider.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define EVENTS 1000000

static double now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(int argc, char **argv) {
    int batches = argc > 2 ? atoi(argv[2]) : 1;
    for (int batch = -1; batch < batches; batch++) { // the first one warms up
        double t = now_ns();
        for (uint64_t i = 0; i < EVENTS; i++) {
            lttng_ust_tracepoint(jrelay, event, i);
        }
        t = (now_ns() - t) / EVENTS;
        if (batch >= 0) {
            printf("%s,1,16,%.3f\n", argv[1], t);
        }
    }
    return 0;
}
EOF
(cd "$work" && gcc -O2 -I. events.c -o events -llttng-ust -ldl)

lttng-sessiond --quiet --no-kernel 2> /dev/null &
daemon=$!
for _ in $(seq 100); do
    if lttng list > /dev/null 2>&1; then
        break
    fi
    sleep 0.1
done
"$work/events" lttng-off "$batches"
{
    lttng --quiet create "$session" --snapshot --output="$work/trace"
    lttng --quiet enable-channel --userspace --subbuf-size=64K --num-subbuf=8 events
    lttng --quiet enable-event --userspace --channel=events jrelay:event
    lttng --quiet start
} >&2
"$work/events" lttng-overwrite "$batches"
lttng --quiet stop >&2
lttng --quiet snapshot record >&2
if ! find "$work/trace" -type f -size +32k | grep -q .; then
    echo "lttng.sh: nothing was recorded" >&2
    exit 1
fi
