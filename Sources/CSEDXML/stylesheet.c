// SPDX-License-Identifier: EUPL-1.2
//
// Turns documents into pages. libxslt is loaded when the first page is asked for, as libexslt is (see xpath.c); so its
// few functions are declared here, as libxslt 1.1 has them.

#include "internal.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

typedef void *sheet_t;
typedef void *context_t;
typedef void *preferences_t;
typedef int (*check_t)(preferences_t, context_t, const char *);
typedef void (*report_t)(void *, const char *, ...);

enum { SECURITY_OPTIONS = 5 };

static struct {
    sheet_t (*parse)(xmlDocPtr);
    void (*free_sheet)(sheet_t);
    context_t (*new_context)(sheet_t, xmlDocPtr);
    void (*free_context)(context_t);
    xmlDocPtr (*apply)(sheet_t, xmlDocPtr, const char **, const char *, FILE *, context_t);
    int (*save)(xmlChar **, int *, xmlDocPtr, sheet_t);
    preferences_t (*new_preferences)(void);
    int (*set_preference)(preferences_t, int, check_t);
    int (*set_preferences)(preferences_t, context_t);
    check_t forbid;
    void (*set_report)(void *, report_t);
    preferences_t preferences;
    int is_loaded;
} xslt;

static pthread_once_t loading = PTHREAD_ONCE_INIT;

static void say_nothing(void *context, const char *message, ...) { (void)context, (void)message; }

static int find(void *library, const char *name, void *function) {
    *(void **)function = dlsym(library, name);
    return *(void **)function != NULL;
}

static void load(void) {
    void *library = dlopen("libxslt.so.1", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) return;
    int found = find(library, "xsltParseStylesheetDoc", &xslt.parse) &
                find(library, "xsltFreeStylesheet", &xslt.free_sheet) &
                find(library, "xsltNewTransformContext", &xslt.new_context) &
                find(library, "xsltFreeTransformContext", &xslt.free_context) &
                find(library, "xsltApplyStylesheetUser", &xslt.apply) &
                find(library, "xsltSaveResultToString", &xslt.save) &
                find(library, "xsltNewSecurityPrefs", &xslt.new_preferences) &
                find(library, "xsltSetSecurityPrefs", &xslt.set_preference) &
                find(library, "xsltSetCtxtSecurityPrefs", &xslt.set_preferences) &
                find(library, "xsltSecurityForbid", &xslt.forbid) &
                find(library, "xsltSetGenericErrorFunc", &xslt.set_report);
    if (!found) return;
    xslt.set_report(NULL, say_nothing);
    xslt.preferences = xslt.new_preferences();
    if (xslt.preferences == NULL) return;
    // Reading and writing files, folders and the network: a page is made of its document and nothing else.
    for (int option = 1; option <= SECURITY_OPTIONS; option++) {
        if (xslt.set_preference(xslt.preferences, option, xslt.forbid) != 0) return;
    }
    xslt.is_loaded = 1;
}

int csx_transform(const csx_document *sheet, const csx_document *document, char **text, int32_t *length) {
    *text = NULL;
    *length = 0;
    pthread_once(&loading, load);
    if (!xslt.is_loaded) return -1;
    // The compiled stylesheet owns its document, and a transformation may strip white space of the other one.
    xmlDocPtr rules = xmlCopyDoc(sheet->tree, 1);
    xmlDocPtr source = xmlCopyDoc(document->tree, 1);
    sheet_t compiled = rules == NULL ? NULL : xslt.parse(rules);
    if (compiled == NULL && rules != NULL) xmlFreeDoc(rules);
    context_t context = compiled == NULL || source == NULL ? NULL : xslt.new_context(compiled, source);
    int answer = 0;
    if (context != NULL && xslt.set_preferences(xslt.preferences, context) == 0) {
        xmlDocPtr page = xslt.apply(compiled, source, NULL, NULL, NULL, context);
        if (page != NULL) {
            xmlChar *bytes = NULL;
            int count = 0;
            if (xslt.save(&bytes, &count, page, compiled) == 0 && bytes != NULL) {
                *text = (char *)bytes;
                *length = count;
                answer = 1;
            }
            xmlFreeDoc(page);
        }
    }
    if (context != NULL) xslt.free_context(context);
    if (compiled != NULL) xslt.free_sheet(compiled);
    if (source != NULL) xmlFreeDoc(source);
    return answer;
}
