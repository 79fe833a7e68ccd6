// Exceptions through many frames, destructors, rethrowing, containers, streams, run-time types.
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

struct Trace {
  int id;
  explicit Trace(int number) : id(number) {}
  ~Trace() { std::cout << "~" << id << ' '; }
};

struct Base {
  virtual ~Base() = default;
  virtual std::string name() const { return "base"; }
};
struct Derived : Base {
  std::string name() const override { return "derived"; }
};

[[gnu::noinline]] static int deep(int depth) {
  Trace trace(depth);
  if (depth == 0) throw std::runtime_error("bottom");
  return deep(depth - 1) + 1;
}

int main() {
  try {
    deep(5);
  } catch (const std::exception &error) {
    std::cout << error.what() << '\n';
  }
  try {
    try {
      std::vector<int>(3).at(7) = 1;
    } catch (...) {
      throw;
    }
  } catch (const std::out_of_range &) {
    std::cout << "out of range\n";
  }
  std::unique_ptr<Base> object = std::make_unique<Derived>();
  std::cout << object->name() << ' ' << (dynamic_cast<Derived *>(object.get()) != nullptr) << '\n';
  std::map<std::string, double> prices{{"tin", 1.5}, {"iron", 2.25}, {"gold", 1e6 / 3}};
  std::ostringstream text;
  for (const auto &[name, price] : prices) text << name << '=' << std::setprecision(12) << price << ' ';
  std::cout << text.str() << std::hex << 255 << ' ' << std::stod("2.5e-3") << '\n';
  try {
    throw 42;
  } catch (int number) {
    std::cout << std::dec << number << std::endl;
    return number;
  }
}
