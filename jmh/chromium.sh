#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes sure that Chromium is there, from the Debian package; the tests that look at pages need it and are skipped without it.
set -eu
if command -v chromium > /dev/null; then
    exit 0
fi
if ! command -v apt-get > /dev/null; then
    echo "chromium.sh: no chromium here, and no apt-get: install the package chromium by hand" >&2
    exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    as_root=(sudo -n)
fi
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get -qq update
"${as_root[@]}" apt-get -qq install -y --no-install-recommends chromium
command -v chromium > /dev/null
