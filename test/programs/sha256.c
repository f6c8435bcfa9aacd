/* SHA-256 (FIPS 180-4) of some messages. The constants are computed: fractional parts of roots of primes. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static uint32_t k[64], first[8];

static uint32_t fraction(long double root) { return (uint32_t)((root - floorl(root)) * 4294967296.0L); }

static void constants(void)
{
    int found = 0;
    for (int n = 2; found < 64; n++) {
        int prime = 1;
        for (int d = 2; d * d <= n; d++)
            prime &= n % d != 0;
        if (!prime)
            continue;
        if (found < 8)
            first[found] = fraction(sqrtl(n));
        k[found++] = fraction(cbrtl(n));
    }
}

static uint32_t right(uint32_t x, int n) { return x >> n | x << (32 - n); }

static void block(uint32_t h[8], const uint8_t *p)
{
    uint32_t w[64], s[8];
    for (int i = 0; i < 16; i++)
        w[i] = (uint32_t)p[4 * i] << 24 | p[4 * i + 1] << 16 | p[4 * i + 2] << 8 | p[4 * i + 3];
    for (int i = 16; i < 64; i++)
        w[i] = w[i - 16] + w[i - 7] + (right(w[i - 15], 7) ^ right(w[i - 15], 18) ^ w[i - 15] >> 3) + (right(w[i - 2], 17) ^ right(w[i - 2], 19) ^ w[i - 2] >> 10);
    memcpy(s, h, sizeof s);
    for (int i = 0; i < 64; i++) {
        uint32_t a = s[7] + (right(s[4], 6) ^ right(s[4], 11) ^ right(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) + k[i] + w[i];
        uint32_t b = (right(s[0], 2) ^ right(s[0], 13) ^ right(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
        memmove(s + 1, s, 7 * sizeof *s);
        s[4] += a;
        s[0] = a + b;
    }
    for (int i = 0; i < 8; i++)
        h[i] += s[i];
}

static void sha256(const uint8_t *message, size_t length)
{
    uint32_t h[8];
    uint8_t last[128] = { 0 };
    size_t whole = length / 64 * 64, rest = length - whole, size = rest < 56 ? 64 : 128;
    memcpy(h, first, sizeof h);
    for (size_t at = 0; at < whole; at += 64)
        block(h, message + at);
    memcpy(last, message + whole, rest);
    last[rest] = 0x80;
    for (int i = 0; i < 8; i++)
        last[size - 1 - i] = (uint64_t)length * 8 >> 8 * i;
    for (size_t at = 0; at < size; at += 64)
        block(h, last + at);
    for (int i = 0; i < 8; i++)
        printf("%08x", h[i]);
    printf("  %zu bytes\n", length);
}

int main(void)
{
    static uint8_t message[5000];
    constants();
    for (size_t i = 0; i < sizeof message; i++)
        message[i] = i * i;
    sha256((const uint8_t *)"abc", 3);
    for (size_t length = 0; length < sizeof message; length = length * 3 + 55)
        sha256(message, length);
    return 0;
}
