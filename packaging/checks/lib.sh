# shellcheck shell=bash
# Sourced by the checks: what they say, how they wait, and what they ask of a throwaway system and of Debian.

step() {
  echo "==> $*"
}

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# usage: await SECONDS COMMAND...: until it succeeds
await() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < end)) || fail "not within its time: $*"
    sleep 0.05
  done
}

# usage: fetches CURL-OPTION...: gets the page of the tailnet's host
fetches() {
  [[ $(curl --silent --show-error --max-time 10 "$@" "$PAGE_URL") == "$PAGE_TEXT" ]]
}

listens() {
  (: <>/dev/tcp/127.0.0.1/1055) 2>/dev/null
}

# For the table of 'packaging/release --check'. usage: figures START, in seconds from its start until it listens
figures() {
  local pid
  pid=$(pgrep --newest -f dev.tailnet.agent.cli.Main)
  sleep 1 # what it needed to start is given back a moment later
  awk -v start="$1" '/^VmRSS/ { printf "figures: start %.2f s, RSS with the node up %.0f MB\n", start, $2 * 1.024 / 1000 }' "/proc/$pid/status"
}

# usage: seconds_since EPOCHREALTIME
seconds_since() {
  awk -v begin="$1" -v end="$EPOCHREALTIME" 'BEGIN { print end - begin }'
}

# What differs from the machine, but for the logs and what systemd and dpkg keep of their own.
# usage: changed [FOLDER...], further folders to leave out, as in ./home
changed() {
  local file type folder pruned=()
  for folder in ./var/log ./var/lib/dpkg ./var/lib/systemd ./tmp ./var/tmp ./var/cache "$@"; do
    pruned+=(-path "$folder" -o)
  done
  (cd /run/throwaway/changed && find . \( "${pruned[@]}" -false \) -prune -o -printf '%y %p\n') | while read -r type file; do
    # A folder that the machine has, too, is there because of what is in it.
    [[ $type == d && -d /run/throwaway/machine/$file ]] || echo "$type $file"
  done | sort
}

# What nodes need to know of the test network: in the array network, and for every unit, so that no configuration has to be changed for it.
settle_in_network() {
  local variable scope
  network=()
  for variable in TS_DEBUG_USE_DERP_HTTP TS_DISABLE_PORTMAPPER TS_NO_LOGS_NO_SUPPORT TS_ASSUME_NETWORK_UP_FOR_TEST; do
    [[ -z ${!variable:-} ]] || network+=("$variable=${!variable}")
  done
  for scope in system user; do
    mkdir -p /etc/systemd/$scope/service.d
    printf '%s\n' "[Service]" "${network[@]/#/Environment=}" >/etc/systemd/$scope/service.d/test-network.conf
  done
  systemctl daemon-reload
}

nothing_of_it_runs() {
  ! find /run /run/throwaway/changed/tmp -xdev -path /run/throwaway/machine -prune -o -path /run/throwaway/changed -prune -o -name '*tailnet*' -print \
    | grep . || fail "what stands above is left"
  ! getent passwd tailnet-agent || fail "the user is left"
  ! pgrep -f dev.tailnet.agent || fail "a process is left"
}

# Debian 11, the oldest that it is for, as a tar that is kept from run to run. usage: debian_11 ARCH: prints its path; $root is the project
debian_11() {
  local system=$root/packaging/target/oci-parts/bullseye-$1.tar mirror
  if [[ ! -e $system ]]; then
    mkdir -p "$(dirname "$system")"
    # From where this machine has its Debian.
    mirror=$({ cat /etc/apt/sources.list /etc/apt/sources.list.d/*.sources 2>/dev/null || true; } | sed -n 's/^URIs: *//p; s/^deb \(\[[^]]*\] \)\?\([^ ]*\) .*/\2/p')
    # Unpacked and not set up, so that nothing of it has to run here.
    mmdebstrap --quiet --architectures="$1" --variant=extract --include='?essential' --format=tar bullseye "$system.part" "${mirror%%$'\n'*}" ||
      fail "Debian 11 cannot be had; what mmdebstrap says above is the reason"
    mv "$system.part" "$system"
  fi
  echo "$system"
}
