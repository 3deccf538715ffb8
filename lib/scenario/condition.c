#include "scenario/condition.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "scenario/value.h"

enum kind {
	NODE_PATH,  /* text: the path */
	NODE_VALUE, /* value */
	NODE_NOT,   /* left */
	NODE_AND,   /* left, right */
	NODE_OR,
	NODE_EQ,
	NODE_NE,
	NODE_LT,
	NODE_LE,
	NODE_GT,
	NODE_GE,
};

struct node {
	enum kind kind;
	struct node *left, *right; /* operands */
	char *path;                /* NODE_PATH */
	json_t *value;             /* NODE_VALUE */
};

struct condition {
	struct node *root; /* the whole; NULL while it is being parsed */
};

struct parse {
	const char *start, *p, *end; /* the text, and where one is in it */
	const char *why;             /* the first thing that is wrong; NULL: nothing */
	const char *at;              /* where */
	int depth;                   /* parentheses and nots around p */
};

static struct node *parse_or(struct parse *s);

static void *wrong(struct parse *s, const char *at, const char *why)
{
	if (!s->why) {
		s->why = why;
		s->at = at;
	}
	return NULL;
}

static void node_free(struct node *n)
{
	if (!n)
		return;
	node_free(n->left);
	node_free(n->right);
	free(n->path);
	json_decref(n->value);
	free(n);
}

/* Takes over left and right. */
static struct node *node(struct parse *s, enum kind kind, struct node *left, struct node *right)
{
	struct node *n = calloc(1, sizeof(*n));

	if (!n || s->why) {
		node_free(left);
		node_free(right);
		free(n);
		return s->why ? NULL : wrong(s, s->p, "no memory");
	}
	*n = (struct node){.kind = kind, .left = left, .right = right};
	return n;
}

static bool is_name(int c)
{
	return c == '_' || (c < 128 && isalnum(c));
}

static int peek(struct parse *s)
{
	while (s->p < s->end && memchr(" \t\r\n", *s->p, 4))
		s->p++;
	return s->p < s->end ? (unsigned char)*s->p : -1;
}

/* Take a word if it comes next, as a whole. */
static bool take(struct parse *s, const char *word)
{
	size_t n = strlen(word);

	peek(s);
	if ((size_t)(s->end - s->p) < n || memcmp(s->p, word, n) != 0)
		return false;
	if (is_name((unsigned char)*word) && s->p + n < s->end &&
		(is_name((unsigned char)s->p[n]) || s->p[n] == '.'))
		return false;
	s->p += n;
	return true;
}

static struct node *leaf(struct parse *s, json_t *value)
{
	if (!value)
		return wrong(s, s->p, "no memory");
	struct node *n = node(s, NODE_VALUE, NULL, NULL);
	if (n)
		n->value = value;
	else
		json_decref(value);
	return n;
}

static struct node *parse_string(struct parse *s)
{
	const char *first = s->p + 1, *last = memchr(first, *s->p, (size_t)(s->end - first));

	if (!last)
		return wrong(s, s->p, "a string without its end");
	json_t *value = json_stringn(first, (size_t)(last - first));
	if (!value)
		return wrong(s, s->p, "a string that is no UTF-8");
	s->p = last + 1;
	return leaf(s, value);
}

static struct node *parse_number(struct parse *s)
{
	char text[64], *rest;
	size_t n = 0;

	while (s->p + n < s->end && n < sizeof(text) - 1 &&
		(is_name((unsigned char)s->p[n]) || memchr("+-.", s->p[n], 3)))
		n++;
	memcpy(text, s->p, n);
	text[n] = '\0';
	double d = strtod(text, &rest);
	if (*rest || !isfinite(d) || strpbrk(text, "xXpP"))
		return wrong(s, s->p, "no number");
	s->p += n;
	return leaf(s, json_real(d));
}

static struct node *parse_path(struct parse *s)
{
	const char *start = s->p;
	char path[CONDITION_PATH_MAX + 1];

	while (s->p < s->end && (is_name((unsigned char)*s->p) || *s->p == '.'))
		s->p++;
	size_t n = (size_t)(s->p - start);
	if (n > CONDITION_PATH_MAX)
		return wrong(s, start, "a name that is too long");
	memcpy(path, start, n);
	path[n] = '\0';
	if (!scenario_path_valid(path))
		return wrong(s, start, "no name");
	struct node *leaf_node = node(s, NODE_PATH, NULL, NULL);
	if (leaf_node && !(leaf_node->path = strdup(path))) {
		node_free(leaf_node);
		return wrong(s, start, "no memory");
	}
	return leaf_node;
}

static struct node *parse_value(struct parse *s)
{
	static const char *const reserved[] = {"and", "or", "not"};
	int c = peek(s);

	if (c < 0)
		return wrong(s, s->p, "a value is missing");
	if (c == '"' || c == '\'')
		return parse_string(s);
	if (isdigit(c) || c == '-')
		return parse_number(s);
	if (take(s, "true"))
		return leaf(s, json_true());
	if (take(s, "false"))
		return leaf(s, json_false());
	if (take(s, "null"))
		return leaf(s, json_null());
	for (size_t i = 0; i < ARRAY_LEN(reserved); i++) {
		const char *before = s->p;
		if (take(s, reserved[i]))
			return wrong(s, before, "a value is missing");
	}
	if (!is_name(c))
		return wrong(s, s->p, "a character that has no meaning here");
	return parse_path(s);
}

