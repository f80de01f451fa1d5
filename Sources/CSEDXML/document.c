// SPDX-License-Identifier: EUPL-1.2

#include "internal.h"

#include <libxml/parserInternals.h>
#include <libxml/SAX2.h>
#include <libxml/xmlerror.h>
#include <libxml/xpath.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// MARK: Initialisation

static pthread_once_t initialised = PTHREAD_ONCE_INIT;

// Some faults of expressions are printed by libxml2 and not reported; a program that writes results must not print.
static void say_nothing(void *context, const char *message, ...) { (void)context, (void)message; }

static void initialise(void) {
    xmlInitParser();
    xmlThrDefSetGenericErrorFunc(NULL, say_nothing);
    xmlSetGenericErrorFunc(NULL, say_nothing);
    xmlSchemaInitTypes();
    // The shared constants are written by the first XPath use; do that here, before there are threads.
    xmlXPathInit();
    xmlSetExternalEntityLoader(csx_refusing_loader);
}

void csx_initialise(void) { pthread_once(&initialised, initialise); }

const char *csx_library_version(void) { return xmlParserVersion; }

// MARK: Problems

csx_problems *csx_problems_create(void) { return calloc(1, sizeof(csx_problems)); }

void csx_problems_free(csx_problems *problems) {
    if (problems == NULL) return;
    for (int32_t i = 0; i < problems->count; i++) free(problems->items[i].message);
    free(problems->items);
    free(problems);
}

int32_t csx_problems_count(const csx_problems *problems) { return problems->count; }
int32_t csx_problems_dropped(const csx_problems *problems) { return problems->dropped; }
int32_t csx_problems_internal(const csx_problems *problems) { return problems->internal; }

static const csx_problem *problem_at(const csx_problems *problems, int32_t index) {
    static const csx_problem none = {0, -1, 0, 0, NULL};
    return index >= 0 && index < problems->count ? &problems->items[index] : &none;
}

int32_t csx_problem_code(const csx_problems *problems, int32_t index) { return problem_at(problems, index)->code; }
int32_t csx_problem_element(const csx_problems *problems, int32_t index) {
    return problem_at(problems, index)->element;
}
int32_t csx_problem_line(const csx_problems *problems, int32_t index) { return problem_at(problems, index)->line; }
int32_t csx_problem_column(const csx_problems *problems, int32_t index) {
    return problem_at(problems, index)->column;
}
const char *csx_problem_message(const csx_problems *problems, int32_t index) {
    const char *message = problem_at(problems, index)->message;
    return message == NULL ? "" : message;
}

void csx_record_problem(void *context, xmlErrorPtr error) {
    csx_problems *problems = context;
    if (problems == NULL || error == NULL) return;
    if (error->code == XML_ERR_NO_MEMORY || error->code == XML_SCHEMAV_INTERNAL ||
        error->code == XML_ERR_INTERNAL_ERROR || error->code == XML_SCHEMAP_INTERNAL) {
        problems->internal = 1;
    }
    // A document with very many faults needs no complete list; the cap bounds memory.
    if (problems->count >= CSX_MAXIMUM_PROBLEMS) {
        problems->dropped++;
        return;
    }
    if (problems->count == problems->capacity) {
        int32_t capacity = problems->capacity == 0 ? 16 : problems->capacity * 2;
        csx_problem *items = realloc(problems->items, (size_t)capacity * sizeof(csx_problem));
        if (items == NULL) {
            problems->internal = 1;
            return;
        }
        problems->items = items;
        problems->capacity = capacity;
    }
    xmlNodePtr node = error->node;
    while (node != NULL && node->type != XML_ELEMENT_NODE) node = node->parent;
    csx_problem *problem = &problems->items[problems->count++];
    problem->code = error->code;
    problem->element = node == NULL || problems->document == NULL ? -1 : csx_index_of(node);
    problem->line = error->line;
    problem->column = error->int2;
    problem->message = error->message == NULL ? NULL : strdup(error->message);
}

// MARK: Parsing


/// The text as a stream: the parser holds a window of it instead of a copy.
typedef struct {
    const uint8_t *bytes;
    size_t length;
    size_t position;
} text_source;

static int read_text(void *context, char *buffer, int room) {
    text_source *source = context;
    size_t rest = source->length - source->position;
    size_t count = rest < (size_t)room ? rest : (size_t)room;
    if (count > 0) memcpy(buffer, source->bytes + source->position, count);
    source->position += count;
    return (int)count;
}

