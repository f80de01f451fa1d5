// SPDX-License-Identifier: EUPL-1.2
//
// XPath 1.0 for rules: expressions read once, evaluated on one document after another, with functions of ours. Those of
// the simple kind are evaluated in evaluation.c, all others by libxml2.

#include "expression.h"

#include <dlfcn.h>
#include <libxml/xpathInternals.h>
#include <stdlib.h>
#include <string.h>

enum {
    /// For all expressions of one file on one document together.
    CSX_EVALUATION_OPERATIONS = 10000000,
    CSX_MAXIMUM_ARGUMENTS = 8,
    /// Variables that wait for one another; beyond that they have their values at once.
    CSX_DEEPEST_VARIABLE = 8,
    /// What a variable may keep for the next document, in bytes.
    CSX_KEPT_ROOM = 65536,
    /// Elements of a document for which the next one finds room.
    CSX_KEPT_NODES = 65536
};

// MARK: Once

/// Evaluates an expression of the simple kind without a context of libxml2's. -1 when it is of another kind.
static int32_t test_simple(const csx_document *document, int32_t node, const char *expression) {
    xmlXPathContext limit = {.opLimit = CSX_XPATH_OPERATIONS};
    csx_evaluator evaluator = {.context = &limit, .run = 1, .document = document};
    int depth = 0, answer = -1;
    const csx_term *term = csx_expression_read(&evaluator, expression, &depth);
    // Nothing is declared for a single expression.
    int isPlain = term != NULL && evaluator.variable_count == 0;
    if (isPlain && !csx_value_boolean(&evaluator, term, node, &answer)) answer = -1;
    for (int32_t i = 0; i < evaluator.variable_count; i++) free((void *)evaluator.variables[i].name);
    free(evaluator.variables);
    free(evaluator.constants);
    csx_names_free(&evaluator.known_names);
    csx_pool_free(&evaluator.terms);
    csx_pool_free(&evaluator.values);
    return answer;
}

int32_t csx_xpath_test(const csx_document *document, int32_t element, const char *expression) {
    csx_initialise();
    xmlNodePtr node = csx_node(document, element);
    if (node == NULL) return -1;
    int32_t simple = test_simple(document, element, expression);
    if (simple >= 0) return simple;
    xmlXPathContextPtr context = xmlXPathNewContext(document->tree);
    if (context == NULL) return -1;
    context->node = node;
    context->opLimit = CSX_XPATH_OPERATIONS;
    context->error = csx_record_problem;
    context->userData = NULL;
    xmlXPathObjectPtr result = xmlXPathEvalExpression((const xmlChar *)expression, context);
    int32_t answer = result == NULL ? -1 : xmlXPathCastToBoolean(result);
    if (result != NULL) xmlXPathFreeObject(result);
    xmlXPathFreeContext(context);
    return answer;
}

// MARK: Life

/// A copy of a variable, as libxml2 makes one wherever it is used, and as much work as that is.
static xmlXPathObjectPtr look_up(void *data, const xmlChar *name, const xmlChar *uri) {
    csx_evaluator *evaluator = data;
    csx_variable *variable = NULL;
    for (int32_t i = 0; i < evaluator->variable_count && uri == NULL && variable == NULL; i++) {
        if (strcmp(evaluator->variables[i].name, (const char *)name) == 0) variable = &evaluator->variables[i];
    }
    if (variable == NULL || !variable->isSet || !csx_variable_settle(evaluator, variable)) return NULL;
    if (variable->object != NULL) {
        xmlNodeSetPtr nodes = variable->object->type == XPATH_NODESET ? variable->object->nodesetval : NULL;
        unsigned long size = nodes == NULL ? 0 : (unsigned long)nodes->nodeNr / 2;
        return csx_charge(evaluator, size) ? xmlXPathObjectCopy(variable->object) : NULL;
    }
    if (variable->type == CSX_IS_BOOLEAN) return xmlXPathNewBoolean(variable->boolean);
    if (variable->type == CSX_IS_NUMBER) return xmlXPathNewFloat(variable->number);
    if (variable->type == CSX_IS_TEXT) {
        return csx_charge(evaluator, variable->length / 4) ? xmlXPathNewCString(variable->buffer) : NULL;
    }
    if (!csx_charge(evaluator, variable->length / 2)) return NULL;
    xmlXPathObjectPtr object = xmlXPathNewNodeSet(NULL);
    if (object == NULL) return NULL;
    for (size_t i = 0; i < variable->length; i++) {
        xmlNodePtr node = csx_node_of(evaluator->document, ((int32_t *)variable->buffer)[i]);
        if (xmlXPathNodeSetAddUnique(object->nodesetval, node) < 0) {
            xmlXPathFreeObject(object);
            return NULL;
        }
    }
    return object;
}

