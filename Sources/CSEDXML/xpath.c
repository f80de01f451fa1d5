// SPDX-License-Identifier: EUPL-1.2
//
// XPath 1.0 for rules: expressions compiled once, evaluated on one document after another, with functions of ours.

#include "internal.h"

#include <dlfcn.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    /// For all expressions of one file on one document together.
    CSX_EVALUATION_OPERATIONS = 10000000,
    CSX_MAXIMUM_ARGUMENTS = 8,
    /// Attributes that an element can have under our parsing limits.
    CSX_ATTRIBUTES = 64
};

struct csx_evaluator {
    xmlXPathContextPtr context;
    xmlXPathCompExprPtr *expressions;
    int32_t count;
    int32_t capacity;
    csx_call call;
    void *owner;
    const char **names;
    int32_t name_count;
    const csx_document *document;
    /// What current() answers.
    xmlNodePtr current;
};

struct csx_answer {
    xmlXPathObjectPtr object;
};

// MARK: Life

/// Counts work that libxml2 does not count. 0 when there has been too much of it.
static int charge(xmlXPathContextPtr context, unsigned long operations) {
    unsigned long left = context->opLimit > context->opCount ? context->opLimit - context->opCount : 0;
    context->opCount += operations < left ? operations : left;
    return context->opCount < context->opLimit;
}

/// A copy of a variable, as libxml2 makes one wherever it is used, and as much work as that is.
static xmlXPathObjectPtr look_up(void *data, const xmlChar *name, const xmlChar *uri) {
    xmlXPathContextPtr context = data;
    xmlXPathObjectPtr value = context->varHash == NULL ? NULL : xmlHashLookup2(context->varHash, name, uri);
    unsigned long size = 0;
    if (value != NULL && value->type == XPATH_NODESET && value->nodesetval != NULL) {
        size = (unsigned long)value->nodesetval->nodeNr / 2;
    } else if (value != NULL && value->type == XPATH_STRING && value->stringval != NULL) {
        size = strlen((const char *)value->stringval) / 4;
    }
    return value != NULL && charge(context, size) ? xmlXPathObjectCopy(value) : NULL;
}

csx_evaluator *csx_evaluator_create(void) {
    csx_initialise();
    csx_evaluator *evaluator = calloc(1, sizeof(csx_evaluator));
    if (evaluator == NULL) return NULL;
    evaluator->context = xmlXPathNewContext(NULL);
    if (evaluator->context == NULL) {
        free(evaluator);
        return NULL;
    }
    evaluator->context->user = evaluator;
    evaluator->context->error = csx_record_problem;
    evaluator->context->opLimit = CSX_EVALUATION_OPERATIONS;
    xmlXPathRegisterVariableLookup(evaluator->context, look_up, evaluator->context);
    return evaluator;
}

void csx_evaluator_free(csx_evaluator *evaluator) {
    if (evaluator == NULL) return;
    for (int32_t i = 0; i < evaluator->count; i++) xmlXPathFreeCompExpr(evaluator->expressions[i]);
    for (int32_t i = 0; i < evaluator->name_count; i++) free((void *)evaluator->names[i]);
    free(evaluator->names);
    free(evaluator->expressions);
    xmlXPathFreeContext(evaluator->context);
    free(evaluator);
}

// MARK: What expressions may use

int csx_evaluator_declare(csx_evaluator *evaluator, const char *prefix, const char *uri) {
    return xmlXPathRegisterNs(evaluator->context, (const xmlChar *)prefix, (const xmlChar *)uri) == 0;
}

static void current_function(xmlXPathParserContextPtr parser, int count) {
    if (count != 0) {
        xmlXPathErr(parser, XPATH_INVALID_ARITY);
        return;
    }
    csx_evaluator *evaluator = parser->context->user;
    valuePush(parser, xmlXPathNewNodeSet(evaluator->current));
}

