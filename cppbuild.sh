#!/usr/bin/env bash
# Builds native/ for $PLATFORM (JavaCPP's names; default: this machine), natively or cross.
#
#   cppbuild.sh library            the static library with its tests and benchmarks
#   cppbuild.sh natives            also the JNI library, copied below $CLASSES; needs
#                                  CLASSES: compiled Java classes, JAVACPP: the jar of javacpp;
#                                  NATIVES: copied below that directory instead
#   cppbuild.sh cross-natives LIST natives for each platform of a list with commas, or for all but this machine's (all)
#   cppbuild.sh test               library, then its tests, unless they passed on this very build
#   cppbuild.sh test-sanitizers    the tests under ASan + UBSan, and under TSan
#   cppbuild.sh fuzz [SECONDS]     fuzzes the executor's check of programs under ASan + UBSan: on libFuzzer with
#                                  clang++ (or $FUZZ_CXX), else with g++ and seeded mutations
#   cppbuild.sh bench [ARGS]       qgemm on the shapes in native/bench/shapes
#   cppbuild.sh instructions M N K  counts what qgemm of a shape executes on each tier, in emulation
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
command=${1:-library}
shift || true

if ! command -v sha256sum >/dev/null; then sha256sum() { shasum -a 256 "$@"; }; fi
if ! command -v nproc >/dev/null; then nproc() { sysctl -n hw.ncpu; }; fi

host_platform() {
  local system machine
  system=$(uname -s | tr '[:upper:]' '[:lower:]')
  machine=$(uname -m)
  case $system in
    darwin) system=macosx ;;
    mingw* | msys*) system=windows ;;
  esac
  case $machine in
    aarch64 | arm64) machine=arm64 ;;
    amd64) machine=x86_64 ;;
  esac
  echo "$system-$machine"
}

PLATFORMS="linux-x86_64 linux-arm64 macosx-arm64 macosx-x86_64 windows-x86_64"
PLATFORM=${PLATFORM:-$(host_platform)}
NEWEST_GLIBC=2.27
OLDEST_MACOS=11.0
WINE=${WINE:-/usr/lib/wine/wine64}
options=(-DCMAKE_BUILD_TYPE=Release)
emulator=()
library=libjniquantvoice.so
jni_system=linux
case $PLATFORM in
  linux-x86_64) ;;
  linux-arm64)
    if [ "$(host_platform)" != linux-arm64 ]; then
      emulator=(qemu-aarch64-static -L "${QV_SYSROOT:-/usr/aarch64-linux-gnu}")
      options+=(-DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64 -DCMAKE_CXX_COMPILER=aarch64-linux-gnu-g++
        "-DQV_EMULATOR=$(IFS=";"; echo "${emulator[*]}")"
        "-DQV_TEST_CPUS=cortex-a72=scalar+neon;neoverse-n1=scalar+neon+neondot;max,sve=off=scalar+neon+neondot+i8mm")
    fi
    ;;
  macosx-arm64 | macosx-x86_64)
    library=libjniquantvoice.dylib
    jni_system=darwin
    options+=("-DQV_JNI_SYSTEM=$jni_system")
    case $(host_platform) in
      macosx-*) options+=("-DCMAKE_OSX_ARCHITECTURES=${PLATFORM#macosx-}" "-DCMAKE_OSX_DEPLOYMENT_TARGET=$OLDEST_MACOS") ;;
      *)
        zig=$(command -v "${ZIG:-zig}") || {
          echo "cppbuild.sh: ${ZIG:-zig}, which builds for macOS here, is missing; set ZIG to the program of the Python package ziglang" >&2
          exit 1
        }
        options+=("-DCMAKE_TOOLCHAIN_FILE=$root/native/zig.cmake" "-DCMAKE_SYSTEM_PROCESSOR=${PLATFORM#macosx-}"
          "-DQV_ZIG=$zig" "-DQV_OLDEST_MACOS=$OLDEST_MACOS" -DQV_TESTS=OFF)
        ;;
    esac
    ;;
  windows-x86_64)
    library=jniquantvoice.dll
    jni_system=win32
    options+=("-DQV_JNI_SYSTEM=$jni_system")
    if [ "$(host_platform)" = linux-x86_64 ]; then
      options+=(-DCMAKE_SYSTEM_NAME=Windows -DCMAKE_SYSTEM_PROCESSOR=x86_64
        -DCMAKE_CXX_COMPILER=x86_64-w64-mingw32-g++-posix)
      if [ -x "$WINE" ]; then
        emulator=("$WINE")
        options+=("-DCMAKE_CROSSCOMPILING_EMULATOR=$WINE")
        export WINEPREFIX=${WINEPREFIX:-$root/target/windows/prefix} WINEDEBUG=${WINEDEBUG:--all}
      fi
    fi
    ;;
  *)
    echo "cppbuild.sh: no build for platform $PLATFORM; there are $PLATFORMS" >&2
    exit 1
    ;;
