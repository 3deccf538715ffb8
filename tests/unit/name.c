/* Names as they are written. */
#include "text/name.h"

#include "tap.h"

static struct dynbuf b;

static const char *cased(const char *text, bool last)
{
	dynbuf_reset(&b);
	return name_case(text, strlen(text), last, &b) == 0 ? b.p : "failed";
}

int main(void)
{
	static const struct {
		const char *text, *first, *last;
	} rows[] = {
		{"jean-PIERRE", "Jean-Pierre", "Jean-Pierre"},
		{"  JEAN   pierre\t", "Jean Pierre", "Jean Pierre"},
		{"Jean", "Jean", "Jean"},
		{"jEAN", "Jean", "Jean"},
		{"élodie", "Élodie", "Élodie"},
		{"ÉLODIE ŒUVRARD", "Élodie Œuvrard", "Élodie Œuvrard"},
		{"ÿvette", "Ÿvette", "Ÿvette"},
		{"McKay", "McKay", "McKay"},
		{"MCDONALD", "McDonald", "McDonald"},
		{"mccarthy", "McCarthy", "McCarthy"},
		{"MACRON", "Macron", "Macron"},
		{"mc", "Mc", "Mc"},
		{"O'BRIEN", "O'Brien", "O'Brien"},
		{"d'ARTAGNAN", "D'Artagnan", "d'Artagnan"},
		{"D’ORMESSON", "D’Ormesson", "d’Ormesson"},
		{"L'HERMITE", "L'Hermite", "L'Hermite"},
		{"DE GAULLE", "De Gaulle", "de Gaulle"},
		{"De Gaulle", "De Gaulle", "De Gaulle"},
		{"DE LA TOUR D'AUVERGNE", "De La Tour d'Auvergne", "de La Tour d'Auvergne"},
		{"VAN DER BERG", "Van der Berg", "van der Berg"},
		{"le pen", "Le Pen", "Le Pen"},
		{"DE", "De", "De"},
		{"maria DA silva", "Maria da Silva", "Maria da Silva"},
		{"J.P.", "J.P.", "J.P."},
		{"j.-p.", "J.-P.", "J.-P."},
		{"LOUIS XIV", "Louis XIV", "Louis XIV"},
		{"ANNE-MARIE D'URFÉ-LEVIS", "Anne-Marie d'Urfé-Levis", "Anne-Marie d'Urfé-Levis"},
		{"ОЛЕНА ШЕВЧЕНКО", "Олена Шевченко", "Олена Шевченко"},
		{"محمد", "محمد", "محمد"},
		{"", "", ""},
		{" \t ", "", ""},
		{"-", "-", "-"},
		{"straße", "Straße", "Straße"},
		{"x\xff", "X\xef\xbf\xbd", "X\xef\xbf\xbd"},
		{"ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ a",
			"ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ A",
			"ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ A"},
	};

	dynbuf_init(&b, 4096);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		is_str(cased(rows[i].text, false), rows[i].first, "'%s' as a first name",
			rows[i].text);
		is_str(cased(rows[i].text, true), rows[i].last, "'%s' as a last name",
			rows[i].text);
	}
	dynbuf_free(&b);
	dynbuf_init(&b, 4);
	ok(name_case("Jean-Pierre", 11, false, &b) == -1, "no room is told");
	dynbuf_free(&b);
	return done_testing();
}
