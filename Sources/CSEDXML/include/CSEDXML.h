// SPDX-License-Identifier: EUPL-1.2
//
// The only door to libxml2. No libxml2 name appears here: Debian builds libxml2 with ICU, whose headers contradict
// the ones inside Swift's Foundation (docs/adr/0001-c-shim.md). Elements are numbers in document order, so no pointer
// into a tree ever leaves the shim. Every function is safe to call from any thread as long as one document is used by
// one thread at a time; compiled schemas may be shared.

#ifndef CSEDXML_H
#define CSEDXML_H

#include <stddef.h>
#include <stdint.h>

typedef struct csx_document csx_document;
typedef struct csx_schema csx_schema;
typedef struct csx_sources csx_sources;
typedef struct csx_problems csx_problems;

/// Must run once before anything else; later calls do nothing.
void csx_initialise(void);

/// The libxml2 version that is loaded, such as "20914".
const char *csx_library_version(void);

// MARK: Problems, in the order in which libxml2 reported them

csx_problems *csx_problems_create(void);
void csx_problems_free(csx_problems *problems);
int32_t csx_problems_count(const csx_problems *problems);
/// libxml2's own error number.
int32_t csx_problem_code(const csx_problems *problems, int32_t index);
/// The element it concerns, or -1.
int32_t csx_problem_element(const csx_problems *problems, int32_t index);
/// The line libxml2 names, or 0; capped at 65,535 by the library.
int32_t csx_problem_line(const csx_problems *problems, int32_t index);
int32_t csx_problem_column(const csx_problems *problems, int32_t index);
/// libxml2's sentence. It may quote the document: never show it.
const char *csx_problem_message(const csx_problems *problems, int32_t index);
/// How many more problems there were than are kept.
int32_t csx_problems_dropped(const csx_problems *problems);
/// Whether libxml2 gave up for a reason of its own (memory, an internal error) rather than the document's.
int32_t csx_problems_internal(const csx_problems *problems);

// MARK: Bytes of documents

/// Whether all bytes are UTF-8.
int csx_is_utf8(const uint8_t *bytes, size_t length);
/// Moves a place, both numbers from 1 and the column in characters, over some bytes of UTF-8.
void csx_move_place(const uint8_t *bytes, size_t length, int64_t *line, int64_t *column);

// MARK: Documents

/// Parses without network, external entities or a document type declaration. NULL when the text is not well-formed.
csx_document *csx_document_parse(const uint8_t *bytes, size_t length, csx_problems *problems);
void csx_document_free(csx_document *document);
int32_t csx_element_count(const csx_document *document);

/// Returns 1 when any element has an attribute of the namespace http://www.w3.org/2001/XMLSchema-instance, else 0.
int csx_document_names_types(const csx_document *document);
const char *csx_element_name(const csx_document *document, int32_t element);
/// The namespace URI that a prefix stands for at an element, or the default one for NULL; NULL where there is none.
const char *csx_namespace_of_prefix(const csx_document *document, int32_t element, const char *prefix);
/// The namespace URI, or NULL.
const char *csx_element_namespace(const csx_document *document, int32_t element);
/// -1 for the root.
int32_t csx_element_parent(const csx_document *document, int32_t element);
/// -1 where there is none.
int32_t csx_element_first_child(const csx_document *document, int32_t element);
int32_t csx_element_next_sibling(const csx_document *document, int32_t element);
// Paths are local names with slashes between them, such as `Sender/Identifier`, of elements in any namespace; they need
// no end mark.

/// The element that a path leads to, by the first child of each name; or -1.
int32_t csx_element_at(const csx_document *document, int32_t element, const char *path, size_t length);
/// The elements on a path, in document order, as many of them as there is room for; their count.
int32_t csx_elements_at(const csx_document *document, int32_t element, const char *path, size_t length, int32_t *found,
                        int32_t room);
