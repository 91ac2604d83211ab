# shellcheck shell=bash
# Sourced by the build scripts of artefacts, in the folder packaging; the caller has set program, its own name.

fail() {
  echo "$program: $*" >&2
  exit 1
}

# usage: project ELEMENT: of the POM
project() {
  sed -n "0,/<$1>/s/.*<$1>\(.*\)<\/$1>.*/\1/p" ../pom.xml
}

# usage: need_distribution FOLDER
need_distribution() {
  [[ -x $1/bin/tailnet-agent ]] || fail "$1 is missing. Build it with: mvn -q -DskipTests package"
  [[ -x $1/runtime/bin/java ]] || fail "$1 has no Java runtime. Build it anew with: mvn -q -DskipTests package"
}

# usage: pack FOLDER ENTRY...: writes a tar of these to standard output; the same files give the same bytes
pack() {
  tar --create --sort=name --format=posix --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime --mtime="@$SOURCE_DATE_EPOCH" \
    --owner=0 --group=0 --numeric-owner --directory "$1" "${@:2}"
}

# The architecture of this machine, as Debian, Go and OCI call it.
machine_arch() {
  uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/'
}

version=$(project version)
created=$(project project.build.outputTimestamp)
export SOURCE_DATE_EPOCH LC_ALL=C TZ=UTC
SOURCE_DATE_EPOCH=$(date -u -d "$created" +%s)
umask 022
