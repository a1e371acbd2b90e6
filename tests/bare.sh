#!/usr/bin/env bash
# Proves the set-up on a bare Debian: README's two commands in a fresh chroot, as root and as an ordinary user.
#
#   make test-bare            needs root and debootstrap; leaves nothing running and nothing mounted
#   BARE=DIR                  where the pristine system is kept between runs (default /var/tmp/wildfree-bare)
#   PYTEST_ADDOPTS=...        handed on to pytest, to prove a part of the tests
#   SUITE=bookworm MIRROR=URL which Debian, and where from (else its own default);  CA=FILE: further certificates that the network needs
set -euo pipefail
BARE=${BARE:-/var/tmp/wildfree-bare} SUITE=${SUITE:-bookworm} MIRROR=${MIRROR:-} CA=${CA:-}
checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

if [ -z "${INSIDE:-}" ]; then # namespaces of our own: mounts and processes end with us
    [ "$(id -u)" = 0 ] || { echo "wildfree: make test-bare needs root: it builds chroots"; exit 6; }
    command -v debootstrap >/dev/null || { echo "wildfree: needs debootstrap: apt-get install debootstrap"; exit 6; }
    exec env INSIDE=1 unshare --mount --pid --fork --mount-proc --kill-child --propagation private "$0" "$@"
fi

pristine="$BARE/$SUITE.tar"
if [ ! -e "$pristine" ]; then
    mkdir -p "$BARE"
    debootstrap --variant=minbase --include=python3,git,make,ca-certificates "$SUITE" "$BARE/new" ${MIRROR:+"$MIRROR"} > "$BARE/debootstrap.log"
    tar -C "$BARE/new" -cf "$pristine.part" . && mv "$pristine.part" "$pristine"
    rm -rf --one-file-system "$BARE/new"
fi

fresh() { # WHO: a new system with a clone of the last commit in a new home
    system="$BARE/$1"; home=/root; [ "$1" = root ] || home=/home/volunteer
    rm -rf --one-file-system "$system"; mkdir "$system"; tar -C "$system" -xf "$pristine"
    cp /etc/resolv.conf /etc/hosts "$system/etc/"
    [ -z "$CA" ] || cp "$CA" "$system/opt/ca.crt"
    mount -t proc proc "$system/proc"; mount --bind /dev "$system/dev"
    mount --bind /dev/pts "$system/dev/pts"; mount -t tmpfs -o mode=1777 shm "$system/dev/shm"
    chroot "$system" useradd --create-home --shell /bin/bash volunteer
    git clone --quiet --no-hardlinks "$checkout" "$system$home/wildfree"
    [ "$1" = root ] || chroot "$system" chown -R volunteer:volunteer "$home"
}

inside() { # WHO COMMAND: with a bare environment, in the clone
    local user=root; [ "$1" = root ] || user=volunteer
    local trusted=(); [ -z "$CA" ] || trusted=({SSL_CERT_FILE,PIP_CERT,REQUESTS_CA_BUNDLE,NODE_EXTRA_CA_CERTS}=/opt/ca.crt)
    chroot --userspec=$user:$user --groups= "$system" env -i HOME="$home" USER=$user PYTEST_ADDOPTS="${PYTEST_ADDOPTS:-}" "${trusted[@]}" \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin bash -c "cd $home/wildfree && $2"
}

proved() { # WHO COMMAND: it ends well; how long it took
    local began=$SECONDS
    inside "$1" "$2" > "$BARE/$1.log" 2>&1 || { tail -n 30 "$BARE/$1.log"; echo "NOT PROVED: $1: $2"; exit 1; }
    echo "$1: $2: $((SECONDS - began)) s  $(grep -E '^[0-9]+ passed' "$BARE/$1.log" || true)"
}

for who in root user; do
    fresh "$who"
    if inside root 'command -v chromium fc-match sudo || python3 -c "import ensurepip" 2>/dev/null'; then
        echo "NOT PROVED: the system is not bare"; exit 1
    fi
    if [ "$who" = user ]; then # is told one line; root runs exactly the command in it
        if inside user 'make demo' > "$BARE/told" 2>&1; then echo "NOT PROVED: nothing was lacking"; exit 1; fi
        [ "$(grep -c '^wildfree: ' "$BARE/told")" = 1 ] || { cat "$BARE/told"; echo "NOT PROVED: not one line"; exit 1; }
        grep '^wildfree: ' "$BARE/told"
        command=$(sed -n 's/^wildfree: .*as root: //p' "$BARE/told")
        inside root "cd / && $command" > "$BARE/apt.log" 2>&1 || { tail "$BARE/apt.log"; echo "NOT PROVED: root's command"; exit 1; }
    fi
    proved "$who" 'make demo'
    proved "$who" 'make test'
    umount "$system/dev/shm" "$system/dev/pts" "$system/dev" "$system/proc"
    rm -rf --one-file-system "$system"
done
echo "PROVED: $SUITE, as root and as an ordinary user"
