// Writes the seeds of program_fuzz into a directory: a whole program of all operators, and each of its steps alone.
#include <string>

#include "tokens.h"

namespace {

bool write(const std::string& file, int tier, const std::vector<int64_t>& words) {
  FILE* out = fopen(file.c_str(), "wb");
  if (!out) return false;
  bool written = fputc(tier, out) != EOF;
  written = written && fwrite(words.data(), sizeof(int64_t), words.size(), out) == words.size();
  return fclose(out) == 0 && written;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: write_seeds DIRECTORY\n");
    return 2;
  }
  const std::string directory = std::string(argv[1]) + "/";
  for (int tier = 0; tier < qv::supported_tiers().count; tier++) {
    const Everything all(qv::supported_tiers().tables[tier]);
    std::vector<int64_t> words = all.steps.words;
    fuzz::to_tokens(all, words);
    bool written = write(directory + all.table.name + "-all", tier, words);
    for (size_t i = 0; i < all.steps.starts.size(); i++) {
      const auto from = words.begin() + static_cast<std::ptrdiff_t>(all.steps.starts[i]);
      const auto to = i + 1 < all.steps.starts.size() ? words.begin() + static_cast<std::ptrdiff_t>(all.steps.starts[i + 1]) : words.end();
      written = written && write(directory + all.table.name + "-" + std::to_string(i), tier, {from, to});
    }
    if (!written) {
      perror(directory.c_str());
      return 1;
    }
  }
  return 0;
}
