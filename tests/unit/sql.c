/* Named parameters become numbers, and nothing that only looks like one does. */
#include "db/sql.h"

#include <stdlib.h>

#include "tap.h"

/* "TEXT | names ; TEXT | names", or "! why"; blanks in a row are one. */
static const char *parsed(const char *text)
{
	static char out[4096];
	char why[SQL_WHY_MAX], *to = out;
	struct sql_script *s;

	if (sql_parse(text, &s, why) < 0) {
		snprintf(out, sizeof(out), "! %s", why);
		return out;
	}
	out[0] = '\0';
	for (size_t i = 0; i < s->n; i++) {
		to += snprintf(to, (size_t)(out + sizeof(out) - to), "%s%s |", i ? " ; " : "",
			s->statement[i].text);
		for (size_t k = 0; k < s->statement[i].names; k++)
			to += snprintf(to, (size_t)(out + sizeof(out) - to), " %s",
				s->statement[i].name[k]);
	}
	sql_free(s);
	to = out;
	for (const char *p = out; *p; p++)
		if (*p != ' ' || to == out || to[-1] != ' ')
			*to++ = *p;
	*to = '\0';
	return out;
}

static void test_parameters(void)
{
	is_str(parsed("select :a"), "select $1 | a", "a name");
	is_str(parsed("select :a, :b, :a"), "select $1 , $2 , $1 | a b",
		"the same name is the same number");
	is_str(parsed("select :a::int"), "select $1 ::int | a", "with a cast");
	is_str(parsed("select a::text, b :: int"), "select a::text, b :: int |", "a cast is none");
	is_str(parsed("select f(x := :x, y => :y)"), "select f(x := $1 , y => $2 ) | x y",
		"nor is the name of an argument");
	is_str(parsed("select a[1:2], a[1 : n]"), "select a[1:2], a[1 : n] |", "nor a slice");
	is_str(parsed("select x:a"), "select x $1 | a", "right behind a word");
	is_str(parsed("select 1+:a-:b"), "select 1+ $1 - $2 | a b", "between operators");
	is_str(parsed("select d->>:k"), "select d->> $1 | k", "behind one");
	is_str(parsed("select :_a1"), "select $1 | _a1", "a name with all it can have");
	is_str(parsed("select : a"), "select : a |", "a colon alone is left");
}

static void test_strings(void)
{
	is_str(parsed("select ':a'"), "select ':a' |", "a string");
	is_str(parsed("select 'it''s :a', :b"), "select 'it''s :a', $1 | b", "with a quote in it");
	is_str(parsed("select 'a\\', :b"), "select 'a\\', $1 | b",
		"a backslash is nothing special in it");
	is_str(parsed("select E'a\\', :b'"), "select E'a\\', :b' |", "but in one with E it is");
	is_str(parsed("select e'\\\\', :b"), "select e'\\\\', $1 | b", "nor is one behind another");
	is_str(parsed("select E'a'\n'\\':b'"), "select E'a'\n'\\':b' |",
		"one that goes on in the next line");
	is_str(parsed("select name'\\', :b"), "select name'\\', $1 | b",
		"a word that ends in e is no E");
	is_str(parsed("select \":a\"\":b\", :c"), "select \":a\"\":b\", $1 | c", "a quoted name");
	is_str(parsed("select $$:a$$, :b"), "select $$:a$$, $1 | b", "dollars");
	is_str(parsed("select $x$ :a $$ :b $y$ $x$, :c"), "select $x$ :a $$ :b $y$ $x$, $1 | c",
		"with a tag");
	is_str(parsed("select a$b$c, :d"), "select a$b$c, $1 | d", "a name with dollars is none");
	is_str(parsed("select U&'\\', :a, B'1', x'f'"), "select U&'\\', $1 , B'1', x'f' | a",
		"other kinds");
	is_str(parsed("select 'é:a', é:b"), "select 'é:a', é $1 | b", "beyond ASCII");
}

static void test_comments(void)
{
	is_str(parsed("select 1 -- :a it's\n, :b"), "select 1 \n, $1 | b", "a comment");
	is_str(parsed("select 1 /* :a /* :b */ it's :c */, :d"), "select 1 , $1 | d",
		"they stand in each other");
	is_str(parsed("-- nothing\n;;select 1;\n-- no more"), "select 1 |",
		"and are no statements");
}

static void test_statements(void)
{
	is_str(parsed("select :a; select :b, :a;"), "select $1 | a ; select $1 , $2 | b a",
		"each has its own numbers");
	is_str(parsed("select ';'; select $$;$$"), "select ';' | ; select $$;$$ |",
		"what ends none");
	is_str(parsed("select 1 as begin"), "select 1 as begin |",
		"a word is only where it begins");
	is_str(parsed("with x as (insert into t values (:a) returning *) select * from x"),
		"with x as (insert into t values ( $1 ) returning *) select * from x | a", "with");
}

static void test_mistakes(void)
{
	is_str(parsed(""), "! line 1: there is no statement", "nothing");
	is_str(parsed("\n-- a\n"), "! line 3: there is no statement", "a comment alone");
	is_str(parsed("select $1"), "! line 1: parameters have names here: write :name", "numbers");
	is_str(parsed("select\n:'a'"), "! line 2: a parameter has no quotes: write :name",
		"of another program");
	is_str(parsed("select 'a"), "! line 1: a string has no end", "no end of a string");
	is_str(parsed("select E'a\\'"), "! line 1: a string has no end", "nor here");
	is_str(parsed("select \n $a$ $b$"), "! line 2: a string has no end", "nor here");
	is_str(parsed("select \"a"), "! line 1: a quoted name has no end", "nor here");
	is_str(parsed("select /* /* */"), "! line 1: a comment has no end", "nor here");
	is_str(parsed("select $"), "! line 1: a '$' without meaning", "a dollar");
	is_str(parsed("select 1; COMMIT; drop table t"),
		"! line 1: a statement of this kind cannot be a part of a tool", "commit");
	is_str(parsed("/* */ begin"),
		"! line 1: a statement of this kind cannot be a part of a tool", "begin");
	is_str(parsed("copy t from stdin"),
		"! line 1: a statement of this kind cannot be a part of a tool", "copy");
	is_str(parsed("select 1;select 1;select 1;select 1;select 1;select 1;select 1;select 1;"
		      "select 1;select 1;select 1;select 1;select 1;select 1;select 1;select 1;"
		      "select 1"),
		"! line 1: statements are too many", "17");
	is_str(parsed("select :aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
		"! line 1: the name of a parameter is too long", "a long name");
}

int main(void)
{
	test_parameters();
	test_strings();
	test_comments();
	test_statements();
	test_mistakes();
	return done_testing();
}