/// The texts of one argument: of a node set one text for each node.
static int take_argument(xmlXPathParserContextPtr parser, csx_argument *argument) {
    xmlXPathObjectPtr object = valuePop(parser);
    if (object == NULL) return 0;
    int count = object->type != XPATH_NODESET ? 1 : object->nodesetval == NULL ? 0 : object->nodesetval->nodeNr;
    argument->texts = calloc((size_t)count + 1, sizeof(char *));
    argument->count = 0;
    for (int i = 0; argument->texts != NULL && i < count; i++) {
        xmlChar *text = object->type == XPATH_NODESET ? xmlNodeGetContent(object->nodesetval->nodeTab[i])
                                                      : xmlXPathCastToString(object);
        if (text == NULL) break;
        argument->texts[argument->count++] = (char *)text;
        if (!charge(parser->context, 1 + strlen((const char *)text) / 4)) break;
    }
    int complete = argument->texts != NULL && argument->count == count;
    xmlXPathFreeObject(object);
    return complete;
}

static void our_function(xmlXPathParserContextPtr parser, int count) {
    csx_evaluator *evaluator = parser->context->user;
    csx_argument arguments[CSX_MAXIMUM_ARGUMENTS] = {{0, NULL}};
    csx_answer answer = {NULL};
    int32_t function = -1;
    for (int32_t i = 0; i < evaluator->name_count && function < 0; i++) {
        if (strcmp(evaluator->names[i], (const char *)parser->context->function) == 0) function = i;
    }
    if (count > CSX_MAXIMUM_ARGUMENTS || function < 0 || evaluator->call == NULL) {
        xmlXPathErr(parser, XPATH_INVALID_ARITY);
        return;
    }
    int complete = 1;
    for (int i = count - 1; i >= 0; i--) complete = take_argument(parser, &arguments[i]) && complete;
    int32_t status = complete ? evaluator->call(evaluator->owner, function, arguments, count, &answer) : 0;
    for (int i = 0; i < count; i++) {
        for (int32_t k = 0; k < arguments[i].count; k++) xmlFree(arguments[i].texts[k]);
        free(arguments[i].texts);
    }
    if (status == 0 || answer.object == NULL) {
        if (answer.object != NULL) xmlXPathFreeObject(answer.object);
        xmlXPathErr(parser, XPATH_EXPR_ERROR);
        return;
    }
    valuePush(parser, answer.object);
}

void csx_answer_text(csx_answer *answer, const char *text) { answer->object = xmlXPathNewCString(text); }
void csx_answer_number(csx_answer *answer, double number) { answer->object = xmlXPathNewFloat(number); }
void csx_answer_boolean(csx_answer *answer, int32_t boolean) { answer->object = xmlXPathNewBoolean(boolean); }

int csx_evaluator_offer(csx_evaluator *evaluator, const char *uri, const char *names, csx_call call, void *owner) {
    int32_t count = 1;
    for (const char *letter = names; *letter != '\0'; letter++) count += *letter == ' ';
    evaluator->names = calloc((size_t)count, sizeof(char *));
    if (evaluator->names == NULL) return 0;
    for (const char *name = names; evaluator->name_count < count;) {
        size_t length = strcspn(name, " ");
        char *own = strndup(name, length);
        if (own == NULL) return 0;
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
        xmlXPathCompExprPtr *larger = realloc(evaluator->expressions, (size_t)capacity * sizeof(xmlXPathCompExprPtr));
        if (larger == NULL) return -1;
        evaluator->expressions = larger;
        evaluator->capacity = capacity;
    }
    xmlXPathCompExprPtr compiled = xmlXPathCtxtCompile(evaluator->context, (const xmlChar *)expression);
    if (compiled == NULL) return -1;
    evaluator->expressions[evaluator->count] = compiled;
    return evaluator->count++;
}

// MARK: Evaluation

void csx_evaluator_begin(csx_evaluator *evaluator, const csx_document *document) {
    evaluator->document = document;
    evaluator->context->doc = document->tree;
    // Numbers the elements once, in the field that only texts use otherwise. Without this, sorting nodes walks from
    // sibling to sibling: minutes on a wide document.
    if (document->count > 0 && document->nodes[0]->content == NULL) xmlXPathOrderDocElems(document->tree);
    evaluator->context->opCount = 0;
    evaluator->current = NULL;
    xmlXPathRegisteredVariablesCleanup(evaluator->context);
}

