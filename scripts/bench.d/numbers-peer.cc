// numbers-peer ROUNDS: libphonenumber on the lines that scripts/numbers reads; "numbers good ns" of the quickest round.
#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <string>
#include <utility>
#include <vector>

int main(int argc, char **argv)
{
	using i18n::phonenumbers::PhoneNumber;
	using i18n::phonenumbers::PhoneNumberUtil;
	const PhoneNumberUtil &util = *PhoneNumberUtil::GetInstance();
	std::vector<std::pair<std::string, std::string>> lines;
	std::string line, text, country;
	size_t good = 0;
	double best = std::numeric_limits<double>::max();

	while (std::getline(std::cin, line)) {
		size_t tab = line.find('\t');
		lines.emplace_back(tab ? line.substr(0, tab) : "ZZ", line.substr(tab + 1));
	}
	for (int i = argc > 1 ? std::atoi(argv[1]) : 1; i > 0; i--) {
		auto from = std::chrono::steady_clock::now();

		good = 0;
		for (const auto &[home, spelled] : lines) {
			PhoneNumber number;

			if (util.Parse(spelled, home, &number) != PhoneNumberUtil::NO_PARSING_ERROR ||
				!util.IsValidNumber(number))
				continue;
			util.Format(number, PhoneNumberUtil::E164, &text);
			util.GetRegionCodeForNumber(number, &country);
			good += util.GetNumberType(number) != PhoneNumberUtil::UNKNOWN;
		}
		best = std::min(best, std::chrono::duration<double, std::nano>(
			std::chrono::steady_clock::now() - from).count());
	}
	std::printf("%zu %zu %.1f\n", lines.size(), good, best / static_cast<double>(lines.size()));
}
