#!/bin/sh
# Runs Sésame with the Node that it brings. The paths of an installation are those of the documents, unless the environment names others.
root=$(dirname "$(dirname "$(readlink -f "$0")")")
if [ -d /etc/sesame ]; then
  export SESAME_CONFIG="${SESAME_CONFIG-/etc/sesame/sesame.yaml}" SESAME_DATA="${SESAME_DATA-/var/lib/sesame}"
fi
exec "$root/node/bin/node" --max-semi-space-size=4 "$root/bin/sesame.mjs" "$@"