csx_evaluator *csx_evaluator_create(int32_t isForeign) {
    csx_initialise();
    csx_evaluator *evaluator = calloc(1, sizeof(csx_evaluator));
    if (evaluator == NULL) return NULL;
    evaluator->context = xmlXPathNewContext(NULL);
    if (evaluator->context == NULL) {
        free(evaluator);
        return NULL;
    }
    evaluator->isForeign = isForeign;
    evaluator->context->user = evaluator;
    evaluator->context->error = csx_record_problem;
    evaluator->context->opLimit = CSX_EVALUATION_OPERATIONS;
    xmlXPathRegisterVariableLookup(evaluator->context, look_up, evaluator);
    // Values are used again instead of being allocated anew: most of the time of short expressions.
    xmlXPathContextSetCache(evaluator->context, 1, -1, 0);
    return evaluator;
}

void csx_evaluator_free(csx_evaluator *evaluator) {
    if (evaluator == NULL) return;
    for (int32_t i = 0; i < evaluator->count; i++) xmlXPathFreeCompExpr(evaluator->expressions[i].compiled);
    for (int32_t i = 0; i < evaluator->variable_count; i++) {
        xmlXPathFreeObject(evaluator->variables[i].object);
        free(evaluator->variables[i].buffer);
        free((void *)evaluator->variables[i].name);
    }
    free(evaluator->variables);
    free(evaluator->names);
    free(evaluator->answers);
    free(evaluator->lasting);
    csx_names_free(&evaluator->known_names);
    free(evaluator->memories);
    free(evaluator->rules);
    free(evaluator->judged);
    free(evaluator->prefixes);
    free(evaluator->expressions);
    csx_pool_free(&evaluator->terms);
    csx_pool_free(&evaluator->values);
    csx_pool_free(&evaluator->constant_texts);
    free(evaluator->constants);
    xmlXPathFreeContext(evaluator->context);
    free(evaluator);
}

// MARK: What expressions may use

int csx_evaluator_declare(csx_evaluator *evaluator, const char *prefix, const char *uri) {
    csx_prefix *larger =
        realloc(evaluator->prefixes, (size_t)(evaluator->prefix_count + 1) * sizeof(csx_prefix));
    if (larger == NULL) return 0;
    evaluator->prefixes = larger;
    csx_prefix added = {csx_pool_copy(&evaluator->terms, prefix, strlen(prefix)),
                        csx_pool_copy(&evaluator->terms, uri, strlen(uri))};
    if (added.prefix == NULL || added.uri == NULL) return 0;
    evaluator->prefixes[evaluator->prefix_count++] = added;
    return xmlXPathRegisterNs(evaluator->context, (const xmlChar *)prefix, (const xmlChar *)uri) == 0;
}

static void current_function(xmlXPathParserContextPtr parser, int count) {
    if (count != 0) {
        xmlXPathErr(parser, XPATH_INVALID_ARITY);
        return;
    }
    csx_evaluator *evaluator = parser->context->user;
    valuePush(parser, xmlXPathNewNodeSet(csx_node_of(evaluator->document, evaluator->current)));
}

