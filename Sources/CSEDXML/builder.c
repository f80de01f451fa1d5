// SPDX-License-Identifier: EUPL-1.2
//
// Builds libxml2's tree from the events of its parser, as its own handlers would, with all nodes in one arena: most of
// their time goes to asking for and giving back each node. Only what documents without a document type declaration
// hold is built: elements, attributes, namespaces and texts. Nothing may be added to or taken from such a tree.

#include "internal.h"

#include <libxml/parserInternals.h>
#include <stdlib.h>
#include <string.h>

static void *cleared(csx_document *document, size_t size) {
    void *memory = csx_arena_take(&document->arena, size);
    if (memory != NULL) memset(memory, 0, size);
    return memory;
}

/// What is refused for want of memory is told by the missing number of elements, see csx_document_parse.
static void give_up(xmlParserCtxtPtr parser) {
    csx_document *document = parser->_private;
    document->refused = 1;
    xmlStopParser(parser);
}

// MARK: Texts

static xmlNodePtr new_text(csx_document *document, const xmlChar *bytes, size_t length) {
    xmlNodePtr node = cleared(document, sizeof(xmlNode));
    xmlChar *content = csx_arena_take(&document->arena, length + 1);
    if (node == NULL || content == NULL) return NULL;
    memcpy(content, bytes, length);
    content[length] = 0;
    node->type = XML_TEXT_NODE;
    node->name = xmlStringText;
    node->doc = document->tree;
    node->content = content;
    return node;
}

static void append_child(xmlNodePtr parent, xmlNodePtr node) {
    node->parent = parent;
    node->prev = parent->last;
    if (parent->last == NULL) parent->children = node;
    else parent->last->next = node;
    parent->last = node;
}

static void characters(void *context, const xmlChar *bytes, int count) {
    xmlParserCtxtPtr parser = context;
    csx_document *document = parser->_private;
    xmlNodePtr parent = document->current;
    if (parent == NULL || count <= 0) return;
    size_t length = (size_t)count;
    xmlNodePtr last = parent->last;
    if (last == NULL || last->type != XML_TEXT_NODE) {
        xmlNodePtr node = new_text(document, bytes, length);
        if (node == NULL) return give_up(parser);
        document->textLength = length;
        return append_child(parent, node);
    }
    // References, CDATA sections and the windows of the parser cut a text that is one.
    size_t before = document->textLength;
    xmlChar *content = csx_arena_grow(&document->arena, last->content, before + 1, before + length + 1);
    if (content == NULL) return give_up(parser);
    memcpy(content + before, bytes, length);
    content[before + length] = 0;
    last->content = content;
    document->textLength = before + length;
}

// MARK: Namespaces

/// Names come from one dictionary, so equal ones have one address.
static xmlNsPtr namespace_of(const csx_document *document, xmlNodePtr node, const xmlChar *prefix) {
    for (xmlNodePtr at = node; at != NULL && at->type == XML_ELEMENT_NODE; at = at->parent) {
        for (xmlNsPtr space = at->nsDef; space != NULL; space = space->next) {
            if (space->prefix == prefix && space->href != NULL) return space;
        }
    }
    // The prefix xml is declared nowhere.
    return prefix == NULL ? NULL : xmlSearchNs(document->tree, node, prefix);
}

static int declare(csx_document *document, xmlNodePtr node, int count, const xmlChar **namespaces) {
    xmlNsPtr *end = &node->nsDef;
    for (int i = 0; i < count; i++) {
        if (namespaces[2 * i] != NULL && xmlStrEqual(namespaces[2 * i], BAD_CAST "xml")) continue;
        xmlNsPtr space = cleared(document, sizeof(xmlNs));
        if (space == NULL) return 0;
        space->type = XML_NAMESPACE_DECL;
        space->prefix = namespaces[2 * i];
        space->href = namespaces[2 * i + 1];
        space->context = document->tree;
        *end = space;
        end = &space->next;
    }
    return 1;
}

// MARK: Attributes

/// The parser leaves one kind of reference in a value, that of the ampersand.
static void put_ampersands(xmlChar *content, size_t length) {
    const xmlChar *first = memchr(content, '&', length);
    if (first == NULL) return;
    size_t kept = (size_t)(first - content);
    for (size_t i = kept; i < length; kept++) {
        int isReference = length - i >= 5 && memcmp(content + i, "&#38;", 5) == 0;
        content[kept] = content[i];
        i += isReference ? 5 : 1;
    }
    content[kept] = 0;
}

static int add_attributes(csx_document *document, xmlNodePtr node, int count, const xmlChar **attributes) {
    xmlAttrPtr last = NULL;
    for (int i = 0; i < count; i++, attributes += 5) {
        const xmlChar *prefix = attributes[1], *value = attributes[3];
        xmlAttrPtr attribute = cleared(document, sizeof(xmlAttr));
        xmlNodePtr text = new_text(document, value, (size_t)(attributes[4] - value));
        if (attribute == NULL || text == NULL || csx_names_note(&document->names, attributes[0]) < 0) return 0;
        put_ampersands(text->content, (size_t)(attributes[4] - value));
        attribute->type = XML_ATTRIBUTE_NODE;
        attribute->name = attributes[0];
        attribute->parent = node;
        attribute->doc = document->tree;
        if (prefix != NULL) {
            attribute->ns = namespace_of(document, node, prefix);
            document->namesTypes |= xmlStrEqual(attributes[2], BAD_CAST "http://www.w3.org/2001/XMLSchema-instance");
        }
        attribute->children = attribute->last = text;
        text->parent = (xmlNodePtr)attribute;
        attribute->prev = last;
        if (last == NULL) node->properties = attribute;
        else last->next = attribute;
        last = attribute;
    }
    return 1;
}