esac
build="$root/native/build-$PLATFORM"
command -v cmake >/dev/null || { echo "cppbuild.sh: cmake is missing; install cmake (3.18 or later) and g++" >&2; exit 1; }
if command -v ninja >/dev/null; then options+=(-G Ninja); fi

# Configures once, or again when options change, and builds what is out of date.
build_in() {
  local dir=$1
  shift
  mkdir -p "$dir"
  if [ ! -f "$dir/CMakeCache.txt" ] || [ "$(cat "$dir/options" 2>/dev/null)" != "$*" ]; then
    cmake -S "$root/native" -B "$dir" "$@" >"$dir/build.log" 2>&1 || { cat "$dir/build.log" >&2; exit 1; }
    echo "$*" >"$dir/options"
  fi
  cmake --build "$dir" -j "$(nproc)" >"$dir/build.log" 2>&1 || { cat "$dir/build.log" >&2; exit 1; }
}

# Builds with the options of last time, whatever command gave them; but anew if this script's own have changed.
build_again() {
  case $(cat "$build/options" 2>/dev/null) in
    "${options[*]}"*) cmake --build "$build" -j "$(nproc)" >"$build/build.log" 2>&1 || { cat "$build/build.log" >&2; exit 1; } ;;
    *) build_in "$build" "${options[@]}" ;;
  esac
}

# Whether a compiler is there and links libFuzzer.
has_libfuzzer() {
  local trial
  command -v "$1" >/dev/null || return 1
  trial=$(mktemp -d)
  echo 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }' >"$trial/trial.cc"
  local code=0
  "$1" -fsanitize=fuzzer,address "$trial/trial.cc" -o "$trial/trial" >/dev/null 2>&1 || code=1
  rm -rf "$trial"
  return $code
}

find_java_home() {
  if [ -n "${JAVA_HOME:-}" ]; then return; fi
  local compiler
  compiler=$(command -v javac) || { echo "cppbuild.sh: no JAVA_HOME and no javac; install a JDK 17" >&2; exit 1; }
  JAVA_HOME=$(dirname "$(dirname "$(readlink -f "$compiler")")")
}

# Lets JavaCPP write the binding again only when the bound class or JavaCPP itself changed.
generate_binding() {
  local bound="$CLASSES/org/quantvoice/internal/kernels/Library.class" sum
  sum=$(cat "$bound" "$JAVACPP" | sha256sum)
  if [ "$(cat "$build/jni/stamp" 2>/dev/null)" = "$sum" ]; then return; fi
  mkdir -p "$build/jni"
  "$JAVA_HOME/bin/java" -jar "$JAVACPP" -nocompile -classpath "$CLASSES" -properties "$PLATFORM" \
    -d "$build/jni" -o jniquantvoice org.quantvoice.internal.kernels.Library >"$build/jni/log" 2>&1 || {
    cat "$build/jni/log" >&2
    exit 1
  }
  echo "$sum" >"$build/jni/stamp"
}

# The JDK's headers. For another system than the JDK's, jni_md.h is empty: JavaCPP's binding brings those types itself.
jni_headers() {
  if [ -f "$JAVA_HOME/include/$jni_system/jni_md.h" ]; then
    echo "$JAVA_HOME/include"
    return
  fi
  mkdir -p "$build/jni/include/$jni_system"
  cp "$JAVA_HOME/include/jni.h" "$build/jni/include/"
  : >"$build/jni/include/$jni_system/jni_md.h"
  echo "$build/jni/include"
}

# Fails if a Linux library needs a newer glibc than $NEWEST_GLIBC: it would not load on systems that have that.
check_glibc() {
  case $PLATFORM in linux-*) ;; *) return ;; esac
  command -v objdump >/dev/null || { echo "cppbuild.sh: objdump is missing; install binutils" >&2; exit 1; }
  local needed
  needed=$(objdump -p "$1" | { grep -o 'GLIBC_[0-9.]*' || true; } | sort -uV | tail -n 1)
  if [ -z "$needed" ]; then return; fi # built with musl
  if [ "$(printf '%s\n' "$needed" "GLIBC_$NEWEST_GLIBC" | sort -V | tail -n 1)" != "GLIBC_$NEWEST_GLIBC" ]; then
    echo "cppbuild.sh: $1 needs $needed, newer than $NEWEST_GLIBC; native/src/jni/glibc.cc is where that is cured" >&2
    exit 1
  fi
  local unbound
  unbound=$(objdump -T "$1" | awk '$2 != "w" && /\*UND\*/ && !/\(?GLIBC_/ { print $NF }' | grep -vx __tls_get_addr || true)
  if [ -n "$unbound" ]; then
    echo "cppbuild.sh: $1 needs symbols of no library: $unbound" >&2
    exit 1
  fi
  if objdump -p "$1" | grep 'NEEDED.*ld-linux'; then
    echo "cppbuild.sh: $1 needs glibc's loader, which systems with musl lack; see native/portable.cmake" >&2
    exit 1
  fi
}