csx_document *csx_document_parse(const uint8_t *bytes, size_t length, csx_problems *problems) {
    csx_initialise();
    if (length > INT32_MAX) return NULL;
    csx_document *document = calloc(1, sizeof(csx_document));
    text_source source = {bytes, length, 0};
    xmlParserCtxtPtr parser =
        xmlCreateIOParserCtxt(NULL, NULL, read_text, NULL, &source, XML_CHAR_ENCODING_NONE);
    if (document == NULL || parser == NULL) {
        free(document);
        if (parser != NULL) xmlFreeParserCtxt(parser);
        return NULL;
    }
    xmlCtxtUseOptions(parser, XML_PARSE_NONET);
    csx_build(document, parser);
    // The structured handler belongs to the thread; it is set for this call alone.
    xmlSetStructuredErrorFunc(problems, csx_record_problem);
    xmlParseDocument(parser);
    xmlSetStructuredErrorFunc(NULL, NULL);
    document->tree = parser->myDoc;
    int accepted = parser->wellFormed && parser->nsWellFormed && document->tree != NULL && !document->refused && document->count > 0;
    parser->myDoc = NULL;
    xmlFreeParserCtxt(parser);
    if (!accepted) {
        csx_document_free(document);
        return NULL;
    }
    return document;
}

void csx_document_free(csx_document *document) {
    if (document == NULL) return;
    csx_tear_down(document);
    free(document->table);
    free(document->names.names);
    free(document->names.byAddress);
    free(document);
}

// MARK: Reading

xmlNodePtr csx_node(const csx_document *document, int32_t element) {
    return csx_has_element(document, element) ? document->elements[element].node : NULL;
}

int32_t csx_element_count(const csx_document *document) { return document->count; }

int csx_document_names_types(const csx_document *document) { return document->namesTypes; }

const char *csx_element_name(const csx_document *document, int32_t element) {
    xmlNodePtr node = csx_node(document, element);
    return node == NULL ? "" : (const char *)node->name;
}

const char *csx_element_namespace(const csx_document *document, int32_t element) {
    xmlNodePtr node = csx_node(document, element);
    return node == NULL || node->ns == NULL ? NULL : (const char *)node->ns->href;
}

const char *csx_namespace_of_prefix(const csx_document *document, int32_t element, const char *prefix) {
    xmlNodePtr node = csx_node(document, element);
    xmlNsPtr space = node == NULL ? NULL : xmlSearchNs(document->tree, node, (const xmlChar *)prefix);
    return space == NULL ? NULL : (const char *)space->href;
}

int32_t csx_element_parent(const csx_document *document, int32_t element) {
    return csx_has_element(document, element) ? document->elements[element].parent : -1;
}

int32_t csx_element_first_child(const csx_document *document, int32_t element) {
    if (!csx_has_element(document, element)) return -1;
    return element + 1 < document->elements[element].end ? element + 1 : -1;
}

/// Where the elements beside an element end.
static int32_t end_beside(const csx_document *document, int32_t element) {
    int32_t parent = document->elements[element].parent;
    return parent < 0 ? document->count : document->elements[parent].end;
}

int32_t csx_element_next_sibling(const csx_document *document, int32_t element) {
    if (!csx_has_element(document, element)) return -1;
    int32_t next = document->elements[element].end;
    return next < end_beside(document, element) ? next : -1;
}

/// The length of the first name of a path.
static size_t name_length(const char *path, size_t length) {
    const char *slash = memchr(path, '/', length);
    return slash == NULL ? length : (size_t)(slash - path);
}

static int is_named(const csx_element *element, const char *name, size_t length) {
    return (char)element->name[0] == *name && strncmp((const char *)element->name, name, length) == 0 &&
           element->name[length] == '\0';
}

int32_t csx_element_at(const csx_document *document, int32_t element, const char *path, size_t length) {
    const csx_element *elements = document->elements;
    while (csx_has_element(document, element) && length > 0) {
        size_t name = name_length(path, length);
        int32_t child = element + 1;
        while (child < elements[element].end && !is_named(&elements[child], path, name)) child = elements[child].end;
        if (child >= elements[element].end) return -1;
        if (name == length) return child;
        element = child;
        path += name + 1;
        length -= name + 1;
    }
    return -1;
}

/// As deep as the path is long.
static int32_t elements_at(const csx_element *elements, int32_t element, const char *path, size_t length,
                           int32_t *found, int32_t room, int32_t count) {
    size_t name = name_length(path, length);
    for (int32_t child = element + 1; child < elements[element].end; child = elements[child].end) {
        if (!is_named(&elements[child], path, name)) continue;
        if (name < length) {
            count = elements_at(elements, child, path + name + 1, length - name - 1, found, room, count);
        } else {
            if (count < room) found[count] = child;
            count++;
        }
    }
    return count;
}

int32_t csx_elements_at(const csx_document *document, int32_t element, const char *path, size_t length, int32_t *found,
                        int32_t room) {
    if (!csx_has_element(document, element) || length == 0) return 0;
    return elements_at(document->elements, element, path, length, found, room, 0);
}

int32_t csx_element_next_namesake(const csx_document *document, int32_t element) {
    if (!csx_has_element(document, element)) return -1;
    const csx_element *elements = document->elements;
    int32_t end = end_beside(document, element);
    // Names come from one dictionary, so equal ones have one address.
    for (int32_t next = elements[element].end; next < end; next = elements[next].end) {
        if (elements[next].name == elements[element].name) return next;
    }
    return -1;
}

