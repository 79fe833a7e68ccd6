// std::thread, futures, condition variables, exceptions that cross threads.
#include <atomic>
#include <condition_variable>
#include <deque>
#include <future>
#include <iostream>
#include <mutex>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <vector>

int main() {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<int> queue;
  std::atomic<long> sum{0};
  bool done = false;
  std::vector<std::thread> workers;
  for (int at = 0; at < 4; at++)
    workers.emplace_back([&] {
      for (;;) {
        std::unique_lock<std::mutex> lock(mutex);
        changed.wait(lock, [&] { return done || !queue.empty(); });
        if (queue.empty()) return;
        const int item = queue.front();
        queue.pop_front();
        lock.unlock();
        sum += static_cast<long>(item) * item;
      }
    });
  for (int item = 1; item <= 300; item++) {
    const std::lock_guard<std::mutex> lock(mutex);
    queue.push_back(item);
    changed.notify_one();
  }
  {
    const std::lock_guard<std::mutex> lock(mutex);
    done = true;
  }
  changed.notify_all();
  for (auto &worker : workers) worker.join();
  std::cout << sum << '\n';

  auto answer = std::async(std::launch::async, [] {
    std::vector<int> numbers(1000);
    std::iota(numbers.begin(), numbers.end(), 0);
    return std::accumulate(numbers.begin(), numbers.end(), 0L);
  });
  auto failure = std::async(std::launch::async, []() -> int { throw std::logic_error("no answer"); });
  std::cout << answer.get() << '\n';
  try {
    failure.get();
  } catch (const std::logic_error &error) {
    std::cout << error.what() << '\n';
  }
  return 0;
}