# Executed by qgemm_repeat: single-stepping, the emulator logs every instruction.
count_instructions() {
  "${emulator[@]}" -cpu max,sve=off -singlestep -d exec,nochain "$build/bench/qgemm_repeat" "$@" 2>&1 | grep -c '^Trace'
}

case $command in
  library) build_again ;;
  natives)
    : "${CLASSES:?the directory of compiled classes}" "${JAVACPP:?the jar of javacpp}"
    find_java_home
    generate_binding
    build_in "$build" "${options[@]}" "-DQV_JNI_INCLUDE=$(jni_headers)" "-DQV_JNI_SOURCE=$build/jni/jnijavacpp.cpp;$build/jni/jniquantvoice.cpp"
    check_glibc "$build/$library"
    target="${NATIVES:-$CLASSES}/org/quantvoice/internal/kernels/$PLATFORM"
    mkdir -p "$target"
    cmp -s "$build/$library" "$target/$library" || cp "$build/$library" "$target/$library"
    ;;
  cross-natives)
    list=${1:?platforms with commas between them, or all}
    [ "$list" != all ] || list=$(tr ' ' '\n' <<<"$PLATFORMS" | grep -vx "$(host_platform)" | paste -sd, -)
    for each in ${list//,/ }; do PLATFORM=$each "$root/cppbuild.sh" natives; done
    ;;
  test)
    build_again
    sum=$(find "$build/tests" -maxdepth 1 -type f -perm -u+x -exec sha256sum {} + | sort | sha256sum)
    if [ "$(cat "$build/tests/passed" 2>/dev/null)" = "$sum" ]; then exit 0; fi
    [ ${#emulator[@]} -eq 0 ] || command -v "${emulator[0]}" >/dev/null || {
      echo "cppbuild.sh: ${emulator[0]}, which runs the tests of $PLATFORM here, is missing; install qemu-user-static" >&2
      exit 1
    }
    (cd "$build" && ctest -j "$(nproc)" --output-on-failure --no-tests=error "$@")
    if [ $# -eq 0 ]; then echo "$sum" >"$build/tests/passed"; fi
    ;;
  test-sanitizers)
    for sanitizer in address,undefined thread; do
      dir="$build-${sanitizer%%,*}"
      build_in "$dir" "${options[@]}" "-DQV_SANITIZE=$sanitizer"
      (cd "$dir" && ctest --output-on-failure --no-tests=error "$@")
    done
    ;;
  fuzz)
    compiler=${FUZZ_CXX:-clang++}
    if ! has_libfuzzer "$compiler"; then
      echo "cppbuild.sh: $compiler has no libFuzzer: fuzzing without coverage"
      compiler=${CXX:-g++}
    fi
    dir="$build-fuzz-$(basename "$compiler")"
    build_in "$dir" "${options[@]}" "-DCMAKE_CXX_COMPILER=$compiler" -DQV_SANITIZE=address,undefined -DQV_TESTS=OFF -DQV_FUZZ=ON
    mkdir -p "$dir/seeds" "$dir/corpus"
    "$dir/fuzz/write_seeds" "$dir/seeds"
    cd "$dir"
    fuzz/program_fuzz "-max_total_time=${1:-60}" -timeout=5 -max_len=8192 -print_final_stats=1 corpus seeds
    ;;
  bench)
    build_again
    "$build/bench/qgemm_bench" "$@" "$root"/native/bench/shapes/*.txt
    ;;
  instructions)
    build_again
    if [ ${#emulator[@]} -eq 0 ]; then echo "cppbuild.sh: instructions are counted in emulation only; set PLATFORM=linux-arm64" >&2; exit 1; fi
    for tier in scalar neon neondot i8mm; do
      once=$(count_instructions "$tier" "$@" 1)
      twice=$(count_instructions "$tier" "$@" 2)
      echo "$tier: $((twice - once)) instructions for M N K = $*, $(((twice - once) / ($1 * $2))) an output"
    done
    ;;
  *)
    echo "cppbuild.sh: unknown command $command" >&2
    exit 2
    ;;
esac
