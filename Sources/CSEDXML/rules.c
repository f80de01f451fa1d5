// SPDX-License-Identifier: EUPL-1.2
//
// Judges one node after the other by a rule: most nodes of most documents pass all checks, and then nothing comes up to
// Swift.

#include "expression.h"

#include <stdlib.h>
#include <string.h>

int32_t csx_evaluator_rule(csx_evaluator *evaluator, const int32_t *variables, int32_t variable_count,
                           const int32_t *checks, int32_t check_count) {
    if ((evaluator->rule_count & 15) == 0) {
        size_t room = (size_t)evaluator->rule_count + 16;
        csx_rule *larger = realloc(evaluator->rules, room * sizeof(csx_rule));
        if (larger == NULL) return -1;
        evaluator->rules = larger;
    }
    size_t size = (size_t)variable_count * 2 * sizeof(int32_t), more = (size_t)check_count * 2 * sizeof(int32_t);
    int32_t *own = csx_pool_take(&evaluator->terms, size + more + 1);
    if (own == NULL) return -1;
    if (size > 0) memcpy(own, variables, size);
    if (more > 0) memcpy(own + 2 * variable_count, checks, more);
    evaluator->rules[evaluator->rule_count] = (csx_rule){own, variable_count, own + 2 * variable_count, check_count};
    return evaluator->rule_count++;
}

void csx_begin_pattern(csx_evaluator *evaluator) {
    if (++evaluator->pattern != 0) return;
    // After so many patterns the numbers begin anew.
    if (evaluator->judged != NULL) memset(evaluator->judged, 0, (size_t)evaluator->judged_room * sizeof(uint32_t));
    evaluator->pattern = 1;
}

/// Whether a node was judged in this pattern; from now on it was. -1 when memory is short.
static int was_judged(csx_evaluator *evaluator, int32_t node) {
    int32_t room = evaluator->document->count + 1;
    if (room > evaluator->judged_room) {
        uint32_t *larger = realloc(evaluator->judged, (size_t)room * sizeof(uint32_t));
        if (larger == NULL) return -1;
        memset(larger + evaluator->judged_room, 0, (size_t)(room - evaluator->judged_room) * sizeof(uint32_t));
        evaluator->judged = larger;
        evaluator->judged_room = room;
    }
    uint32_t *pattern = &evaluator->judged[node + 1];
    int was = *pattern == evaluator->pattern;
    *pattern = evaluator->pattern;
    return was;
}

/// Makes the variables of a rule wait at a node, or gives them their values. 0 when one has none.
static int set_variables(csx_evaluator *evaluator, const csx_rule *rule, int32_t node) {
    if (rule->variable_count > 0 && csx_evaluator_is_exhausted(evaluator)) return 0;
    for (int32_t i = 0; i < rule->variable_count; i++) {
        int32_t variable = rule->variables[2 * i], value = rule->variables[2 * i + 1];
        const csx_expression *expression = &evaluator->expressions[value];
        if (expression->waits && !evaluator->isEager) {
            csx_variable_wait(&evaluator->variables[variable], expression->term, node, node);
        } else if (csx_variable_give(evaluator, variable, value, node) != 0) {
            return 0;
        }
    }
    return 1;
}

int32_t csx_judge(csx_evaluator *evaluator, int32_t number, const int32_t *nodes, int32_t count, csx_judging *at) {
    if (number < 0 || number >= evaluator->rule_count || evaluator->document == NULL) return -2;
    const csx_rule rule = evaluator->rules[number];
    for (; at->node < count; at->node++, at->check = 0) {
        int32_t node = nodes[at->node];
        if (at->check == 0) {
            // Attributes are few, and the caller leaves out those that were judged.
            int was = node < -1 ? 0 : was_judged(evaluator, node);
            if (was == 1) continue;
            if (was < 0 || !csx_stand_at(evaluator, node) || !set_variables(evaluator, &rule, node)) return -2;
        }
        while (at->check < rule.check_count) {
            int32_t answer = csx_test(evaluator, rule.checks[2 * at->check], node);
            if (answer < 0) return -1;
            at->check++;
            if (answer == rule.checks[2 * at->check - 1]) return 1;
        }
    }
    return 0;
}
