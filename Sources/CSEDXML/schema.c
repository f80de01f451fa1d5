// SPDX-License-Identifier: EUPL-1.2

#include "internal.h"

#include <libxml/parserInternals.h>
#include <stdlib.h>
#include <string.h>

// MARK: Sources

csx_sources *csx_sources_create(void) { return calloc(1, sizeof(csx_sources)); }

void csx_sources_free(csx_sources *sources) {
    if (sources == NULL) return;
    for (int32_t i = 0; i < sources->count; i++) {
        free(sources->items[i].name);
        free(sources->items[i].bytes);
    }
    free(sources->items);
    free(sources);
}

void csx_sources_add(csx_sources *sources, const char *name, const uint8_t *bytes, size_t length) {
    if (length > INT32_MAX) return;
    csx_source *items = realloc(sources->items, (size_t)(sources->count + 1) * sizeof(csx_source));
    if (items == NULL) return;
    sources->items = items;
    csx_source source = {strdup(name), malloc(length + 1), length};
    if (source.name == NULL || source.bytes == NULL) {
        free(source.name);
        free(source.bytes);
        return;
    }
    memcpy(source.bytes, bytes, length);
    source.bytes[length] = 0;
    items[sources->count++] = source;
}

static const csx_source *find_source(const csx_sources *sources, const char *name) {
    for (int32_t i = 0; i < sources->count; i++) {
        if (strcmp(sources->items[i].name, name) == 0) return &sources->items[i];
    }
    return NULL;
}

// MARK: The loader

// The loader is global to libxml2, so what it may answer from is a property of the thread that compiles.
static _Thread_local const csx_sources *allowed_sources = NULL;

/// Answers from the sources of the running compilation, and refuses everything else: no file, no network, ever.
xmlParserInputPtr csx_refusing_loader(const char *url, const char *identifier, xmlParserCtxtPtr parser) {
    (void)identifier;
    if (allowed_sources == NULL || url == NULL) return NULL;
    const csx_source *source = find_source(allowed_sources, url);
    if (source == NULL) return NULL;
    xmlParserInputBufferPtr buffer =
        xmlParserInputBufferCreateMem(source->bytes, (int)source->length, XML_CHAR_ENCODING_NONE);
    if (buffer == NULL) return NULL;
    xmlParserInputPtr input = xmlNewIOInputStream(parser, buffer, XML_CHAR_ENCODING_NONE);
    if (input == NULL) {
        xmlFreeParserInputBuffer(buffer);
        return NULL;
    }
    input->filename = (char *)xmlStrdup((const xmlChar *)url);
    return input;
}

// MARK: Compilation and validation

csx_schema *csx_schema_compile(const csx_sources *sources, const char *name, csx_problems *problems) {
    csx_initialise();
    csx_schema *schema = calloc(1, sizeof(csx_schema));
    if (schema == NULL || find_source(sources, name) == NULL) {
        free(schema);
        return NULL;
    }
    allowed_sources = sources;
    xmlSetStructuredErrorFunc(problems, csx_record_problem);
    xmlSchemaParserCtxtPtr parser = xmlSchemaNewParserCtxt(name);
    if (parser != NULL) {
        xmlSchemaSetParserStructuredErrors(parser, csx_record_problem, problems);
        schema->compiled = xmlSchemaParse(parser);
        xmlSchemaFreeParserCtxt(parser);
    }
    xmlSetStructuredErrorFunc(NULL, NULL);
    allowed_sources = NULL;
    if (schema->compiled == NULL) {
        free(schema);
        return NULL;
    }
    return schema;
}

void csx_schema_free(csx_schema *schema) {
    if (schema == NULL) return;
    xmlSchemaFree(schema->compiled);
    csx_acceptor_free(schema->acceptor);
    free(schema);
}

void csx_schema_adopt(csx_schema *schema, csx_acceptor *acceptor) {
    atomic_store_explicit(&schema->acceptor, acceptor, memory_order_release);
}

int csx_schema_accepts(const csx_schema *schema, const csx_document *document, int32_t element) {
    const csx_acceptor *acceptor = atomic_load_explicit(&schema->acceptor, memory_order_acquire);
    return acceptor == NULL ? -1 : csx_acceptor_accepts(acceptor, document, element);
}

int32_t csx_schema_validate(const csx_schema *schema, const csx_document *document, int32_t element,
                            csx_problems *problems) {
    xmlNodePtr node = csx_node(document, element);
    if (node == NULL) return -1;
    xmlSchemaValidCtxtPtr context = xmlSchemaNewValidCtxt(schema->compiled);
    if (context == NULL) return -1;
    problems->document = document;
    xmlSchemaSetValidStructuredErrors(context, csx_record_problem, problems);
    int answer = xmlSchemaValidateOneElement(context, node);
    xmlSchemaFreeValidCtxt(context);
    problems->document = NULL;
    if (answer < 0 || problems->internal) return -1;
    return answer == 0 ? 0 : 1;
}