void csx_evaluator_end(csx_evaluator *evaluator) {
    xmlXPathRegisteredVariablesCleanup(evaluator->context);
    evaluator->document = NULL;
    evaluator->context->doc = NULL;
    evaluator->context->node = NULL;
    evaluator->current = NULL;
}

/// A node from its number: an element, -1 for the document, and below that an attribute of an element.
static xmlNodePtr node_of(const csx_evaluator *evaluator, int32_t number) {
    if (number >= 0) return csx_node(evaluator->document, number);
    if (number == -1) return (xmlNodePtr)evaluator->document->tree;
    xmlNodePtr element = csx_node(evaluator->document, (-2 - number) / CSX_ATTRIBUTES);
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
        return place < CSX_ATTRIBUTES ? -2 - (csx_index_of(node->parent) * CSX_ATTRIBUTES + place) : csx_index_of(node->parent);
    }
    while (node != NULL && node->type != XML_ELEMENT_NODE) node = node->type == XML_DOCUMENT_NODE ? NULL : node->parent;
    return node == NULL ? -1 : csx_index_of(node);
}

static xmlXPathObjectPtr evaluate(csx_evaluator *evaluator, int32_t expression, int32_t node) {
    if (evaluator->document == NULL || expression < 0 || expression >= evaluator->count) return NULL;
    xmlNodePtr place = node_of(evaluator, node);
    if (place == NULL) return NULL;
    evaluator->context->node = place;
    xmlXPathObjectPtr result = xmlXPathCompiledEval(evaluator->expressions[expression], evaluator->context);
    if (!csx_evaluator_is_exhausted(evaluator)) return result;
    xmlXPathFreeObject(result);
    return NULL;
}

int csx_evaluator_is_exhausted(const csx_evaluator *evaluator) {
    return evaluator->context->opCount >= evaluator->context->opLimit;
}

int32_t csx_evaluate_boolean(csx_evaluator *evaluator, int32_t expression, int32_t node) {
    xmlXPathObjectPtr result = evaluate(evaluator, expression, node);
    if (result == NULL) return -1;
    int32_t answer = xmlXPathCastToBoolean(result);
    xmlXPathFreeObject(result);
    return answer;
}

char *csx_evaluate_text(csx_evaluator *evaluator, int32_t expression, int32_t node) {
    xmlXPathObjectPtr result = evaluate(evaluator, expression, node);
    if (result == NULL) return NULL;
    xmlChar *text = xmlXPathCastToString(result);
    xmlXPathFreeObject(result);
    return (char *)text;
}

int32_t csx_evaluate_nodes(csx_evaluator *evaluator, int32_t expression, int32_t node, int32_t **numbers) {
    *numbers = NULL;
    xmlXPathObjectPtr result = evaluate(evaluator, expression, node);
    if (result == NULL) return -1;
    if (result->type != XPATH_NODESET) {
        xmlXPathFreeObject(result);
        return -2;
    }
    int32_t count = result->nodesetval == NULL ? 0 : result->nodesetval->nodeNr;
    if (count > 0) {
        *numbers = malloc((size_t)count * sizeof(int32_t));
        if (*numbers == NULL) count = -1;
        for (int32_t i = 0; i < count; i++) (*numbers)[i] = number_of(result->nodesetval->nodeTab[i]);
    }
    xmlXPathFreeObject(result);
    return count;
}

int32_t csx_evaluate_variable(csx_evaluator *evaluator, int32_t expression, int32_t node, const char *name) {
    xmlXPathObjectPtr result = evaluate(evaluator, expression, node);
    if (result == NULL) return -1;
    return xmlXPathRegisterVariable(evaluator->context, (const xmlChar *)name, result) == 0 ? 0 : -1;
}

void csx_evaluator_stand_at(csx_evaluator *evaluator, int32_t node) { evaluator->current = node_of(evaluator, node); }
