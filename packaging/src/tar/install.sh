#!/bin/sh
# Installs tailnet-agent from the folder in which this file lies, and removes what it has installed.
set -eu

usage() {
    cat <<'HELP'
Usage: ./install.sh [--prefix=DIR] [--no-units]
       ./install.sh --uninstall [--prefix=DIR] [--purge]

Installs below DIR: lib/tailnet-agent, and links to it in bin, share/man and the folders of completions. Without --prefix that is
/usr/local for root and ~/.local for everybody else. Once more over an older one it updates that one.

Units for systemd come along where systemd looks for them: for root below /usr/local or /usr, with /etc/tailnet-agent/agent.yaml and
/etc/default/tailnet-agent; for other users in the folder of their own units. Nothing is started or enabled.

  --prefix=DIR  where to install
  --no-units    no units, and no files in /etc
  --uninstall   stop and remove it; configuration that was changed stays, as does the node's state. The installed folder has this
                file, too: PREFIX/lib/tailnet-agent/install.sh
  --purge       with --uninstall: that, too
HELP
}

fail() {
    echo "install.sh: $*" >&2
    exit 1
}

self=$(readlink -f -- "$0")
here=${self%/*}
umask 022
prefix=
action=install
units=yes
purge=
while [ $# -gt 0 ]; do
    case $1 in
    --prefix=?*) prefix=${1#*=} ;;
    --prefix) [ $# -gt 1 ] || fail "--prefix needs a folder" && prefix=$2 && shift ;;
    --no-units) units= ;;
    --uninstall) action=uninstall ;;
    --purge) purge=yes ;;
    -h | --help) usage && exit 0 ;;
    *) echo "install.sh: unknown argument '$1'; see --help." >&2 && exit 64 ;;
    esac
    shift
done
[ -z "$purge" ] || [ $action = uninstall ] || fail "--purge goes with --uninstall"
user=$(id -u)

# The list of what was installed: links and files that are removed, 'config SUM FILE' that is removed if it is as it came, and at the end
# the folders that were not there before.
list=install.list

# usage: systemd_does COMMAND...: asks the systemd of the system, or that of the user, if it runs
systemd_does() {
    command -v systemctl >/dev/null || return 0
    if [ "$user" = 0 ]; then
        [ ! -d /run/systemd/system ] || systemctl "$@" >/dev/null 2>&1 || true
    elif [ -n "${XDG_RUNTIME_DIR:-}" ] && [ -d "$XDG_RUNTIME_DIR/systemd" ]; then
        systemctl --user "$@" >/dev/null 2>&1 || true
    fi
}

sum() {
    sha256sum "$1" | cut -d' ' -f1
}

# usage: remove_listed LIST keep|remove: what a list names; configuration stays with keep
remove_listed() {
    while read -r kind path; do
        case $kind in
        file) rm -f -- "$path" ;;
        config)
            original=${path%% *}
            path=${path#* }
            if [ "$2" = keep ] || [ ! -e "$path" ]; then
                :
            elif [ -n "$purge" ] || [ "$(sum "$path")" = "$original" ]; then
                rm -f -- "$path"
            else
                echo "kept, as it was changed: $path"
            fi
            ;;
        esac
    done <"$1"
}

uninstall() {
    [ ! -e "$here/$list" ] || home=$here
    [ -e "$home/$list" ] || fail "nothing is installed in $prefix/lib/tailnet-agent; say --prefix=DIR as when it was"
    if grep -q '^unit$' "$home/$list"; then
        systemd_does disable --now tailnet-agent.service
        [ "$user" != 0 ] || systemd_does stop 'tailnet-agent@*.service'
    fi
    remove_listed "$home/$list" remove
    if [ -n "$purge" ]; then
        if [ "$user" = 0 ]; then
            for state in /var/lib /var/lib/private; do
                rm -rf "$state/tailnet-agent" "$state"/tailnet-agent@*
            done
            rmdir /etc/tailnet-agent 2>/dev/null || true # there already if it was kept by an uninstall before
        else
            rm -rf "${XDG_STATE_HOME:-$HOME/.local/state}/tailnet-agent" "${XDG_CONFIG_HOME:-$HOME/.config}/tailnet-agent"
        fi
    fi
    folders=$(sed -n 's/^folder //p' "$home/$list")
    grep -q '^unit$' "$home/$list" && had_units=yes || had_units=
    cd /
    rm -rf -- "$home"
    # The innermost comes first.
    echo "$folders" | while read -r folder; do
        [ -z "$folder" ] || rmdir -- "$folder" 2>/dev/null || true
    done
    [ -z "$had_units" ] || systemd_does daemon-reload
    echo "removed"
}

folders=
# usage: folder PATH: makes it, and notes which were not there
folder() {
    if [ ! -d "$1" ]; then
        folder "$(dirname -- "$1")"
        mkdir -- "$1"
        folders="folder $1
$folders"
    fi
}

listed=
note() {
    listed="$listed$*
"
}

# usage: may_link TARGET PATH
may_link() {
    [ ! -e "$2" ] || [ -L "$2" ] || fail "$2 is in the way, and not from here"
}

# usage: link TARGET PATH
link() {
    folder "${2%/*}"
    ln -sf -- "$1" "$2"
    note file "$2"
}

# usage: each_link COMMAND: runs COMMAND TARGET PATH for each
each_link() {
    "$1" ../lib/tailnet-agent/bin/tailnet-agent "$prefix/bin/tailnet-agent"
    for page in "$here"/share/man/man*/*; do
        section=${page%/*}
        section=${section##*/}
        "$1" "../../../lib/tailnet-agent/share/man/$section/${page##*/}" "$prefix/share/man/$section/${page##*/}"
    done
    completions=../../../lib/tailnet-agent/share/completions
    "$1" "$completions/tailnet-agent.bash" "$prefix/share/bash-completion/completions/tailnet-agent"
    "$1" "$completions/_tailnet-agent" "$prefix/share/zsh/site-functions/_tailnet-agent"
    "$1" "$completions/tailnet-agent.fish" "$prefix/share/fish/vendor_completions.d/tailnet-agent.fish"
}