static struct node *parse_operand(struct parse *s)
{
	const char *before;

	if (peek(s) != '(')
		return parse_value(s);
	before = s->p++;
	if (++s->depth > CONDITION_DEPTH)
		return wrong(s, before, "too deep");
	struct node *inner = parse_or(s);
	s->depth--;
	if (inner && !take(s, ")")) {
		node_free(inner);
		return wrong(s, before, "a parenthesis that is not closed");
	}
	return inner;
}

static struct node *parse_test(struct parse *s)
{
	static const struct {
		const char *sign;
		enum kind kind;
	} ops[] = {{"==", NODE_EQ}, {"!=", NODE_NE}, {"<=", NODE_LE}, {">=", NODE_GE},
		{"<", NODE_LT}, {">", NODE_GT}};
	struct node *left = parse_operand(s);

	for (size_t i = 0; left && i < ARRAY_LEN(ops); i++) {
		if (!take(s, ops[i].sign))
			continue;
		struct node *right = parse_operand(s);
		if (!right) {
			node_free(left);
			return NULL;
		}
		return node(s, ops[i].kind, left, right);
	}
	if (left && peek(s) == '=') {
		node_free(left);
		return wrong(s, s->p, "'=' compares nothing: write '=='");
	}
	return left;
}

static struct node *parse_not(struct parse *s)
{
	if (!take(s, "not"))
		return parse_test(s);
	if (++s->depth > CONDITION_DEPTH)
		return wrong(s, s->p, "too deep");
	struct node *inner = parse_not(s);
	s->depth--;
	return inner ? node(s, NODE_NOT, inner, NULL) : NULL;
}

static struct node *parse_chain(
	struct parse *s, const char *word, enum kind kind, struct node *(*part)(struct parse *s))
{
	struct node *left = part(s);

	while (left && take(s, word)) {
		struct node *right = part(s);
		if (!right) {
			node_free(left);
			return NULL;
		}
		left = node(s, kind, left, right);
	}
	return left;
}

static struct node *parse_and(struct parse *s)
{
	return parse_chain(s, "and", NODE_AND, parse_not);
}

static struct node *parse_or(struct parse *s)
{
	return parse_chain(s, "or", NODE_OR, parse_and);
}

struct condition *condition_parse(const char *text, size_t n, const char **ret_why, size_t *ret_at)
{
	struct parse s = {.start = text, .p = text, .end = text + n};
	struct condition *c = calloc(1, sizeof(*c));

	errno = 0;
	if (!c)
		wrong(&s, text, "no memory");
	else if (n > CONDITION_MAX)
		wrong(&s, text, "longer than 1024 bytes");
	else if ((c->root = parse_or(&s)) && peek(&s) >= 0)
		wrong(&s, s.p, "more than a condition: 'and' or 'or' is missing");
	if (c && !s.why)
		return c;
	condition_free(c);
	*ret_why = s.why;
	*ret_at = (size_t)(s.at - text);
	if (strcmp(s.why, "no memory") == 0)
		errno = ENOMEM;
	return NULL;
}

void condition_free(struct condition *c)
{
	if (c)
		node_free(c->root);
	free(c);
}

static json_t *value_of(const struct node *n, const json_t *vars)
{
	return n->kind == NODE_PATH ? scenario_lookup(vars, n->path) : n->value;
}

static bool is_value(const struct node *n)
{
	return n->kind == NODE_PATH || n->kind == NODE_VALUE;
}

static bool eval(const struct node *n, const json_t *vars);

/* A comparison. What is no value but a condition, in parentheses, counts as true or false. */
static bool compare(const struct node *n, const json_t *vars)
{
	const json_t *side[2];
	int order;

	for (int i = 0; i < 2; i++) {
		const struct node *at = i ? n->right : n->left;
		side[i] = is_value(at) ? value_of(at, vars) : json_boolean(eval(at, vars));
	}
	if (n->kind == NODE_EQ || n->kind == NODE_NE)
		return value_equal(side[0], side[1]) == (n->kind == NODE_EQ);
	if (!value_order(side[0], side[1], &order))
		return false;
	switch (n->kind) {
	case NODE_LT:
		return order < 0;
	case NODE_LE:
		return order <= 0;
	case NODE_GT:
		return order > 0;
	default:
		return order >= 0;
	}
}

static bool eval(const struct node *n, const json_t *vars)
{
	switch (n->kind) {
	case NODE_PATH:
	case NODE_VALUE:
		return value_true(value_of(n, vars));
	case NODE_NOT:
		return !eval(n->left, vars);
	case NODE_AND:
		return eval(n->left, vars) && eval(n->right, vars);
	case NODE_OR:
		return eval(n->left, vars) || eval(n->right, vars);
	default:
		return compare(n, vars);
	}
}

bool condition_eval(const struct condition *c, const json_t *vars)
{
	return eval(c->root, vars);
}

/* The i-th path below n, *i counted down. */
static const char *nth_path(const struct node *n, size_t *i)
{
	const char *found;

	if (!n)
		return NULL;
	if (n->kind == NODE_PATH)
		return (*i)-- == 0 ? n->path : NULL;
	found = nth_path(n->left, i);
	return found ? found : nth_path(n->right, i);
}

const char *condition_path(const struct condition *c, size_t i)
{
	return nth_path(c->root, &i);
}