int32_t csx_element_named(const csx_document *document, int32_t from, const char *name) {
    const xmlChar *known = xmlDictExists(document->tree->dict, (const xmlChar *)name, -1);
    for (int32_t i = from < 0 ? 0 : from; known != NULL && i < document->count; i++) {
        if (document->elements[i].name == known) return i;
    }
    return -1;
}

int csx_element_is_within(const csx_document *document, int32_t element, int32_t other) {
    if (!csx_has_element(document, element) || !csx_has_element(document, other)) return 0;
    return element >= other && element < document->elements[other].end;
}

/// Which of its siblings of the same name an element is, from 1; 0 for one without such siblings.
static int32_t ordinal_of(const xmlNode *node) {
    int32_t before = 0;
    int hasTwin = 0;
    for (const xmlNode *child = node->prev; child != NULL; child = child->prev) {
        before += child->name == node->name;
    }
    for (const xmlNode *child = node->next; child != NULL && before == 0 && !hasTwin; child = child->next) {
        hasTwin = child->name == node->name;
    }
    return before > 0 || hasTwin ? before + 1 : 0;
}

char *csx_element_path(const csx_document *document, int32_t element, int32_t top) {
    const xmlNode *last = csx_node(document, top);
    size_t length = 1;
    for (const xmlNode *node = csx_node(document, element); node != NULL && node->type == XML_ELEMENT_NODE;
         node = node == last ? NULL : node->parent) {
        // A slash, the name, and a number in brackets.
        length += strlen((const char *)node->name) + 16;
    }
    char *path = xmlMalloc(length);
    if (path == NULL) return NULL;
    char *start = path + length - 1;
    *start = '\0';
    for (const xmlNode *node = csx_node(document, element); node != NULL && node->type == XML_ELEMENT_NODE;
         node = node == last ? NULL : node->parent) {
        int isTop = node == last || node->parent == NULL || node->parent->type != XML_ELEMENT_NODE;
        int32_t ordinal = isTop ? 0 : ordinal_of(node);
        char number[16] = "";
        if (ordinal > 0) snprintf(number, sizeof(number), "[%d]", (int)ordinal);
        size_t name = strlen((const char *)node->name), digits = strlen(number);
        start -= 1 + name + digits;
        *start = '/';
        memcpy(start + 1, node->name, name);
        memcpy(start + 1 + name, number, digits);
    }
    memmove(path, start, strlen(start) + 1);
    return path;
}

const char *csx_element_plain_text(const csx_document *document, int32_t element) {
    if (!csx_has_element(document, element) || document->elements[element].length <= 0) return NULL;
    return csx_plain_text(&document->elements[element]);
}

char *csx_element_text(const csx_document *document, int32_t element) {
    xmlNodePtr node = csx_node(document, element);
    return node == NULL ? NULL : (char *)xmlNodeGetContent(node);
}

void csx_text_free(char *text) {
    if (text != NULL) xmlFree(text);
}

static char *text_from(xmlNodePtr node) {
    return node != NULL && node->type == XML_TEXT_NODE ? (char *)xmlStrdup(node->content) : NULL;
}

char *csx_element_leading_text(const csx_document *document, int32_t element) {
    xmlNodePtr node = csx_node(document, element);
    return node == NULL ? NULL : text_from(node->children);
}

char *csx_element_trailing_text(const csx_document *document, int32_t element) {
    xmlNodePtr node = csx_node(document, element);
    return node == NULL ? NULL : text_from(node->next);
}

static xmlAttrPtr attribute_at(const csx_document *document, int32_t element, int32_t index) {
    xmlNodePtr node = csx_node(document, element);
    if (node == NULL || index < 0) return NULL;
    xmlAttrPtr attribute = node->properties;
    while (attribute != NULL && index > 0) {
        attribute = attribute->next;
        index--;
    }
    return attribute;
}

int32_t csx_attribute_count(const csx_document *document, int32_t element) {
    xmlNodePtr node = csx_node(document, element);
    int32_t count = 0;
    if (node == NULL) return 0;
    for (xmlAttrPtr attribute = node->properties; attribute != NULL; attribute = attribute->next) count++;
    return count;
}

const char *csx_attribute_name(const csx_document *document, int32_t element, int32_t index) {
    xmlAttrPtr attribute = attribute_at(document, element, index);
    return attribute == NULL ? "" : (const char *)attribute->name;
}

const char *csx_attribute_namespace(const csx_document *document, int32_t element, int32_t index) {
    xmlAttrPtr attribute = attribute_at(document, element, index);
    return attribute == NULL || attribute->ns == NULL ? NULL : (const char *)attribute->ns->href;
}

char *csx_attribute_value(const csx_document *document, int32_t element, int32_t index) {
    xmlAttrPtr attribute = attribute_at(document, element, index);
    return attribute == NULL ? NULL : (char *)xmlNodeGetContent((xmlNodePtr)attribute);
}

char *csx_attribute_named(const csx_document *document, int32_t element, const char *name) {
    xmlNodePtr node = csx_node(document, element);
    return node == NULL ? NULL : (char *)xmlGetNoNsProp(node, (const xmlChar *)name);
}
