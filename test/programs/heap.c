/* malloc, realloc, calloc, free in many sizes; qsort and bsearch; a hash table; big mappings. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t state = 42;
static uint32_t next(void) { return (state = state * 1103515245 + 12345) >> 8; }
static int ascending(const void *a, const void *b) { int x = *(const int *)a, y = *(const int *)b; return (x > y) - (x < y); }
static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

struct entry { struct entry *next; char *key; int count; };
static struct entry *buckets[97];

static struct entry *find(const char *key)
{
    unsigned hash = 5381;
    for (const char *c = key; *c; c++)
        hash = hash * 33 ^ (unsigned char)*c;
    struct entry **at = &buckets[hash % 97];
    while (*at && strcmp((*at)->key, key))
        at = &(*at)->next;
    if (!*at) {
        *at = calloc(1, sizeof **at);
        (*at)->key = strdup(key);
    }
    return *at;
}

int main(void)
{
    enum { SLOTS = 100 };
    unsigned char *slots[SLOTS] = { 0 };
    size_t sizes[SLOTS] = { 0 };
    uint64_t sum = 0;
    for (int round = 0; round < 3000; round++) {
        int i = next() % SLOTS;
        size_t size = next() % (round % 50 ? 300 : 200000);
        for (size_t at = 0; at < sizes[i]; at += 97)
            sum += slots[i][at];
        if (next() % 3 == 0) {
            free(slots[i]);
            slots[i] = NULL;
            size = 0;
        } else if ((slots[i] = realloc(slots[i], size + 1)) == NULL)
            return 1;
        else if (size > sizes[i])
            memset(slots[i] + sizes[i], round, size - sizes[i]);
        sizes[i] = size;
    }
    printf("%llu\n", (unsigned long long)sum);
    int numbers[1000];
    for (int i = 0; i < 1000; i++)
        numbers[i] = (int)next() - 5000000;
    qsort(numbers, 1000, sizeof *numbers, ascending);
    int wanted = numbers[777];
    printf("%d %d %d %td\n", numbers[0], numbers[500], numbers[999], (int *)bsearch(&wanted, numbers, 1000, sizeof *numbers, ascending) - numbers);
    char *words[50];
    for (int i = 0; i < 50; i++) {
        char text[20];
        snprintf(text, sizeof text, "w%u", next() % 30);
        words[i] = strdup(text);
        find(text)->count++;
    }
    qsort(words, 50, sizeof *words, by_text);
    for (int i = 0; i < 50; i++)
        if (i == 0 || strcmp(words[i], words[i - 1]))
            printf("%s=%d ", words[i], find(words[i])->count);
    printf("\n");
    double *large = calloc(300000, sizeof *large);
    for (int i = 0; i < 300000; i++)
        large[i] = i * 0.5;
    double total = 0;
    for (int i = 0; i < 300000; i++)
        total += large[i];
    printf("%.1f\n", total);
    free(large);
    return 0;
}