/// The texts of one argument: of a node set one text for each node. 0 when memory is short or there is too much work.
static int take_argument(csx_evaluator *evaluator, xmlXPathObjectPtr object, csx_argument *argument) {
    *argument = (csx_argument){0, NULL};
    if (object == NULL) return 0;
    int isSet = object->type == XPATH_NODESET;
    int count = !isSet ? 1 : object->nodesetval == NULL ? 0 : object->nodesetval->nodeNr;
    argument->texts = csx_pool_take(&evaluator->values, (size_t)count * sizeof(char *));
    if (argument->texts == NULL) return 0;
    for (; argument->count < count; argument->count++) {
        xmlNodePtr node = isSet ? object->nodesetval->nodeTab[argument->count] : NULL;
        xmlChar *made = isSet ? xmlXPathCastNodeToString(node) : xmlXPathCastToString(object);
        if (made == NULL) return 0;
        size_t length = strlen((const char *)made);
        char *text = csx_pool_copy(&evaluator->values, (const char *)made, length);
        xmlFree(made);
        if (text == NULL || !csx_charge(evaluator, 1 + length / 4)) return 0;
        argument->texts[argument->count] = text;
    }
    return 1;
}

static void our_function(xmlXPathParserContextPtr parser, int count) {
    csx_evaluator *evaluator = parser->context->user;
    csx_argument arguments[CSX_MAXIMUM_ARGUMENTS];
    csx_answer answer = {evaluator, CSX_IS_UNKNOWN, 0, 0, NULL};
    int32_t function = -1;
    for (int32_t i = 0; i < evaluator->name_count && function < 0; i++) {
        if (strcmp(evaluator->names[i], (const char *)parser->context->function) == 0) function = i;
    }
    if (count > CSX_MAXIMUM_ARGUMENTS || function < 0 || evaluator->call == NULL) {
        xmlXPathErr(parser, XPATH_INVALID_ARITY);
        return;
    }
    csx_mark mark = csx_pool_mark(&evaluator->values);
    int complete = 1;
    for (int i = count - 1; i >= 0; i--) {
        xmlXPathObjectPtr object = valuePop(parser);
        complete = complete && take_argument(evaluator, object, &arguments[i]);
        xmlXPathFreeObject(object);
    }
    int32_t status = complete ? evaluator->call(evaluator->owner, function, arguments, count, &answer) : 0;
    xmlXPathObjectPtr result = NULL;
    if (status != 0 && answer.type == CSX_IS_BOOLEAN) result = xmlXPathNewBoolean(answer.boolean);
    if (status != 0 && answer.type == CSX_IS_NUMBER) result = xmlXPathNewFloat(answer.number);
    if (status != 0 && answer.type == CSX_IS_TEXT && answer.text != NULL) result = xmlXPathNewCString(answer.text);
    csx_pool_release(&evaluator->values, mark);
    if (result == NULL) xmlXPathErr(parser, XPATH_EXPR_ERROR);
    else valuePush(parser, result);
}

void csx_answer_text(csx_answer *answer, const uint8_t *bytes, size_t length) {
    answer->type = CSX_IS_TEXT;
    answer->text = csx_pool_copy(&answer->evaluator->values, bytes == NULL ? "" : (const char *)bytes, length);
}

void csx_answer_number(csx_answer *answer, double number) {
    answer->type = CSX_IS_NUMBER;
    answer->number = number;
}

void csx_answer_boolean(csx_answer *answer, int32_t boolean) {
    answer->type = CSX_IS_BOOLEAN;
    answer->boolean = boolean != 0;
}

static csx_type type_of(int32_t answers) {
    switch (answers) {
    case CSX_ANSWERS_BOOLEAN: return CSX_IS_BOOLEAN;
    case CSX_ANSWERS_NUMBER: return CSX_IS_NUMBER;
    case CSX_ANSWERS_TEXT: return CSX_IS_TEXT;
    default: return CSX_IS_UNKNOWN;
    }
}

