/* Integer arithmetic: 128 bits, division, overflow, bit counting, rotations, byte order, switches, recursion, atomics. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef unsigned __int128 u128;
typedef __int128 s128;

static uint64_t state = 88172645463325252u;
static uint64_t next(void) { state ^= state << 13; state ^= state >> 7; return state ^= state << 17; }
static void show(const char *name, u128 v) { printf("%s %016llx%016llx\n", name, (unsigned long long)(v >> 64), (unsigned long long)v); }

static uint64_t ackermann(uint64_t m, uint64_t n) { return m == 0 ? n + 1 : ackermann(m - 1, n == 0 ? 1 : ackermann(m, n - 1)); }

static long sum_of(int count, ...)
{
    va_list list;
    long sum = 0;
    va_start(list, count);
    for (int i = 0; i < count; i++)
        sum += i % 3 == 2 ? (long)va_arg(list, double) : va_arg(list, long);
    va_end(list);
    return sum;
}

struct pair { long a; char b; float c; };
static struct pair swap(struct pair p) { return (struct pair){ p.b, (char)p.a, p.c * 2 }; }

static jmp_buf back;
static void jump(int depth) { if (depth == 0) longjmp(back, 7); jump(depth - 1); }

int main(void)
{
    u128 product = 1;
    s128 sum = 0;
    uint64_t hash = 0;
    for (int i = 0; i < 200; i++) {
        uint64_t a = next() >> i % 60, b = next() >> i % 57 | 1;
        int64_t sa = (int64_t)a * (i % 2 ? -1 : 1), sb = (int64_t)(b >> 1 | 1) * (i % 3 ? -1 : 1), r;
        product = product * a + b;
        sum += (s128)sa * sb;
        hash = hash * 31 + a / b + a % b + (uint64_t)(sa / sb) + (uint64_t)(sa % sb) + (uint32_t)a / ((uint32_t)b | 1);
        hash ^= __builtin_clzll(b) + __builtin_ctzll(a | 1ull << 63) * 64 + __builtin_popcountll(a) * 4096 + __builtin_parityll(b);
        hash = (hash << i % 63 | hash >> (64 - (i % 63 ? i % 63 : 1))) ^ __builtin_bswap64(a) ^ __builtin_bswap32((uint32_t)b) ^ __builtin_bswap16((uint16_t)a);
        hash += __builtin_add_overflow(sa, sb, &r) + 2 * __builtin_mul_overflow(sa, sb, &r) + 4 * __builtin_sub_overflow(sb, sa, &r);
    }
    show("product", product);
    show("sum", (u128)sum);
    show("quotient", product / 1000000007u);
    show("remainder", product % (((u128)1 << 70) - 1));
    show("shifted", product << 37 ^ product >> 91 ^ (u128)(sum >> 5));
    printf("hash %016llx\n", (unsigned long long)hash);
    printf("%llu %ld\n", (unsigned long long)ackermann(2, 9), sum_of(7, 1L, 2L, 3.5, 4L, 5L, 6.5, 7L));
    struct pair p = swap(swap((struct pair){ 65, 'z', 1.25f }));
    printf("%ld %c %g\n", p.a, p.b, p.c);
    int value = setjmp(back);
    if (value == 0)
        jump(5);
    printf("back with %d\n", value);
    _Atomic int counter = 5;
    _Atomic unsigned char byte = 250;
    atomic_fetch_add(&counter, 10);
    atomic_fetch_sub(&byte, 251);
    int expected = 15;
    printf("%d %d %d", atomic_compare_exchange_strong(&counter, &expected, 99), atomic_load(&counter), atomic_exchange(&counter, 3));
    printf(" %d %d\n", byte, expected);
    int histogram[10] = { 0 };
    for (int i = 0; i < 1000; i++)
        switch (next() % 12) {
        case 0: histogram[0]++; break;
        case 1: case 2: histogram[1]++; break;
        case 3: histogram[2] += 2; /* fall through */
        case 4: histogram[3]++; break;
        case 7: histogram[4]--; break;
        case 9: histogram[5] ^= i; break;
        default: histogram[6]++;
        }
    for (int i = 0; i < 7; i++)
        printf("%d ", histogram[i]);
    printf("\n");
    return (int)(hash & 63);
}
