/* A mix as benchmarks for controllers have it: lists, matrices, a state machine, sorting through function pointers. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct item { struct item *next; int16_t key, value; };

static uint32_t state = 7;
static uint32_t next(void) { return state = state * 1664525 + 1013904223; }

static struct item *merge(struct item *a, struct item *b, int (*order)(const struct item *, const struct item *))
{
    struct item head, *tail = &head;
    while (a && b) {
        struct item **least = order(a, b) <= 0 ? &a : &b;
        tail = tail->next = *least;
        *least = (*least)->next;
    }
    tail->next = a ? a : b;
    return head.next;
}

static struct item *sort(struct item *list, int (*order)(const struct item *, const struct item *))
{
    struct item *slow = list, *fast = list, *second;
    if (!list || !list->next)
        return list;
    while (fast->next && fast->next->next)
        slow = slow->next, fast = fast->next->next;
    second = slow->next;
    slow->next = NULL;
    return merge(sort(list, order), sort(second, order), order);
}

static int by_key(const struct item *a, const struct item *b) { return a->key - b->key; }
static int by_value(const struct item *a, const struct item *b) { return a->value - b->value; }

static int64_t matrices(int n)
{
    static int32_t a[20][20], b[20][20];
    static int64_t c[20][20];
    int64_t sum = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            a[i][j] = (int16_t)next(), b[i][j] = (int16_t)next();
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            c[i][j] = 0;
            for (int l = 0; l < n; l++)
                c[i][j] += (int64_t)a[i][l] * b[l][j];
            sum += c[i][j] % (i + j + 1) - c[i][j] / 1000003;
        }
    return sum;
}

enum kind { START, INTEGER, FRACTION, EXPONENT, WORD, BAD, KINDS };

static void machine(const char *text, int counts[KINDS])
{
    enum kind kind = START;
    for (;; text++) {
        char c = *text;
        if (c == ',' || c == 0) {
            counts[kind]++;
            kind = START;
            if (c == 0)
                return;
            continue;
        }
        switch (kind) {
        case START: kind = c >= '0' && c <= '9' ? INTEGER : c == '.' ? FRACTION : c >= 'a' && c <= 'z' ? WORD : BAD; break;
        case INTEGER: kind = c >= '0' && c <= '9' ? INTEGER : c == '.' ? FRACTION : c == 'e' ? EXPONENT : BAD; break;
        case FRACTION: kind = c >= '0' && c <= '9' ? FRACTION : c == 'e' ? EXPONENT : BAD; break;
        case EXPONENT: kind = (c >= '0' && c <= '9') || c == '-' ? EXPONENT : BAD; break;
        case WORD: kind = c >= 'a' && c <= 'z' ? WORD : BAD; break;
        default: break;
        }
    }
}

int main(void)
{
    static struct item items[500];
    struct item *list = NULL;
    int counts[KINDS] = { 0 };
    uint32_t hash = 0;
    for (int i = 0; i < 500; i++) {
        items[i] = (struct item){ list, (int16_t)next(), (int16_t)i };
        list = &items[i];
    }
    list = sort(list, by_key);
    for (struct item *item = list; item; item = item->next)
        hash = hash * 31 + (uint16_t)item->key;
    list = sort(list, by_value);
    for (struct item *item = list; item; item = item->next)
        hash = hash * 31 + (uint16_t)item->value;
    printf("%08x\n", hash);
    for (int n = 1; n <= 20; n += 3)
        printf("%d %lld\n", n, (long long)matrices(n));
    for (int i = 0; i < 50; i++)
        machine("12,3.5,abc,1e-5,.5,x1,1.2.3,99e9,..,word,0", counts);
    for (int i = 0; i < KINDS; i++)
        printf("%d ", counts[i]);
    printf("\n");
    return 0;
}