int csx_evaluator_offer(csx_evaluator *evaluator, const char *uri, const char *names, const int32_t *answers,
                        const uint8_t *lasting, csx_call call, void *owner) {
    int32_t count = 1;
    for (const char *letter = names; *letter != '\0'; letter++) count += *letter == ' ';
    evaluator->uri = csx_pool_copy(&evaluator->terms, uri, strlen(uri));
    evaluator->names = calloc((size_t)count, sizeof(char *));
    evaluator->answers = calloc((size_t)count, sizeof(csx_type));
    evaluator->lasting = calloc((size_t)count, sizeof(uint8_t));
    if (evaluator->names == NULL || evaluator->answers == NULL || evaluator->lasting == NULL) return 0;
    if (evaluator->uri == NULL) return 0;
    for (const char *name = names; evaluator->name_count < count;) {
        size_t length = strcspn(name, " ");
        char *own = csx_pool_copy(&evaluator->terms, name, length);
        if (own == NULL) return 0;
        evaluator->lasting[evaluator->name_count] = lasting[evaluator->name_count];
        evaluator->answers[evaluator->name_count] = type_of(answers[evaluator->name_count]);
        evaluator->names[evaluator->name_count++] = own;
        if (xmlXPathRegisterFuncNS(evaluator->context, (const xmlChar *)own, (const xmlChar *)uri, our_function) != 0) {
            return 0;
        }
        name += length + 1;
    }
    evaluator->call = call;
    evaluator->owner = owner;
    return xmlXPathRegisterFunc(evaluator->context, (const xmlChar *)"current", current_function) == 0;
}

// libexslt brings libxslt and libgcrypt along; loaded at every start they would cost more than judging a small SED, and
// only rule files that declare one of its namespaces need it.
typedef int (*exslt_register)(xmlXPathContextPtr context, const xmlChar *prefix);

int csx_evaluator_offer_exslt(csx_evaluator *evaluator, const char *prefix, const char *registrar) {
    void *library = dlopen("libexslt.so.0", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) return 0;
    exslt_register function;
    *(void **)&function = dlsym(library, registrar);
    return function != NULL && function(evaluator->context, (const xmlChar *)prefix) == 0;
}

int csx_evaluator_knows(const csx_evaluator *evaluator, const char *uri, const char *name) {
    return uri == NULL ? xmlXPathFunctionLookup(evaluator->context, (const xmlChar *)name) != NULL
                       : xmlXPathFunctionLookupNS(evaluator->context, (const xmlChar *)name, (const xmlChar *)uri) != NULL;
}

int32_t csx_evaluator_compile(csx_evaluator *evaluator, const char *expression) {
    if (evaluator->count == evaluator->capacity) {
        int32_t capacity = evaluator->capacity == 0 ? 64 : evaluator->capacity * 2;
        csx_expression *larger = realloc(evaluator->expressions, (size_t)capacity * sizeof(csx_expression));
        if (larger == NULL) return -1;
        evaluator->expressions = larger;
        evaluator->capacity = capacity;
    }
    csx_expression read = {NULL, 0, 0, NULL, NULL};
    if (!evaluator->isForeign) read.term = csx_expression_read(evaluator, expression, &read.depth);
    read.waits = read.term != NULL && !read.term->mayFault && read.depth < CSX_DEEPEST_VARIABLE;
    // libxml2 reads only what it has to evaluate.
    if (read.term == NULL) read.compiled = xmlXPathCtxtCompile(evaluator->context, (const xmlChar *)expression);
    else read.text = csx_pool_copy(&evaluator->terms, expression, strlen(expression));
    if (read.compiled == NULL && read.text == NULL) return -1;
    evaluator->expressions[evaluator->count] = read;
    return evaluator->count++;
}

int csx_evaluator_is_simple(const csx_evaluator *evaluator, int32_t expression) {
    return expression >= 0 && expression < evaluator->count && evaluator->expressions[expression].term != NULL;
}

// MARK: Evaluation

static void forget(csx_evaluator *evaluator) {
    for (int32_t i = 0; i < evaluator->constant_count; i++) evaluator->constants[i].type = CSX_IS_UNKNOWN;
    csx_pool_empty(&evaluator->constant_texts);
    csx_forget_calls(evaluator);
    for (int32_t i = 0; i < evaluator->variable_count; i++) {
        csx_variable *variable = &evaluator->variables[i];
        variable->isSet = 0;
        variable->pending = NULL;
        if (variable->object != NULL) xmlXPathFreeObject(variable->object);
        variable->object = NULL;
        if (variable->room <= CSX_KEPT_ROOM) continue;
        free(variable->buffer);
        variable->buffer = NULL;
        variable->room = 0;
    }
}