// MARK: Elements

/// The first place in some memory where a line of the cache begins.
static csx_element *aligned(void *memory) {
    uintptr_t line = sizeof(csx_element);
    return (csx_element *)(((uintptr_t)memory + line - 1) / line * line);
}

/// 0 when memory is short. Memory that is made larger stays where it is when there is much of it; new memory would stand
/// beside the old one for a while.
static int enlarge(csx_document *document) {
    int32_t capacity = document->capacity == 0 ? 256 : document->capacity * 2;
    ptrdiff_t start = (char *)document->elements - (char *)document->table;
    void *larger = realloc(document->table, ((size_t)capacity + 1) * sizeof(csx_element));
    if (larger == NULL) return 0;
    document->table = larger;
    document->elements = aligned(larger);
    document->capacity = capacity;
    if (document->count > 0 && (char *)document->elements != (char *)larger + start) {
        memmove(document->elements, (char *)larger + start, (size_t)document->count * sizeof(csx_element));
    }
    return 1;
}

/// Numbers an element; 0 when memory is short.
static int number(csx_document *document, xmlNodePtr node) {
    if (document->count == document->capacity && !enlarge(document)) return 0;
    int32_t nameNumber = csx_names_note(&document->names, node->name);
    if (nameNumber < 0) return 0;
    csx_element *element = &document->elements[document->count++];
    element->name = node->name;
    element->nameNumber = (int16_t)nameNumber;
    element->node = node;
    element->parent = document->current == NULL ? -1 : csx_index_of(document->current);
    node->_private = (void *)(intptr_t)document->count;
    return 1;
}

/// Notes what is inside an element that ends.
static void finish(csx_document *document, xmlNodePtr node) {
    csx_element *element = &document->elements[csx_index_of(node)];
    xmlNodePtr only = node->children;
    element->end = document->count;
    element->hasNamespace = node->ns != NULL;
    element->length = -1;
    if (only == NULL) {
        element->length = 0;
        element->text.bytes[0] = '\0';
    } else if (only == node->last && only->type == XML_TEXT_NODE) {
        // No other text can have come behind it.
        element->length = (int32_t)document->textLength;
        if (element->length < CSX_SHORT_TEXT) memcpy(element->text.bytes, only->content, document->textLength + 1);
        else element->text.place = (const char *)only->content;
    }
}

static void start_element(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                          int namespaceCount, const xmlChar **namespaces, int attributeCount, int defaultedCount,
                          const xmlChar **attributes) {
    (void)defaultedCount;
    xmlParserCtxtPtr parser = context;
    csx_document *document = parser->_private;
    document->tree = parser->myDoc;
    xmlNodePtr node = cleared(document, sizeof(xmlNode));
    if (node == NULL || document->tree == NULL) return give_up(parser);
    node->type = XML_ELEMENT_NODE;
    node->name = name;
    if (!number(document, node)) return give_up(parser);
    node->doc = document->tree;
    int line = parser->input == NULL ? 0 : parser->input->line;
    node->line = (unsigned short)(line < UINT16_MAX ? line : UINT16_MAX);
    append_child(document->current == NULL ? (xmlNodePtr)document->tree : document->current, node);
    if (!declare(document, node, namespaceCount, namespaces)) return give_up(parser);
    if (uri != NULL) node->ns = namespace_of(document, node, prefix);
    if (!add_attributes(document, node, attributeCount, attributes)) return give_up(parser);
    document->current = node;
}

static void end_element(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri) {
    (void)name, (void)prefix, (void)uri;
    xmlParserCtxtPtr parser = context;
    csx_document *document = parser->_private;
    if (document->current == NULL) return;
    finish(document, document->current);
    xmlNodePtr parent = document->current->parent;
    document->current = parent != NULL && parent->type == XML_ELEMENT_NODE ? parent : NULL;
}

// A document type declaration never reaches a tree: the lexical guard refuses it first, and this is the second lock.
static void refuse_subset(void *context, const xmlChar *name, const xmlChar *external, const xmlChar *system) {
    (void)name, (void)external, (void)system;
    give_up(context);
}

void csx_build(csx_document *document, xmlParserCtxtPtr parser) {
    parser->_private = document;
    parser->sax->startElementNs = start_element;
    parser->sax->endElementNs = end_element;
    // CDATA sections are text to every layer; as nodes of their own they only cost.
    parser->sax->characters = characters;
    parser->sax->ignorableWhitespace = characters;
    parser->sax->cdataBlock = characters;
    // No layer reads comments or instructions; in the tree they would only cost, and split texts.
    parser->sax->comment = NULL;
    parser->sax->processingInstruction = NULL;
    // Entities that are not declared make a document faulty, and none ever is.
    parser->sax->reference = NULL;
    parser->sax->internalSubset = refuse_subset;
    parser->sax->externalSubset = refuse_subset;
}

void csx_tear_down(csx_document *document) {
    if (document->tree != NULL) {
        // The nodes go with the arena.
        document->tree->children = document->tree->last = NULL;
        xmlFreeDoc(document->tree);
    }
    csx_arena_free(&document->arena);
}
