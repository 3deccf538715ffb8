#include "check.h"

#include <string.h>

#include "tap.h"

int main(void)
{
	static const char *const cards[] = {"4111111111111111", "378282246310005",
		"5555555555554444", "6011111111111117", "3530111333300000", "30569309025904",
		"2200000000000004"};
	static const char *const none[] = {"4111111111111112", "1111111111111117", "411111111111",
		"49927398716", "0000000000000000", "1234567812345670"};
	static const char *const accounts[] = {"GB82WEST12345698765432",
		"FR1420041010050500013M02606", "DE89370400440532013000",
		"UA213223130000026007233566001", "SA0380000000608010167519",
		"MT84MALT011000012345MTLCAST001S", "NO9386011117947"};
	static const char *const bad[] = {"GB82WEST12345698765433", "FR1420041010050500013M0260",
		"XX1234567890", "GB", "DE89370400440532013001"};
	char changed[64];

	for (size_t i = 0; i < ARRAY_LEN(cards); i++)
		ok(check_card(cards[i], strlen(cards[i])), "%s is a card", cards[i]);
	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		ok(!check_card(none[i], strlen(none[i])), "%s is none", none[i]);
	for (size_t i = 0; i < ARRAY_LEN(accounts); i++)
		ok(check_iban(accounts[i], strlen(accounts[i])), "%s is an account", accounts[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ok(!check_iban(bad[i], strlen(bad[i])), "%s is none", bad[i]);
	/* mod 97 finds every digit that is wrong */
	for (size_t i = 4; i < strlen(accounts[2]); i++) {
		snprintf(changed, sizeof(changed), "%s", accounts[2]);
		changed[i] = changed[i] == '9' ? '0' : (char)(changed[i] + 1);
		ok(!check_iban(changed, strlen(changed)), "digit %zu is wrong", i);
	}
	return done_testing();
}
