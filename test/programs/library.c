/* What C libraries are asked for: regular expressions, dates, wide characters, scanning, searching trees, errors. */
#define _GNU_SOURCE
#include <errno.h>
#include <locale.h>
#include <regex.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <wchar.h>
#include <wctype.h>

static int by_text(const void *a, const void *b) { return strcmp(a, b); }
static void visit(const void *node, VISIT order, int depth)
{
    if (order == postorder || order == leaf)
        printf("%s(%d) ", *(char *const *)node, depth);
}

int main(void)
{
    regex_t pattern;
    regmatch_t matches[4];
    static const char *lines[] = { "key=value", "  name = some text ", "=none", "x1=-12.5e3" };
    if (regcomp(&pattern, "^[[:space:]]*([a-z][a-z0-9]*)[[:space:]]*=[[:space:]]*(.*[^[:space:]])", REG_EXTENDED))
        return 1;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        if (regexec(&pattern, lines[i], 4, matches, 0) == 0)
            printf("<%.*s> <%.*s>\n", (int)(matches[1].rm_eo - matches[1].rm_so), lines[i] + matches[1].rm_so,
                   (int)(matches[2].rm_eo - matches[2].rm_so), lines[i] + matches[2].rm_so);
        else
            printf("no match in '%s'\n", lines[i]);
    }
    regfree(&pattern);
    for (time_t t = 0; t < 4000000000; t = t * 3 + 86399) {
        char text[80];
        struct tm tm;
        gmtime_r(&t, &tm);
        strftime(text, sizeof text, "%A %Y-%m-%dT%H:%M:%SZ day %j week %U", &tm);
        printf("%ld %s %d\n", (long)t, text, timegm(&tm) == t);
    }
    int n, count;
    float f;
    double d;
    char word[20], set[20];
    count = sscanf("42 3.5 1e-3 hello [abc] 0x1f", "%d %f %lf %19s [%19[a-c]] %i", &n, &f, &d, word, set, &n);
    printf("%d %d %g %g %s %s\n", count, n, f, d, word, set);
    wchar_t wide[32];
    swprintf(wide, 32, L"%ls %d", L"wide", 7);
    for (wchar_t *w = wide; *w; w++)
        *w = towupper(*w);
    printf("%ls %zu\n", wide, wcslen(wide));
    void *root = NULL;
    static char names[][8] = { "pear", "apple", "fig", "plum", "cherry", "apple", "date" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        tsearch(names[i], &root, by_text);
    twalk(root, visit);
    printf("\n");
    errno = 0;
    if (strtol("99999999999999999999", NULL, 10) && errno)
        printf("%s; %s; %s\n", strerror(errno), strerror(ENOENT), strsignal(11));
    char *pages = mmap(NULL, 3 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED)
        return 2;
    for (int i = 0; i < 3 << 20; i += 65536)
        pages[i] = i >> 16;
    pages = mremap(pages, 3 << 20, 5 << 20, MREMAP_MAYMOVE);
    printf("%d %d %d\n", pages[0], pages[17 << 16], pages[(5 << 20) - 1]);
    char *out = NULL;
    size_t size;
    FILE *stream = open_memstream(&out, &size);
    for (int i = 0; i < 300; i++)
        fprintf(stream, "%x,", i * i);
    fclose(stream);
    printf("%zu %.40s\n", size, out + 600);
    return !munmap(pages, 5 << 20) ? 0 : 3;
}
