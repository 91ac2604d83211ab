#!/bin/sh
# Run as root while the image is built. The options of the feature come as variables.
set -eu

archive=${ARCHIVE:-}
node_name=${NODENAME:-}
[ -n "$node_name" ] || node_name='devcontainer-{id}'
target=/opt/tailnet-agent
here=$(cd "$(dirname "$0")" && pwd)

fail() {
    echo "tailnet-agent: $*" >&2
    exit 1
}

[ -n "$archive" ] || archive=$here/tailnet-agent.tar.gz
case $archive in
https://*)
    command -v curl >/dev/null || fail "curl is needed for $archive"
    curl -fsSL "$archive" -o /tmp/tailnet-agent.tar.gz || fail "$archive cannot be had"
    archive=/tmp/tailnet-agent.tar.gz
    ;;
esac
[ -r "$archive" ] || fail "no $archive: say in the option 'archive' where the tar.gz is, or put it beside install.sh"

mkdir -p "$target"
tar -xzf "$archive" -C "$target" --strip-components=1
rm -f /tmp/tailnet-agent.tar.gz
ln -sf "$target/bin/tailnet-agent" /usr/local/bin/tailnet-agent

share=/usr/local/share/tailnet-agent
mkdir -p "$share"
cat >"$share/start" <<START
#!/bin/sh
# What the container is to run, beside the agent and with its environment. The key comes as TS_AUTHKEY or as a file that
# TS_AUTHKEY_FILE names; without any, 'tailnet-agent up' logs in.
exec $target/bin/tailnet-agent entrypoint --timeout=0 --agent-log=/tmp/tailnet-agent.log --hostname='$node_name' -- "\$@"
START
chmod 755 "$share/start"
