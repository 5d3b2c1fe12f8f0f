#!/usr/bin/env bash
# Runs the build in build/: finds or installs the .NET SDK, compiles only what changed, and passes all arguments on.
set -euo pipefail

root=${BASH_SOURCE[0]%/*}
[[ $root == "${BASH_SOURCE[0]}" ]] && root=.
root=$(cd "$root" && pwd)
temp=$root/.nuke/temp
project=$root/build/_build.csproj
assembly=$root/build/bin/Release/_build.dll
stamp=$temp/build.stamp

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

fail() { echo "build.sh: $*" >&2; exit 1; }

# Names, sizes and times of everything that the build is compiled from, as one number. What does not exist, or no longer
# exists when find comes to it, has no part in it.
signature() {
  local inputs=("$root"/build "$root"/src "$root"/Directory.*.props "$root"/global.json "$root"/.editorconfig)
  local skip=( '(' -name bin -o -name obj ')' -prune -o -type f )
  if [[ $OSTYPE == darwin* ]]; then
    find "${inputs[@]}" "${skip[@]}" -exec stat -f '%m %z %N' {} + 2>/dev/null || true
  else
    find "${inputs[@]}" "${skip[@]}" -printf '%T@ %s %p\n' 2>/dev/null || true
  fi | cksum
}

# Prints a dotnet whose SDK satisfies global.json, which `dotnet --version` checks.
find_dotnet() {
  local candidate
  for candidate in "$(command -v dotnet || true)" "$temp/dotnet/dotnet"; do
    if [[ -x $candidate ]] && (cd "$root" && "$candidate" --version) >/dev/null 2>&1; then
      echo "$candidate"
      return
    fi
  done
  install_dotnet >&2
  echo "$temp/dotnet/dotnet"
}

install_dotnet() {
  local url=https://dot.net/v1/dotnet-install.sh script=$temp/dotnet-install.sh version
  version=$(sed -nE 's/.*"version"[[:space:]]*:[[:space:]]*"([^"]+)".*/\1/p' "$root/global.json" | head -n 1)
  echo "No .NET SDK here satisfies global.json ($version); installing one into .nuke/temp/dotnet."
  if command -v curl >/dev/null; then
    curl -fsSL --retry 3 "$url" -o "$script" || fail "Could not download $url. Without a network, install the .NET SDK $version or a later one of the same major version yourself and run this again."
  elif command -v wget >/dev/null; then
    wget -q "$url" -O "$script" || fail "Could not download $url. Without a network, install the .NET SDK $version or a later one of the same major version yourself and run this again."
  else
    fail "Neither curl nor wget is there to download the .NET SDK $version. Install one of them, or the SDK itself."
  fi
  bash "$script" --version "$version" --install-dir "$temp/dotnet" --no-path || fail "The .NET SDK $version could not be installed into $temp/dotnet (see above)."
}

is_current() {
  [[ -f $stamp && -f $assembly ]] || return 1
  { read -r built && read -r dotnet; } <"$stamp" || return 1
  [[ $built == "$now" && -x $dotnet ]]
}

compile() {
  local lock_mode=()
  [[ ${CI:-} == true || -n ${GITHUB_ACTIONS:-} ]] && lock_mode=(-p:RestoreLockedMode=true)
  dotnet=$(find_dotnet)
  rm -f "$stamp"
  # In Release, so that Test, which compiles everything in Debug, never writes over the build that is running it.
  # Analyzers belong to Test, not to whoever wants to deploy. The compiler's server, which saves each project its start-up,
  # outlives this script and must not inherit the lock.
  (cd "$root" && "$dotnet" msbuild "$project" -restore -m -p:Configuration=Release -nologo -v:quiet -clp:NoSummary -p:RunAnalyzers=false -p:UseSharedCompilation=true "${lock_mode[@]+"${lock_mode[@]}"}") 9>&- \
    || fail "The build itself does not compile (see above)."
  printf '%s\n%s\n' "$now" "$dotnet" >"$stamp"
}

now=$(signature)
if ! is_current; then
  mkdir -p "$temp"
  exec 9>"$temp/build.lock"
  if command -v flock >/dev/null; then flock 9; fi
  # Another run may have compiled while this one waited.
  now=$(signature)
  is_current || compile
  exec 9>&-
fi

exec "$dotnet" exec "$assembly" "$@"
