# Sourced by packaging/quickstart and packaging/bench: finds what they need and builds what is missing.
# The caller has set: root (the folder of the project) and program (its own name).

fail() {
  echo "$program: $*" >&2
  exit 1
}

# usage: need COMMAND WHAT-TO-DO
need() {
  command -v "$1" >/dev/null || fail "$1 is missing: $2."
}

# Builds the distribution and the test network when they are missing or older than a source.
build_missing() {
  local distribution=$root/packaging/target/tailnet-agent newer=
  need_for_build
  if [[ -x $distribution/bin/tailnet-agent && -d $root/packaging/testnet/target/lib ]]; then
    newer=$(find "$root"/pom.xml "$root"/{agent,native-bridge,proxy,packaging,packaging/testnet}/{pom.xml,src/main,src/dist,src/build,src/aot} \
      -type f -newer "$distribution" -print -quit 2>/dev/null || true)
    if [[ -z $newer ]]; then
      "$root"/packaging/testnet/build-tools
      return
    fi
  fi
  echo "$program: building tailnet-agent and the test network (the first time this takes some minutes)" >&2
  (cd "$root" && mvn -q -DskipTests package) || fail "the build failed; what Maven says above is the reason."
}

need_for_build() {
  "$root"/packaging/testnet/netns/bin/java -version 2>/dev/null || fail "JDK 25 is missing: install one (for example Temurin 25), or set JAVA_HOME to it."
  need mvn "install Maven 3.8 or newer (Debian: apt-get install maven)"
  command -v go >/dev/null || [[ -x /usr/local/go/bin/go ]] || fail "go is missing: install Go 1.26 or newer (https://go.dev/doc/install)."
  command -v gcc >/dev/null || command -v cc >/dev/null || fail "gcc is missing: install a C compiler (Debian: apt-get install gcc libc6-dev)."
}

# usage: run_java JAVA-OPTION... CLASS ARGUMENT...
# Replaces this shell by the class of the test network; the JDK and the network are those of netns/bin/java.
run_java() {
  local testnet=$root/packaging/testnet
  exec "$testnet/netns/bin/java" -cp "$testnet/target/classes:$testnet/target/lib/*" "$@"
}
