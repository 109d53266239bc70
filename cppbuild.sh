#!/usr/bin/env bash
# Builds native/ for $PLATFORM (JavaCPP's names; default: this machine), natively or cross.
#
#   cppbuild.sh library            the static library with its tests and benchmarks
#   cppbuild.sh natives            also the JNI library, copied below $CLASSES; needs
#                                  CLASSES: compiled Java classes, JAVACPP: the jar of javacpp
#   cppbuild.sh test               library, then its tests, unless they passed on this very build
#   cppbuild.sh test-sanitizers    the tests under ASan + UBSan, and under TSan
#   cppbuild.sh fuzz [SECONDS]     fuzzes the executor's check of programs under ASan + UBSan: on libFuzzer with
#                                  clang++ (or $FUZZ_CXX), else with g++ and seeded mutations
#   cppbuild.sh bench [ARGS]       qgemm on the shapes in native/bench/shapes
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
command=${1:-library}
shift || true

host_platform() {
  local system machine
  system=$(uname -s | tr '[:upper:]' '[:lower:]')
  machine=$(uname -m)
  case $machine in
    aarch64 | arm64) machine=arm64 ;;
    amd64) machine=x86_64 ;;
  esac
  echo "$system-$machine"
}

PLATFORM=${PLATFORM:-$(host_platform)}
options=(-DCMAKE_BUILD_TYPE=Release)
case $PLATFORM in
  linux-x86_64) ;;
  linux-arm64)
    if [ "$(host_platform)" != linux-arm64 ]; then
      options+=(-DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64 -DCMAKE_CXX_COMPILER=aarch64-linux-gnu-g++)
    fi
    ;;
  *)
    echo "cppbuild.sh: no build for platform $PLATFORM; there are linux-x86_64 and linux-arm64" >&2
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

# Builds with the options of last time, whatever command gave them.
build_again() {
  if [ -f "$build/options" ]; then
    cmake --build "$build" -j "$(nproc)" >"$build/build.log" 2>&1 || { cat "$build/build.log" >&2; exit 1; }
  else
    build_in "$build" "${options[@]}"
  fi
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
  local bound="$CLASSES/org/quantvoice/kernels/Library.class" sum
  sum=$(cat "$bound" "$JAVACPP" | sha256sum)
  if [ "$(cat "$build/jni/stamp" 2>/dev/null)" = "$sum" ]; then return; fi
  mkdir -p "$build/jni"
  "$JAVA_HOME/bin/java" -jar "$JAVACPP" -nocompile -classpath "$CLASSES" -properties "$PLATFORM" \
    -d "$build/jni" -o jniquantvoice org.quantvoice.kernels.Library >"$build/jni/log" 2>&1 || {
    cat "$build/jni/log" >&2
    exit 1
  }
  echo "$sum" >"$build/jni/stamp"
}

case $command in
  library) build_again ;;
  natives)
    : "${CLASSES:?the directory of compiled classes}" "${JAVACPP:?the jar of javacpp}"
    find_java_home
    generate_binding
    build_in "$build" "${options[@]}" "-DQV_JNI_INCLUDE=$JAVA_HOME/include" "-DQV_JNI_SOURCE=$build/jni/jnijavacpp.cpp;$build/jni/jniquantvoice.cpp"
    target="$CLASSES/org/quantvoice/kernels/$PLATFORM"
    mkdir -p "$target"
    cmp -s "$build/libjniquantvoice.so" "$target/libjniquantvoice.so" ||
      cp "$build/libjniquantvoice.so" "$target/libjniquantvoice.so"
    ;;
  test)
    build_again
    sum=$(find "$build/tests" -maxdepth 1 -type f -perm -u+x -exec sha256sum {} + | sort | sha256sum)
    if [ "$(cat "$build/tests/passed" 2>/dev/null)" = "$sum" ]; then exit 0; fi
    (cd "$build" && ctest --output-on-failure --no-tests=error "$@")
    echo "$sum" >"$build/tests/passed"
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
  *)
    echo "cppbuild.sh: unknown command $command" >&2
    exit 2
    ;;
esac
