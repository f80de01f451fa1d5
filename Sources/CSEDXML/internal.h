// SPDX-License-Identifier: EUPL-1.2
//
// What the C files of this target share. Swift never sees this header.

#ifndef CSEDXML_INTERNAL_H
#define CSEDXML_INTERNAL_H

#include "CSEDXML.h"
#include "arena.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlschemas.h>
#include <libxml/xmlschemastypes.h>
#include <stdatomic.h>

enum {
    /// A report that names a thousand faults helps nobody; beyond that only the count of layers matters.
    CSX_MAXIMUM_PROBLEMS = 1000,
    /// Our longest condition uses some hundred operations.
    CSX_XPATH_OPERATIONS = 1000000
};

typedef struct {
    int32_t code;
    int32_t element;
    int32_t line;
    int32_t column;
    char *message;
} csx_problem;

struct csx_problems {
    csx_problem *items;
    int32_t count;
    int32_t capacity;
    int32_t dropped;
    int32_t internal;
    /// The document the problems are about; only its nodes carry element numbers.
    const csx_document *document;
};

struct csx_document {
    xmlDocPtr tree;
    /// Holds all nodes of the tree.
    csx_arena arena;
    /// While it is parsed: the element that is open, and the length of the text that came last in it.
    xmlNodePtr current;
    size_t textLength;
    xmlNodePtr *nodes;
    int32_t count;
    int32_t capacity;
    int refused;
    /// Whether an attribute of the namespace of schema instances stands anywhere.
    int namesTypes;
};

typedef struct {
    char *name;
    char *bytes;
    size_t length;
} csx_source;

struct csx_sources {
    csx_source *items;
    int32_t count;
};

struct csx_schema {
    xmlSchemaPtr compiled;
    /// Set once; NULL until then.
    _Atomic(csx_acceptor *) acceptor;
};

/// Whether a text is certainly a value of a simple type; the tables are those of the value's acceptor.
int csx_value_accepts(const csx_simple_type *value, const csx_text_pattern *patterns, const uint16_t *moves, const char *texts,
                      const char *text);

/// Makes a parser build the tree of a document, in its arena.
void csx_build(csx_document *document, xmlParserCtxtPtr parser);
/// Frees the tree and its nodes.
void csx_tear_down(csx_document *document);
void csx_record_problem(void *context, xmlErrorPtr error);
int32_t csx_index_of(const xmlNode *node);
xmlNodePtr csx_node(const csx_document *document, int32_t element);
xmlParserInputPtr csx_refusing_loader(const char *url, const char *identifier, xmlParserCtxtPtr parser);

#endif