void csx_evaluator_begin(csx_evaluator *evaluator, const csx_document *document) {
    evaluator->document = document;
    evaluator->run++;
    evaluator->context->doc = document->tree;
    evaluator->context->opCount = 0;
    evaluator->current = CSX_NO_NODE;
    forget(evaluator);
}

void csx_evaluator_end(csx_evaluator *evaluator) {
    forget(evaluator);
    csx_pool_empty(&evaluator->values);
    if (evaluator->judged_room > CSX_KEPT_NODES) {
        free(evaluator->judged);
        evaluator->judged = NULL;
        evaluator->judged_room = 0;
    }
    evaluator->document = NULL;
    evaluator->context->doc = NULL;
    evaluator->context->node = NULL;
    evaluator->current = CSX_NO_NODE;
}

xmlNodePtr csx_node_of(const csx_document *document, int32_t number) {
    if (number >= 0) return csx_node(document, number);
    if (number == CSX_THE_DOCUMENT) return (xmlNodePtr)document->tree;
    if (number == CSX_NO_NODE) return NULL;
    xmlNodePtr element = csx_node(document, csx_bearer(number));
    int32_t place = (-2 - number) % CSX_ATTRIBUTES;
    xmlAttrPtr attribute = element == NULL ? NULL : element->properties;
    for (; attribute != NULL && place > 0; place--) attribute = attribute->next;
    return (xmlNodePtr)attribute;
}

/// The reverse; what has no number, such as a text, stands for the element around it.
static int32_t number_of(const xmlNode *node) {
    if (node->type == XML_NAMESPACE_DECL) return -1;
    if (node->type == XML_ATTRIBUTE_NODE && node->parent != NULL) {
        int32_t place = 0;
        for (xmlAttrPtr before = node->parent->properties; before != NULL && before != (xmlAttrPtr)node; before = before->next) place++;
        int32_t element = csx_index_of(node->parent);
        return place < CSX_ATTRIBUTES ? csx_attribute_number(element, place) : element;
    }
    while (node != NULL && node->type != XML_ELEMENT_NODE) node = node->type == XML_DOCUMENT_NODE ? NULL : node->parent;
    return node == NULL ? -1 : csx_index_of(node);
}

/// The term with which we evaluate an expression; NULL for those of libxml2, which answers when there is too much work.
static const csx_term *term_of(csx_evaluator *evaluator, int32_t expression) {
    csx_pool_release(&evaluator->values, (csx_mark){NULL, 0});
    return csx_evaluator_is_exhausted(evaluator) ? NULL : evaluator->expressions[expression].term;
}

static int exists(const csx_evaluator *evaluator, int32_t node) {
    if (evaluator->document == NULL) return 0;
    return node >= 0 ? node < evaluator->document->count : csx_node_of(evaluator->document, node) != NULL;
}

/// Whether an expression can be evaluated at a node.
static int has_place(const csx_evaluator *evaluator, int32_t expression, int32_t node) {
    return expression >= 0 && expression < evaluator->count && exists(evaluator, node);
}

/// Whether libxml2 has to evaluate what we have tried without success; it is told the expression.
static int is_beyond(csx_evaluator *evaluator, int32_t expression) {
    if (!evaluator->isBeyond || csx_evaluator_is_exhausted(evaluator)) return 0;
    csx_expression *known = &evaluator->expressions[expression];
    if (known->compiled == NULL) {
        known->compiled = xmlXPathCtxtCompile(evaluator->context, (const xmlChar *)known->text);
    }
    return known->compiled != NULL;
}

