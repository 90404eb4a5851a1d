#!/bin/sh
# deps: installs what is needed to build (`deps.sh build`) or to test (`deps.sh test`), where it is missing.
#
# Says first what it will install. Through sudo when not root; prints the names when it cannot.
set -eu

purpose=${1:-build}

has() { command -v "$1" >/dev/null 2>&1; }

# Is everything there? Then nothing is asked of a package manager.
is_complete() {
  has cc || has gcc || has clang || return 1
  has pkg-config || has pkgconf || return 1
  pkg-config --exists yaml-0.1 jansson libpcre2-8 || return 1
  [ "$purpose" = test ] || return 0
  for tool in git clang clang-format clang-tidy node npm shellcheck valgrind strace busybox dash gcovr; do has "$tool" || return 1; done
}

# Sets `manager` and `packages`.
choose() {
  if has apt-get; then
    manager="apt-get install -y --no-install-recommends"
    packages="gcc libc6-dev make pkg-config git libyaml-dev libjansson-dev libpcre2-dev"
    more="clang clang-format clang-tidy libclang-rt-dev nodejs npm shellcheck valgrind strace busybox dash gcovr curl ca-certificates"
  elif has apk; then
    manager="apk add"
    packages="gcc musl-dev make pkgconf git yaml-dev jansson-dev pcre2-dev"
    more="clang clang-extra-tools compiler-rt nodejs npm shellcheck valgrind strace busybox dash py3-gcovr curl bash"
  elif has dnf; then
    manager="dnf install -y"
    packages="gcc make pkgconf-pkg-config git libyaml-devel jansson-devel pcre2-devel"
    more="clang clang-tools-extra libasan libubsan nodejs npm ShellCheck valgrind strace busybox dash gcovr curl"
  elif has brew; then
    manager="brew install"
    packages="pkg-config libyaml jansson pcre2"
    more="llvm node shellcheck busybox dash gcovr"
  else
    manager=""
    packages="a C compiler, make, pkg-config, git, and the development files of libyaml, jansson and PCRE2"
    more=""
  fi
  # Node.js of another origin brings its npm, and does not go with the distribution's
  if has node && has npm; then more=$(printf ' %s ' "$more" | sed 's/ nodejs / /; s/ npm / /; s/ node / /'); fi
  [ "$purpose" = build ] || packages="$packages $more"
}

as_root() {
  if [ "$(id -u)" -eq 0 ] || [ "${manager%% *}" = brew ]; then "$@"; else sudo "$@"; fi
}

# A real registry for the tests that ask one; they are skipped without. Only its program is taken from Debian's package, so
# no service starts with it. Not worth a failure, nor a password.
add_registry() {
  if [ "$purpose" != test ] || [ "$(id -u)" -ne 0 ] || has docker-registry || ! has apt-get; then return 0; fi
  [ -n "$(apt-cache pkgnames docker-registry 2>/dev/null)" ] || apt-get update -qq || return 0
  folder=$(mktemp -d)
  if (cd "$folder" && apt-get download -qq -o APT::Sandbox::User=root docker-registry >/dev/null 2>&1 && dpkg-deb -x docker-registry_*.deb .); then
    echo "Installing docker-registry in /usr/local/bin"
    install -D "$folder/usr/bin/docker-registry" /usr/local/bin/docker-registry || true
  else
    echo "deps: no docker-registry here; tests against a real registry are skipped"
  fi
  rm -rf "$folder"
}

cannot() {
  echo "Please install: $packages" >&2
  exit 1
}

if is_complete; then add_registry && exit 0; fi
choose
[ -n "$manager" ] || cannot
[ "$(id -u)" -eq 0 ] || [ "${manager%% *}" = brew ] || has sudo || cannot
echo "Installing with '$manager': $packages"
export DEBIAN_FRONTEND=noninteractive
if [ "${manager%% *}" = apt-get ]; then as_root apt-get update -qq || cannot; fi
# shellcheck disable=SC2086 # words, not one argument
as_root $manager $packages >/dev/null || cannot
is_complete || { echo "deps: something is still missing for '$purpose'; wanted: $packages" >&2; [ "$purpose" = test ]; }
add_registry