/// The next sibling element with the same local name, or -1.
int32_t csx_element_next_namesake(const csx_document *document, int32_t element);
/// The first element numbered `from` or more with this local name, or -1.
int32_t csx_element_named(const csx_document *document, int32_t from, const char *name);
/// Whether an element is another one or inside it.
int csx_element_is_within(const csx_document *document, int32_t element, int32_t other);
/// A simple XPath of local names from `top`, or from the root with -1, numbered where siblings share a name; the caller
/// frees it with csx_text_free. NULL when memory is short.
char *csx_element_path(const csx_document *document, int32_t element, int32_t top);
/// The text of an element that holds one piece of text and nothing else; it lives as long as the document. NULL for
/// any other element.
const char *csx_element_plain_text(const csx_document *document, int32_t element);
/// The text of the element and everything in it; the caller frees it with csx_text_free. NULL when memory is short.
char *csx_element_text(const csx_document *document, int32_t element);
void csx_text_free(char *text);
/// The text directly before the first child element / directly behind the element; both NULL where there is none, and
/// freed with csx_text_free.
char *csx_element_leading_text(const csx_document *document, int32_t element);
char *csx_element_trailing_text(const csx_document *document, int32_t element);
int32_t csx_attribute_count(const csx_document *document, int32_t element);
const char *csx_attribute_name(const csx_document *document, int32_t element, int32_t index);
/// NULL for an attribute in no namespace.
const char *csx_attribute_namespace(const csx_document *document, int32_t element, int32_t index);
char *csx_attribute_value(const csx_document *document, int32_t element, int32_t index);
/// The value of the attribute of this name in no namespace, or NULL; the caller frees it with csx_text_free.
char *csx_attribute_named(const csx_document *document, int32_t element, const char *name);

// MARK: Outlines: which elements of a kind of document bear a mark

/// A tree of branches; each has children by local name and perhaps a mark. Shared by threads once it is built.
typedef struct csx_outline csx_outline;

csx_outline *csx_outline_create(int32_t branches);
void csx_outline_free(csx_outline *outline);
/// Marks are 0 or more.
void csx_outline_mark(csx_outline *outline, int32_t branch, int32_t mark);
/// 0 when memory is short.
int csx_outline_add_child(csx_outline *outline, int32_t branch, const char *name, int32_t child);

/// Finds what bears a mark from `element` down, in document order and never inside another one; `branch` is the
/// element's own. Each find takes two numbers, element and mark, in `finds`, which the caller frees. The number of
/// finds, or -1 when memory is short.
int32_t csx_outline_find(const csx_outline *outline, const csx_document *document, int32_t element, int32_t branch,
                         int32_t **finds);
void csx_finds_free(int32_t *finds);

// MARK: Finders: which elements stand on one of many paths

typedef struct csx_finder csx_finder;

csx_finder *csx_finder_create(void);
void csx_finder_free(csx_finder *finder);
/// Adds a path of local names in no namespace, such as `Person/sex` or `Amounts/*`: right below the element that the
/// search begins at when `rooted`, else anywhere. Several may have one mark. 0 when memory is short or the path too long.
int csx_finder_add(csx_finder *finder, const char *path, int32_t rooted, int32_t mark);
/// Must be called once before the first search. 0 when memory is short.
int csx_finder_finish(csx_finder *finder);
/// Finds what stands on a path, each mark's elements once and in document order: in `finds`, which the caller frees with
/// csx_finds_free, first where those of each mark begin, then where the last ones end, then the elements. 0 when memory
/// is short. May be used by several threads.
int csx_finder_find(const csx_finder *finder, const csx_document *document, int32_t top, int32_t **finds);
/// One more than the highest mark.
int32_t csx_finder_marks(const csx_finder *finder);

// MARK: Schemas

/// Texts by name; a schema is compiled from these alone, imports included.
csx_sources *csx_sources_create(void);
void csx_sources_free(csx_sources *sources);
void csx_sources_add(csx_sources *sources, const char *name, const uint8_t *bytes, size_t length);

/// NULL when the schema does not compile; `problems` then says why.
csx_schema *csx_schema_compile(const csx_sources *sources, const char *name, csx_problems *problems);
void csx_schema_free(csx_schema *schema);

// MARK: Acceptors: tables by which most valid documents are known to be valid without libxml2

typedef struct csx_acceptor csx_acceptor;

// Places of texts are offsets of NUL-terminated UTF-8 among the texts of the tables.

enum {
    /// In place of a step's name: an element of any name, in any namespace / in the step's / in any but the step's and
    /// not in none.
    CSX_ANY_NAME = -1,
    CSX_ANY_NAME_WITHIN = -2,
    CSX_ANY_NAME_OUTSIDE = -3,
    /// In place of a step's namespace.
    CSX_NO_SPACE = -1,
    /// In place of a step's type: nothing about the element is looked at.
    CSX_SKIPPED = -1
};

/// An element that may come next, its type, and the state that it leads to.
typedef struct {
    int32_t name;
    int32_t space;
    int32_t type;
    int32_t state;
} csx_content_step;

/// A place in the content of an element; no two of its steps take the same element.
typedef struct {
    int32_t steps;
    int32_t count;
    int32_t isFinal;
} csx_content_state;

/// An attribute in no namespace.
typedef struct {
    int32_t name;
    int32_t value;
    int32_t isRequired;
} csx_attribute_use;