static xmlXPathObjectPtr evaluate(csx_evaluator *evaluator, int32_t expression, int32_t node) {
    const csx_document *document = evaluator->document;
    xmlNodePtr place = document == NULL ? NULL : csx_node_of(document, node);
    if (place == NULL || csx_evaluator_is_exhausted(evaluator)) return NULL;
    // Numbers the elements once, in the field that only texts use otherwise. Without this, sorting nodes walks from
    // sibling to sibling: minutes on a wide document.
    if (document->count > 0 && document->elements[0].node->content == NULL) xmlXPathOrderDocElems(document->tree);
    evaluator->context->node = place;
    xmlXPathObjectPtr result = xmlXPathCompiledEval(evaluator->expressions[expression].compiled, evaluator->context);
    if (!csx_evaluator_is_exhausted(evaluator)) return result;
    xmlXPathFreeObject(result);
    return NULL;
}

int csx_evaluator_is_exhausted(const csx_evaluator *evaluator) {
    return evaluator->context->opCount >= evaluator->context->opLimit;
}

int32_t csx_evaluate_boolean(csx_evaluator *evaluator, int32_t expression, int32_t node) {
    return has_place(evaluator, expression, node) ? csx_test(evaluator, expression, node) : -1;
}

int32_t csx_test(csx_evaluator *evaluator, int32_t expression, int32_t node) {
    const csx_term *term = term_of(evaluator, expression);
    if (term != NULL) {
        int answer = 0;
        if (csx_value_boolean(evaluator, term, node, &answer)) return answer;
        if (!is_beyond(evaluator, expression)) return -1;
    }
    xmlXPathObjectPtr result = evaluate(evaluator, expression, node);
    if (result == NULL) return -1;
    int32_t answer = xmlXPathCastToBoolean(result);
    xmlXPathFreeObject(result);
    return answer;
}

const char *csx_evaluate_text(csx_evaluator *evaluator, int32_t expression, int32_t node) {
    if (!has_place(evaluator, expression, node)) return NULL;
    const csx_term *term = term_of(evaluator, expression);
    if (term != NULL) {
        csx_value value;
        if (csx_value_of(evaluator, term, node, &value)) return csx_value_text(evaluator, &value);
        if (!is_beyond(evaluator, expression)) return NULL;
    }
    xmlXPathObjectPtr result = evaluate(evaluator, expression, node);
    if (result == NULL) return NULL;
    xmlChar *made = xmlXPathCastToString(result);
    xmlXPathFreeObject(result);
    if (made == NULL) return NULL;
    const char *text = csx_pool_copy(&evaluator->values, (const char *)made, strlen((const char *)made));
    xmlFree(made);
    return text;
}

/// Numbers of nodes in the memory of this evaluation. -1 when memory is short.
static int32_t numbers_of(csx_evaluator *evaluator, xmlNodePtr *nodes, int32_t count, const int32_t **numbers) {
    int32_t *made = csx_pool_take(&evaluator->values, (size_t)count * sizeof(int32_t));
    if (made == NULL) return -1;
    for (int32_t i = 0; i < count; i++) made[i] = number_of(nodes[i]);
    *numbers = made;
    return count;
}

int32_t csx_evaluate_nodes(csx_evaluator *evaluator, int32_t expression, int32_t node, const int32_t **numbers) {
    *numbers = NULL;
    if (!has_place(evaluator, expression, node)) return -1;
    const csx_term *term = term_of(evaluator, expression);
    if (term != NULL) {
        csx_value value;
        if (csx_value_of(evaluator, term, node, &value)) {
            *numbers = value.nodes;
            return value.type == CSX_IS_NODES ? value.count : -2;
        }
        if (!is_beyond(evaluator, expression)) return -1;
    }
    xmlXPathObjectPtr result = evaluate(evaluator, expression, node);
    if (result == NULL) return -1;
    int32_t count = -2;
    if (result->type == XPATH_NODESET) {
        xmlNodeSetPtr nodes = result->nodesetval;
        count = nodes == NULL ? 0 : numbers_of(evaluator, nodes->nodeTab, nodes->nodeNr, numbers);
    }
    xmlXPathFreeObject(result);
    return count;
}

