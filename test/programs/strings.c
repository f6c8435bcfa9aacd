/* memcpy, memmove, memset, memcmp, strlen, strcmp, strchr, strstr and others at all alignments and many lengths. */
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static unsigned char a[512], b[512];
static uint32_t hash(const unsigned char *p, size_t n)
{
    uint32_t h = 2166136261u;
    while (n--)
        h = (h ^ *p++) * 16777619u;
    return h;
}

int main(void)
{
    uint32_t sum = 0;
    static const size_t lengths[] = { 0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 127, 128, 129, 200, 255, 256 };
    for (size_t i = 0; i < sizeof a; i++)
        a[i] = i * 7 + 1;
    for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++)
        for (int from = 0; from < 17; from += 3)
            for (int to = 0; to < 17; to += 2) {
                memset(b, 0x55, sizeof b);
                memcpy(b + to, a + from, lengths[l]);
                sum = sum * 31 + hash(b, sizeof b);
                memmove(b + to + 3, b + to, lengths[l]);
                sum = sum * 31 + hash(b, sizeof b);
                memset(b + from, to, lengths[l]);
                sum = sum * 31 + hash(b, sizeof b);
                sum = sum * 31 + (memcmp(a + from, a + to, lengths[l]) > 0) + (memcmp(a + from, a + from, lengths[l]) == 0);
                if (memchr(a + from, to, lengths[l]))
                    sum += (unsigned char *)memchr(a + from, to, lengths[l]) - a;
            }
    printf("%08x\n", sum);
    for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++)
        for (int at = 0; at < 17; at++) {
            char *s = (char *)b + at;
            memset(s, 'x', lengths[l]);
            s[lengths[l]] = 0;
            sum = sum * 31 + strlen(s) + strnlen(s, 40);
            if (lengths[l] > 5) {
                s[lengths[l] - 3] = 'y';
                sum = sum * 31 + (strchr(s, 'y') - s) + (strrchr(s, 'x') - s) + (strstr(s, "yx") - s) + strcspn(s, "y") + strspn(s, "x");
                char copy[300];
                strcpy(copy, s);
                sum = sum * 31 + (strcmp(copy, s) == 0);
                copy[lengths[l] - 1] = 'a';
                sum = sum * 31 + (strcmp(copy, s) < 0) + (strncmp(copy, s, lengths[l] - 1) == 0) + (strcasecmp(copy, "XXX") > 0);
                strcat(copy, "tail");
                strncpy(copy + 2, "abcdefgh", 6);
                sum = sum * 31 + hash((unsigned char *)copy, strlen(copy));
            }
        }
    printf("%08x\n", sum);
    char words[] = "the quick brown,fox;jumps over  the lazy dog";
    for (char *word = strtok(words, " ,;"); word; word = strtok(NULL, " ,;")) {
        for (char *c = word; *c; c++)
            *c = toupper(*c);
        printf("%s ", word);
    }
    printf("\n");
    return 0;
}
