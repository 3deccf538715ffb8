/* prompts: prompts of a language model that are tried against each other: which one does better, and is that chance?
 *
 * A call has the prompt that the result `prompt` names. It is a success if its person is a lead, or a goal was reached.
 * Of each prompt the rate of successes with its 95 % interval (Wilson); against the prompt with the most calls, the two-sided
 * test of two proportions, pooled, where five successes and five failures at least can be expected of either, and whether
 * the difference stands when all are looked at together (Holm, 5 %).
 *
 * Sources: E. B. Wilson, JASA 22 (1927); S. Holm, Scand. J. Statist. 6 (1979); erfc by Press et al., Numerical Recipes,
 * 6.2, a relative error below 1.2e-7.
 */
#ifndef CALLLOG_PROMPTS_H
#define CALLLOG_PROMPTS_H

/* A statement in two parts, with choice_where between them. */
extern const char prompts_begin[], prompts_end[];

#endif
