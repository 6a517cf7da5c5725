#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# compare.sh MODE SIZE SECONDS ROUNDS VARIANT...
# Runs K (K.java beside this file, compiled to h/) in turn against kernels compiled to o/VARIANT, so that noise meets all.
J=/usr/lib/jvm/temurin-25-jdk-amd64/bin; m=$1; z=$2; s=$3; n=$4; shift 4
for r in $(seq $n); do for v in "$@"; do echo "$v $(timeout 60 $J/java -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED -cp o/$v:core:h K $m $z $s)"; done; done | python3 -c "
import sys,collections,statistics as t
d=collections.defaultdict(list)
for l in sys.stdin:
    p=l.split(); d[p[0]].append([float(x) for x in p[1:]])
for k,v in d.items(): print('$m','$z',k,'min %.2f  med-of-min %.2f  med-of-med %.2f'%(min(x[0] for x in v),t.median(x[0] for x in v),t.median(x[2] for x in v)))"
