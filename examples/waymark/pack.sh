#!/bin/sh
# Packs this repository as npm would publish it, with its production
# dependencies inside: waymark-VERSION.tgz in the current folder.
set -eu

here=$PWD
repository=$(cd "$(dirname "$0")/../.." && pwd -P)
staging=$(mktemp -d "${TMPDIR:-/tmp}/waymark-pack.XXXXXX")
trap 'rm -rf "$staging"' EXIT

cd "$repository"
if [ ! -f dist/cli.js ]; then
    echo "pack.sh: dist/cli.js is not there; run npm ci first" >&2
    exit 1
fi

# dist is built already; packing must not build it under somebody's feet.
package=$(npm pack --silent --ignore-scripts --pack-destination "$staging")
tar -xzf "$staging/$package" -C "$staging"

# What npm installed for production, as it lies there, nested ones inside.
# The first line is the repository itself.
npm ls --all --omit=dev --parseable | sed 1d | while IFS= read -r folder; do
    copy=$staging/package/${folder#"$repository"/}
    [ ! -e "$copy" ] || continue
    mkdir -p "$(dirname "$copy")"
    cp -R "$folder" "$copy"
done

tar -czf "$here/$package" -C "$staging" package
echo "$package"