/// Keeps what libxml2 has answered: as a value of ours where it can be one.
static int set_object(csx_evaluator *evaluator, csx_variable *variable, xmlXPathObjectPtr object) {
    csx_value value = {.type = CSX_IS_UNKNOWN};
    if (object->type == XPATH_BOOLEAN) {
        value = (csx_value){.type = CSX_IS_BOOLEAN, .boolean = object->boolval};
    } else if (object->type == XPATH_NUMBER) {
        value = (csx_value){.type = CSX_IS_NUMBER, .number = object->floatval};
    } else if (object->type == XPATH_STRING && object->stringval != NULL) {
        value = (csx_value){.type = CSX_IS_TEXT, .text = (const char *)object->stringval};
    } else if (object->type == XPATH_NODESET) {
        xmlNodeSetPtr nodes = object->nodesetval;
        int32_t count = nodes == NULL ? 0 : nodes->nodeNr;
        const int32_t *numbers = NULL;
        if (count > 0 && numbers_of(evaluator, nodes->nodeTab, count, &numbers) < 0) count = -1;
        // Some have no number, such as texts.
        for (int32_t i = 0; i < count; i++) {
            if (csx_node_of(evaluator->document, numbers[i]) != nodes->nodeTab[i]) count = -1;
        }
        if (count >= 0) value = (csx_value){.type = CSX_IS_NODES, .nodes = (int32_t *)numbers, .count = count};
    }
    if (value.type == CSX_IS_UNKNOWN) {
        variable->pending = NULL;
        variable->object = object;
        variable->isSet = 1;
        return 1;
    }
    int isSet = csx_variable_set(variable, &value);
    xmlXPathFreeObject(object);
    return isSet;
}

int32_t csx_evaluator_variable(csx_evaluator *evaluator, const char *name, int32_t expression) {
    int32_t number = csx_variable_place(evaluator, name, strlen(name));
    if (number < 0 || expression < 0 || expression >= evaluator->count) return -1;
    csx_variable *variable = &evaluator->variables[number];
    const csx_term *term = evaluator->expressions[expression].term;
    csx_type type = term == NULL ? CSX_IS_UNKNOWN : term->type;
    variable->declared = variable->isDeclared && variable->declared != type ? CSX_IS_UNKNOWN : type;
    variable->isDeclared = 1;
    if (term == NULL) variable->isForeign = 1;
    // One that has its value at once makes nothing wait.
    int depth = evaluator->expressions[expression].waits ? evaluator->expressions[expression].depth + 1 : 0;
    if (depth > variable->depth) variable->depth = depth;
    return number;
}

void csx_evaluator_hurry(csx_evaluator *evaluator) { evaluator->isEager = 1; }

int32_t csx_evaluate_variable(csx_evaluator *evaluator, int32_t expression, int32_t node, int32_t number) {
    if (number < 0 || number >= evaluator->variable_count) return -1;
    return has_place(evaluator, expression, node) ? csx_variable_give(evaluator, number, expression, node) : -1;
}

int32_t csx_variable_give(csx_evaluator *evaluator, int32_t number, int32_t expression, int32_t node) {
    csx_variable *variable = &evaluator->variables[number];
    const csx_term *term = term_of(evaluator, expression);
    if (term != NULL && !evaluator->isEager && evaluator->expressions[expression].waits) {
        csx_variable_wait(variable, term, node, evaluator->current);
        return 0;
    }
    xmlXPathObjectPtr object = NULL;
    csx_value value;
    int isOurs = term != NULL && csx_value_of(evaluator, term, node, &value);
    if (!isOurs) {
        if (term != NULL && !is_beyond(evaluator, expression)) return -1;
        object = evaluate(evaluator, expression, node);
        if (object == NULL) return -1;
    }
    if (variable->object != NULL) xmlXPathFreeObject(variable->object);
    variable->object = NULL;
    return (isOurs ? csx_variable_set(variable, &value) : set_object(evaluator, variable, object)) ? 0 : -1;
}

int csx_stand_at(csx_evaluator *evaluator, int32_t node) {
    int isThere = exists(evaluator, node);
    evaluator->current = isThere ? node : CSX_NO_NODE;
    return isThere;
}

void csx_evaluator_stand_at(csx_evaluator *evaluator, int32_t node) { csx_stand_at(evaluator, node); }