# usage: unit FILE TARGET: with the program's path, which systemd would not find everywhere
unit() {
    folder "${2%/*}"
    sed "s|^ExecStart=tailnet-agent |ExecStart=$prefix/bin/tailnet-agent |" "$home/systemd/$1" >"$2"
    note file "$2"
}

# usage: config FILE TARGET: unless there is one
config() {
    folder "${2%/*}"
    if [ ! -e "$2" ]; then
        cp -- "$home/systemd/etc/$1" "$2"
    fi
    note config "$(sum "$home/systemd/etc/$1")" "$2"
}

install_units() {
    systemd=
    if [ "$user" = 0 ] && { [ "$prefix" = /usr/local ] || [ "$prefix" = /usr ]; }; then
        systemd=$prefix/lib/systemd
        unit tailnet-agent.service "$systemd/system/tailnet-agent.service"
        unit tailnet-agent@.service "$systemd/system/tailnet-agent@.service"
        unit user/tailnet-agent.service "$systemd/user/tailnet-agent.service"
        folder "$prefix/lib/tmpfiles.d"
        cp -- "$home/systemd/tmpfiles.d/tailnet-agent.conf" "$prefix/lib/tmpfiles.d/tailnet-agent.conf"
        note file "$prefix/lib/tmpfiles.d/tailnet-agent.conf"
        config agent.yaml /etc/tailnet-agent/agent.yaml
        config default /etc/default/tailnet-agent
        folder /etc/credstore
        chmod 700 /etc/credstore
    elif [ "$user" != 0 ]; then
        systemd=${XDG_DATA_HOME:-$HOME/.local/share}/systemd
        unit user/tailnet-agent.service "$systemd/user/tailnet-agent.service"
        folder "${XDG_CONFIG_HOME:-$HOME/.config}" # where systemd keeps the unit's settings, and most versions its state
    fi
    [ -z "$systemd" ] || note unit
    [ -z "$systemd" ] || systemd_does daemon-reload
}

install() {
    [ -x "$here/runtime/bin/java" ] || fail "$here is not the unpacked folder of tailnet-agent"
    [ "$here" != "$home" ] || fail "this is the installed folder; unpack the archive elsewhere"
    [ ! -e "$home" ] || [ -e "$home/$list" ] || fail "$home is in the way, and not from here"

    # Before anything is changed: whether there is room for it, and whether it runs here.
    each_link may_link
    "$here/bin/tailnet-agent" version >/dev/null || fail "it does not run on this system; what stands above is the reason"

    folder "$prefix/lib"
    rm -rf "$home.new"
    cp -pR -- "$here" "$home.new" || { rm -rf "$home.new" && fail "it could not be copied to $home"; }
    chown -R "$user:$(id -g)" "$home.new"
    chmod -R u=rwX,go=rX "$home.new"
    if [ -e "$home" ]; then
        # What an older one had and this one has no more; its folders are still ours.
        remove_listed "$home/$list" keep
        folders="$folders$(sed -n '/^folder /p' "$home/$list")
"
        rm -rf "$home.old"
        mv -- "$home" "$home.old"
    fi
    mv -- "$home.new" "$home"
    rm -rf "$home.old"

    each_link link
    [ -z "$units" ] || install_units
    printf '%s%s' "$listed" "$folders" >"$home/$list"
    next_steps
}

next_steps() {
    echo "installed: $prefix/bin/tailnet-agent"
    case :$PATH: in
    *":$prefix/bin:"*) ;;
    *) echo "$prefix/bin is not on your PATH: export PATH=$prefix/bin:\$PATH" ;;
    esac
    if grep -q '^unit$' "$home/$list" && [ -d /run/systemd/system ]; then
        if [ "$user" = 0 ]; then
            echo "start:     systemctl enable --now tailnet-agent, and log in with: tailnet-agent up"
        else
            echo "start:     systemctl --user enable --now tailnet-agent, and log in with: tailnet-agent up"
        fi
    else
        echo "start:     TS_AUTHKEY=tskey-... tailnet-agent run"
    fi
    echo "manual:    man tailnet-agent"
    echo "remove:    $home/install.sh --uninstall [--purge]"
}

if [ -z "$prefix" ]; then
    [ "$user" = 0 ] && prefix=/usr/local || prefix=${HOME:?has to be set, or --prefix be given}/.local
fi
case $prefix in
/*) ;;
*) prefix=$PWD/$prefix ;;
esac
prefix=${prefix%/}
case $prefix in
*[!A-Za-z0-9/._@%+:,~-]*) fail "$prefix: a prefix with such characters is none that units and links can name" ;;
esac
home=$prefix/lib/tailnet-agent
$action
