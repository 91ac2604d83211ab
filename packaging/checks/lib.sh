# Sourced by the checks: what they say and how they wait.

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
    sleep 0.2
  done
}

# usage: fetches CURL-OPTION...: gets the page of the tailnet's host
fetches() {
  [[ $(curl --silent --show-error --max-time 10 "$@" "$PAGE_URL") == "$PAGE_TEXT" ]]
}
