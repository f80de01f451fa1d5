// SPDX-License-Identifier: EUPL-1.2
//
// What the C files of this target share. Swift never sees this header.

#ifndef CSEDXML_INTERNAL_H
#define CSEDXML_INTERNAL_H

#include "CSEDXML.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlschemas.h>
#include <libxml/xmlschemastypes.h>

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
    xmlNodePtr *nodes;
    int32_t count;
    int32_t capacity;
    int refused;
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
};

void csx_record_problem(void *context, xmlErrorPtr error);
int32_t csx_index_of(const xmlNode *node);
xmlNodePtr csx_node(const csx_document *document, int32_t element);
xmlParserInputPtr csx_refusing_loader(const char *url, const char *identifier, xmlParserCtxtPtr parser);

#endif
