/* memcpy by doublewords and strlen by bytes, as simple libraries have them. */
#include <stdint.h>

static uint64_t from[512], to[512];
static char text[1024];

__attribute__((noinline)) static void copy(uint64_t *to, const uint64_t *from, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        to[i] = from[i];
}

__attribute__((noinline)) static uint64_t length(const char *s)
{
    const char *p = s;
    while (*p != 0)
        p++;
    return (uint64_t)(p - s);
}

uint64_t work(uint64_t rounds)
{
    for (unsigned i = 0; i < 512; i++)
        from[i] = i * 0x9e3779b97f4a7c15u;
    for (unsigned i = 0; i < sizeof text - 1; i++)
        text[i] = 'a' + i % 26;
    uint64_t sum = 0;
    for (uint64_t round = 0; round < rounds; round++) {
        copy(to, from, 512);
        from[round % 512] ^= sum;
        text[1000 - round % 1000] = 0;
        sum = sum * 3 + length(text) + to[round % 512];
        text[1000 - round % 1000] = 'x';
    }
    return sum;
}