enum {
    CSX_CONTENT_UNKNOWN = 0,
    /// `first` is the number of a value.
    CSX_CONTENT_VALUE = 1,
    CSX_CONTENT_EMPTY = 2,
    /// `first` is the state to begin with.
    CSX_CONTENT_SEQUENCE = 3,
    /// `first` is the only state; each of its steps, 64 at most, is taken once, and must be where its own `state` is 1.
    CSX_CONTENT_ALL = 4
};

/// The type of an element.
typedef struct {
    int32_t content;
    int32_t first;
    int32_t attributes;
    int32_t attributeCount;
    int32_t requiredCount;
    /// Whether attributes in no namespace that are not declared may have any value.
    int32_t takesAnyAttribute;
} csx_element_type;

enum {
    CSX_VALUE_TEXT = 0,
    /// A text without blanks that would be collapsed.
    CSX_VALUE_TOKEN = 1,
    CSX_VALUE_BOOLEAN = 2,
    CSX_VALUE_WHOLE = 3,
    CSX_VALUE_DECIMAL = 4,
    CSX_VALUE_DATE = 5,
    CSX_VALUE_DATE_TIME = 6
};

/// A simple type.
typedef struct {
    int32_t kind;
    /// In characters; INT32_MAX for no limit.
    int32_t minLength;
    int32_t maxLength;
    /// Of a whole number.
    int32_t minimum;
    int32_t maximum;
    /// All of them must match.
    int32_t patterns;
    int32_t patternCount;
    /// The texts it may have, one behind the other; any with a count of 0.
    int32_t words;
    int32_t wordCount;
} csx_simple_type;

/// A deterministic automaton over ASCII: state 1 begins, a move to 0 fails, a move by NUL to anything else succeeds.
typedef struct {
    int32_t moves;
    int32_t columns;
    uint8_t column[128];
} csx_text_pattern;

typedef struct {
    const csx_element_type *types;
    int32_t typesCount;
    const csx_content_state *states;
    int32_t statesCount;
    const csx_content_step *steps;
    int32_t stepsCount;
    const csx_attribute_use *attributes;
    int32_t attributesCount;
    const csx_simple_type *values;
    int32_t valuesCount;
    const csx_text_pattern *patterns;
    int32_t patternsCount;
    const uint16_t *moves;
    int32_t movesCount;
    const char *texts;
    int32_t textsCount;
    /// The elements that a document may begin with; their states mean nothing.
    const csx_content_step *roots;
    int32_t rootsCount;
} csx_tables;

/// Copies the tables, whose numbers must all lie within them. NULL when memory is short.
csx_acceptor *csx_acceptor_create(const csx_tables *tables);
void csx_acceptor_free(csx_acceptor *acceptor);
/// 1 when the element and all below it are certainly valid, 0 when that is not known.
int csx_acceptor_accepts(const csx_acceptor *acceptor, const csx_document *document, int32_t element);

/// Gives a schema its acceptor, which is freed with it. May be called once, while other threads validate.
void csx_schema_adopt(csx_schema *schema, csx_acceptor *acceptor);
/// As csx_acceptor_accepts; -1 when the schema has no acceptor yet.
int csx_schema_accepts(const csx_schema *schema, const csx_document *document, int32_t element);

/// Validates one element and what is below it. 0 valid, 1 not valid, -1 could not be decided.
int32_t csx_schema_validate(const csx_schema *schema, const csx_document *document, int32_t element,
                            csx_problems *problems);

// MARK: XPath 1.0

/// Evaluates an expression as a Boolean with `element` as context. 1 true, 0 false, -1 not evaluable.
int32_t csx_xpath_test(const csx_document *document, int32_t element, const char *expression);

// MARK: XPath 1.0 for rules: compiled once, evaluated on one document after another, by one thread at a time

typedef struct csx_evaluator csx_evaluator;
/// What a function answers; set by one of the csx_answer_ functions.
typedef struct csx_answer csx_answer;

/// One argument of a function: the texts of the nodes of a node set, or one text of anything else.
typedef struct {
    int32_t count;
    char **texts;
} csx_argument;

/// A function of ours, by its place among the names offered. 0 when it cannot answer, which fails the expression.
typedef int32_t (*csx_call)(void *owner, int32_t function, const csx_argument *arguments, int32_t count,
                            csx_answer *answer);

/// `isForeign` leaves every expression to libxml2; else only those that are not of the simple kind that rules use.
csx_evaluator *csx_evaluator_create(int32_t isForeign);
void csx_evaluator_free(csx_evaluator *evaluator);
/// 0 when memory is short, as in the two functions below.
int csx_evaluator_declare(csx_evaluator *evaluator, const char *prefix, const char *uri);
/// What a function answers: one kind of value each time, or any.
enum { CSX_ANSWERS_BOOLEAN, CSX_ANSWERS_NUMBER, CSX_ANSWERS_TEXT, CSX_ANSWERS_ANY };

