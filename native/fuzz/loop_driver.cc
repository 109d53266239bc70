// Drives a fuzz target where libFuzzer is missing: seeded mutations of the seeds, without coverage. Options as libFuzzer's:
// -max_total_time=SECONDS and directories, of which the last holds the seeds. The input that crashed is kept in crash-input.
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <string>
#include <vector>

#include "random.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

using Bytes = std::vector<uint8_t>;

Bytes read_file(const std::string& path) {
  Bytes bytes;
  if (FILE* in = fopen(path.c_str(), "rb")) {
    for (int c = fgetc(in); c != EOF; c = fgetc(in)) bytes.push_back(static_cast<uint8_t>(c));
    fclose(in);
  }
  return bytes;
}

std::vector<Bytes> read_seeds(const char* directory) {
  std::vector<Bytes> seeds;
  if (DIR* open = opendir(directory)) {
    while (const dirent* entry = readdir(open)) {
      Bytes bytes = read_file(std::string(directory) + "/" + entry->d_name);
      if (!bytes.empty()) seeds.push_back(bytes);
    }
    closedir(open);
  }
  return seeds;
}

void mutate(Bytes& bytes, Random& random, const std::vector<Bytes>& seeds) {
  const int size = static_cast<int>(bytes.size());
  const auto at = static_cast<size_t>(random.below(size));
  const uint64_t special[] = {0, 1, ~0ull, 1ull << 31, 1ull << 32, 1ull << 63, 0x7fffffffffffffff, 0x7ff8000000000000};
  switch (random.below(5)) {
    case 0: bytes[at] ^= static_cast<uint8_t>(1 << random.below(8)); break;
    case 1: bytes[at] = static_cast<uint8_t>(random.below(256)); break;
    case 2: {
      const size_t word = 1 + at / 8 * 8;  // words begin behind the tier
      if (word + 8 <= bytes.size()) memcpy(&bytes[word], &special[random.below(8)], 8);
      break;
    }
    case 3: {
      const Bytes& other = seeds[static_cast<size_t>(random.below(static_cast<int>(seeds.size())))];
      bytes.insert(bytes.end(), other.begin() + 1, other.end());
      break;
    }
    default: bytes.resize(1 + at / 8 * 8); break;
  }
}

}  // namespace

int main(int argc, char** argv) {
  long seconds = 10;
  const char* directory = nullptr;
  for (int i = 1; i < argc; i++) {
    if (sscanf(argv[i], "-max_total_time=%ld", &seconds) != 1 && argv[i][0] != '-') directory = argv[i];
  }
  const std::vector<Bytes> seeds = directory ? read_seeds(directory) : std::vector<Bytes>();
  if (seeds.empty()) {
    fprintf(stderr, "no seeds\n");
    return 2;
  }
  Random random(20261121);
  const time_t end = time(nullptr) + seconds;
  long runs = 0;
  for (; time(nullptr) < end; runs++) {
    Bytes bytes = seeds[static_cast<size_t>(random.below(static_cast<int>(seeds.size())))];
    for (int changes = 1 + random.below(4); changes > 0 && !bytes.empty(); changes--) mutate(bytes, random, seeds);
    FILE* kept = fopen("crash-input", "wb");
    if (kept) {
      fwrite(bytes.data(), 1, bytes.size(), kept);
      fclose(kept);
    }
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  }
  remove("crash-input");
  printf("Done %ld runs in %ld second(s)\n", runs, seconds);
  return 0;
}
