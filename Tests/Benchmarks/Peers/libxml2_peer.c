// SPDX-License-Identifier: EUPL-1.2
//
// What libxml2 costs without anything of ours: parse to a tree and validate, the schema compiled once, a new
// validation context for each document. Protocol: docs/benchmarks.md.
//
//     libxml2_peer SCHEMA DOCUMENT

#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static xmlSchemaPtr schema;
static char *text;
static long length;

typedef struct {
    double seconds;
    long documents;
} work;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int validate(void) {
    xmlDocPtr document = xmlReadMemory(text, (int)length, "document.xml", NULL, XML_PARSE_NONET | XML_PARSE_COMPACT);
    if (document == NULL) return -1;
    xmlSchemaValidCtxtPtr context = xmlSchemaNewValidCtxt(schema);
    int answer = context == NULL ? -1 : xmlSchemaValidateDoc(context, document);
    xmlSchemaFreeValidCtxt(context);
    xmlFreeDoc(document);
    return answer;
}

static void *run(void *argument) {
    work *part = argument;
    double end = now() + part->seconds;
    part->documents = 0;
    do {
        if (validate() != 0) exit(3);
        part->documents++;
    } while (now() < end);
    return NULL;
}

int main(int count, char **arguments) {
    if (count != 3) return 2;
    xmlInitParser();
    xmlSchemaParserCtxtPtr parser = xmlSchemaNewParserCtxt(arguments[1]);
    schema = parser == NULL ? NULL : xmlSchemaParse(parser);
    FILE *file = fopen(arguments[2], "rb");
    if (schema == NULL || file == NULL) return 2;
    xmlSchemaFreeParserCtxt(parser);
    fseek(file, 0, SEEK_END);
    length = ftell(file);
    rewind(file);
    text = malloc((size_t)length);
    if (text == NULL || fread(text, 1, (size_t)length, file) != (size_t)length) return 2;
    fclose(file);
    int threads;
    double seconds;
    while (scanf("%d %lf", &threads, &seconds) == 2) {
        if (threads < 1 || threads > 64) return 2;
        pthread_t ids[64];
        work parts[64];
        double start = now();
        for (int i = 0; i < threads; i++) {
            parts[i].seconds = seconds;
            pthread_create(&ids[i], NULL, run, &parts[i]);
        }
        long documents = 0;
        for (int i = 0; i < threads; i++) {
            pthread_join(ids[i], NULL);
            documents += parts[i].documents;
        }
        printf("%.3f\n", (double)documents / (now() - start));
        fflush(stdout);
    }
    return 0;
}