/// Offers functions under a namespace, by names with a blank between them, and current() without one. May be called
/// once. `answers` tells for each what it answers. On one document a function answers the same for the same arguments;
/// one that is `lasting` does so on all. Those of functions.c are called only for expressions of libxml2's.
int csx_evaluator_offer(csx_evaluator *evaluator, const char *uri, const char *names, const int32_t *answers,
                        const uint8_t *lasting, csx_call call, void *owner);
/// Offers one module of EXSLT under a prefix by the name of libexslt's registering function. 0 when libexslt is absent.
int csx_evaluator_offer_exslt(csx_evaluator *evaluator, const char *prefix, const char *registrar);
/// Whether a function of this name exists; `uri` is NULL for those of XPath itself.
int csx_evaluator_knows(const csx_evaluator *evaluator, const char *uri, const char *name);
/// The number of the expression, or -1 when it does not compile.
int32_t csx_evaluator_compile(csx_evaluator *evaluator, const char *expression);
/// Whether it is evaluated without libxml2.
int csx_evaluator_is_simple(const csx_evaluator *evaluator, int32_t expression);

/// UTF-8 without an end mark and without NUL.
void csx_answer_text(csx_answer *answer, const uint8_t *bytes, size_t length);
void csx_answer_number(csx_answer *answer, double number);
void csx_answer_boolean(csx_answer *answer, int32_t boolean);

/// Nodes are numbers: an element's is its own, the document's is -1, an attribute's is below that.
void csx_evaluator_begin(csx_evaluator *evaluator, const csx_document *document);
void csx_evaluator_end(csx_evaluator *evaluator);
/// Whether the expressions have done more on the document than is allowed; nothing is evaluated on it any more.
int csx_evaluator_is_exhausted(const csx_evaluator *evaluator);
/// Sets the node that current() answers.
void csx_evaluator_stand_at(csx_evaluator *evaluator, int32_t node);
/// 1 true, 0 false, -1 not evaluable.
int32_t csx_evaluate_boolean(csx_evaluator *evaluator, int32_t expression, int32_t node);
/// NULL when not evaluable; lives until the next evaluation.
const char *csx_evaluate_text(csx_evaluator *evaluator, int32_t expression, int32_t node);
/// The count of nodes, in no order in `numbers`, which live until the next evaluation; -1 not evaluable, -2 something
/// other than nodes.
int32_t csx_evaluate_nodes(csx_evaluator *evaluator, int32_t expression, int32_t node, const int32_t **numbers);
/// The number of a variable that an expression is a value of; expressions compiled later know what kind of value it is.
/// -1 when memory is short.
int32_t csx_evaluator_variable(csx_evaluator *evaluator, const char *name, int32_t expression);
/// Evaluates every variable where it is set. Otherwise one that cannot ask for the nodes of something else has its value
/// when an expression first uses it.
void csx_evaluator_hurry(csx_evaluator *evaluator);
/// Keeps the value as a variable until the document ends or it is set again. 0 done, -1 not evaluable.
int32_t csx_evaluate_variable(csx_evaluator *evaluator, int32_t expression, int32_t node, int32_t variable);

// MARK: Rules: what is asked of one node after the other

/// Which of the nodes is judged, and which of its checks is next.
typedef struct {
    int32_t node;
    int32_t check;
} csx_judging;

/// The number of a rule: pairs of a variable and the expression that gives it its value, then pairs of an expression and
/// the answer, 0 or 1, with which it fires. -1 when memory is short.
int32_t csx_evaluator_rule(csx_evaluator *evaluator, const int32_t *variables, int32_t variable_count,
                           const int32_t *checks, int32_t check_count);
/// Begins a pattern, in which each element is judged by the first rule that is asked about it.
void csx_begin_pattern(csx_evaluator *evaluator);
/// Judges nodes by a rule until a check fires; with `at` as it was left, and the variables as they are then, the next
/// call goes on behind it. Those that were judged in this pattern are passed over. 1 when a check has fired, the one
/// before `at->check`; 0 when all are judged; -1 when the check cannot be evaluated, -2 when a variable cannot.
int32_t csx_judge(csx_evaluator *evaluator, int32_t rule, const int32_t *nodes, int32_t count, csx_judging *at);

// MARK: Pages

/// Applies a stylesheet, which may read nothing but the document. 1 done, 0 not transformable, -1 libxslt is absent.
///
/// The text is `length` bytes of UTF-8 and is freed by csx_text_free.
int csx_transform(const csx_document *sheet, const csx_document *document, char **text, int32_t *length);

#endif
