// SPDX-License-Identifier: MIT
#include <atomic>
#include <condition_variable>
#include <iostream>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

static std::mutex guard;
static std::condition_variable changed;
static int turn;

static void work(int number, std::map<int, std::string> &said) {
  std::unique_lock<std::mutex> lock(guard);
  changed.wait(lock, [&] { return turn == number; });
  try {
    if (number % 2) throw std::runtime_error("odd " + std::to_string(number));
    said[number] = "even";
  } catch (const std::exception &error) {
    said[number] = error.what();
  }
  turn++;
  changed.notify_all();
}

int main() {
  std::map<int, std::string> said;
  std::vector<std::thread> threads;
  for (int number = 0; number < 8; number++) threads.emplace_back(work, number, std::ref(said));
  for (auto &thread : threads) thread.join();
  for (auto &[number, text] : said) std::cout << number << " " << text << "\n";
  thread_local int own = 4;
  try {
    std::vector<int>().at(1);
  } catch (const std::out_of_range &) {
    own++;
  }
  return own;
}
