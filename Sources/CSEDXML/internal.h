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

/// The different names of a document, each found by its address in the dictionary and by its letters.
typedef struct {
    const xmlChar *text;
    uint32_t hash;
} csx_known_name;

enum {
    /// Real SEDs have some hundred. Names beyond are in no table and cost more; so nobody gains by names that collide.
    CSX_MOST_NAMES = 1024
};

typedef struct {
    csx_known_name *names;
    int32_t count;
    /// Places of names plus one, by address and by hash; a power of two of each.
    uint16_t *byAddress;
    uint16_t *byHash;
    uint32_t room;
} csx_known_names;

/// The place of a name, which is noted where it is new; CSX_MOST_NAMES where there is no room. -1 when memory is short.
int32_t csx_names_note(csx_known_names *names, const xmlChar *name);
/// NULL where the document has no such name.
const xmlChar *csx_names_find(const csx_document *document, const char *text, size_t length, uint32_t hash);
uint32_t csx_hash(const char *text, size_t length);

/// Texts of elements up to this length, with their end, lie in the table of elements.
enum { CSX_SHORT_TEXT = 32 };

/// What is asked most of an element. The elements of a document lie one behind the other in its order, each in one line
/// of the processor's cache, so that far more of them stay near than of libxml2's nodes, and no white space is between
/// them. The first one inside an element is the next, and behind the end of each is its sibling:
///
///     for (int32_t child = element + 1; child < elements[element].end; child = elements[child].end)
typedef struct {
    /// From the dictionary of the tree.
    const xmlChar *name;
    xmlNodePtr node;
    /// -1 for the document.
    int32_t parent;
    /// One more than the number of the last element inside it, or than its own.
    int32_t end;
    /// The place of its name among the document's.
    int16_t nameNumber;
    int16_t hasNamespace;
    /// Of its text in bytes; -1 where there are elements inside.
    int32_t length;
    union {
        char bytes[CSX_SHORT_TEXT];
        const char *place;
    } text;
} csx_element;

struct csx_document {
    xmlDocPtr tree;
    /// Holds all nodes of the tree.
    csx_arena arena;
    /// While it is parsed: the element that is open, and the length of the text that came last in it.
    xmlNodePtr current;
    size_t textLength;
    csx_element *elements;
    /// The memory of the elements.
    void *table;
    csx_known_names names;
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
// The number of an element lives in its node's _private field, plus one so that a node without number reads -1.
// libxml2 leaves the field to the application, and nothing else on our path uses it.
static inline int32_t csx_index_of(const xmlNode *node) { return (int32_t)(intptr_t)node->_private - 1; }
static inline int csx_has_element(const csx_document *document, int32_t element) {
    return element >= 0 && element < document->count;
}
/// The text of an element without elements inside.
static inline const char *csx_plain_text(const csx_element *element) {
    return element->length < CSX_SHORT_TEXT ? element->text.bytes : element->text.place;
}
xmlNodePtr csx_node(const csx_document *document, int32_t element);
xmlParserInputPtr csx_refusing_loader(const char *url, const char *identifier, xmlParserCtxtPtr parser);

#endif
